import type { Comparison, SystemDifference } from "../../core/comparison.ts";
import type { AudienceId, SystemId } from "../../core/model.ts";
import { getMeta } from "../../store/get-meta.ts";
import { putMeta } from "../../store/put-meta.ts";
import type { App } from "../app.ts";

export type Backlog = { readonly raised: boolean; readonly missing: number; readonly extra: number };

const key = (audience: AudienceId, system: SystemId) => `backlog:${audience}:${system}`;

/** What the first comparison of this segment found; null when there was none yet. */
export async function backlogOf(app: App, audience: AudienceId, system: SystemId): Promise<Backlog | null> {
  const text = await getMeta(app.db, key(audience, system));
  if (text === null) return null;
  const { missing, extra } = JSON.parse(text) as { missing: number; extra: number };
  return { raised: true, missing, extra };
}

/** The backlog after one more comparison. */
export const nextBacklog = (
  before: Backlog | null,
  now: Pick<SystemDifference, "missing" | "extra">,
): Backlog => ({
  raised: true,
  missing: Math.min(before?.missing ?? Number.MAX_SAFE_INTEGER, now.missing ?? 0),
  extra: Math.min(before?.extra ?? Number.MAX_SAFE_INTEGER, now.extra),
});

/** The first comparison sets the backlog; a repaired one only shrinks it, so that old damage never hides new. */
export async function keepBacklog(app: App, comparison: Comparison): Promise<void> {
  for (const system of comparison.systems) {
    if (system === comparison.owner) continue;
    const now = comparison.perSystem[system];
    if (now === undefined) continue;
    const before = await backlogOf(app, comparison.audience, system);
    const next = nextBacklog(before, now);
    if (before === null || before.missing !== next.missing || before.extra !== next.extra) {
      await putMeta(
        app.db,
        key(comparison.audience, system),
        JSON.stringify({ missing: next.missing, extra: next.extra }),
      );
    }
  }
}
