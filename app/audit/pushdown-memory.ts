import { createHash } from "node:crypto";
import type { Audience, SegmentConfig } from "../../core/config.ts";
import { getMeta } from "../../store/get-meta.ts";
import { putMeta } from "../../store/put-meta.ts";
import type { App } from "../app.ts";

/** What is known of comparing a copy on the server, from the last time. */
type Known = { readonly of: string; readonly at: number; readonly share: number; readonly failed?: true };

type Knowing = Pick<App, "clock"> & {
  readonly db: Pick<App["db"], "query">;
  readonly audits: Pick<App["audits"], "comparisons">;
};

const DAYS_KEPT = 7;
const keyOf = (audience: Audience, copy: SegmentConfig): string => `pushdown:${audience.id}@${copy.system}`;

/** The two queries: once one of them is another, nothing is known. */
function queriesOf(audience: Audience, copy: SegmentConfig): string {
  const owner = audience.segments.find((s) => s.system === audience.owner);
  const text = JSON.stringify([owner?.source, copy.source, audience.requiredAttributes]);
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/**
 * Share of a copy's rows that would travel if it were compared on the server: as many as the last time, within a week; else
 * at least those of the people who differed at the last audit. null: the server refused the last time.
 */
export async function expectedShare(
  app: Knowing,
  audience: Audience,
  copy: SegmentConfig,
): Promise<number | null> {
  const text = await getMeta(app.db, keyOf(audience, copy));
  const known = text === null ? null : (JSON.parse(text) as Known);
  const age = app.clock.now().getTime() - (known?.at ?? 0);
  if (known !== null && known.of === queriesOf(audience, copy) && age < DAYS_KEPT * 86_400_000)
    return known.failed === true ? null : known.share;
  const last = (await app.audits.comparisons(audience.id, 1)).at(-1)?.perSystem[copy.system];
  if (last === undefined || last.size === 0) return 0;
  const differing = Object.values(last.attributes).map((a) => a.differ + a.nullHere + a.nullAtOwner);
  return Math.min(1, (last.extra + Math.max(0, ...differing)) / last.size);
}

/** @param share null: the server refused */
export async function rememberShare(
  app: Knowing,
  audience: Audience,
  copy: SegmentConfig,
  share: number | null,
): Promise<void> {
  const known: Known = {
    of: queriesOf(audience, copy),
    at: app.clock.now().getTime(),
    share: share ?? 1,
    ...(share === null ? { failed: true } : {}),
  };
  await putMeta(app.db, keyOf(audience, copy), JSON.stringify(known));
}
