import type { Overlap } from "../../core/comparison.ts";
import type { AudienceId, RunId, SystemId } from "../../core/model.ts";
import type { MemberSet } from "../../members/member-set.ts";
import { MAX_OVERLAP, overlapOf } from "../../members/overlap.ts";
import { insertOverlap } from "../../store/insert-overlap.ts";
import type { App } from "../app.ts";
import { type Readings, readingKey } from "./readings.ts";

type Copy = { readonly audience: AudienceId; readonly set: MemberSet };

/**
 * How the audiences of each system overlap, from the complete readings of this run, and keeps it with the run. Sets
 * that name people by different identifiers never meet.
 */
export async function findOverlaps(
  app: Pick<App, "config" | "db">,
  runId: RunId,
  readings: Readings,
): Promise<Overlap[]> {
  const found: Overlap[] = [];
  for (const { id: system } of app.config.systems) {
    for (const block of blocks(copiesIn(app, system, readings))) {
      const counts = await overlapOf(block.map((c) => c.set));
      const overlap: Overlap = { runId, system, audiences: block.map((c) => c.audience), ...counts };
      await insertOverlap(app.db, overlap);
      found.push(overlap);
    }
  }
  return found;
}

/** Complete copies of this system, those that can be compared with each other together. */
function copiesIn(app: Pick<App, "config">, system: SystemId, readings: Readings): Copy[][] {
  const groups = new Map<string, Copy[]>();
  for (const { id: audience } of app.config.audiences) {
    const set = readings.get(readingKey(audience, system))?.set;
    if (set == null) continue;
    const group = `${set.identity} ${set.epoch}`;
    groups.set(group, [...(groups.get(group) ?? []), { audience, set }]);
  }
  return [...groups.values()];
}

/** Groups of two or more and at most 16, so that any two that can be compared are together in at least one. */
export function blocks<T>(groups: readonly (readonly T[])[]): T[][] {
  return groups.flatMap((group) => {
    if (group.length < 2) return [];
    if (group.length <= MAX_OVERLAP) return [[...group]];
    const half = MAX_OVERLAP / 2;
    const parts = Array.from({ length: Math.ceil(group.length / half) }, (_, i) =>
      group.slice(i * half, (i + 1) * half),
    );
    return parts.flatMap((a, i) => parts.slice(i + 1).map((b) => [...a, ...b]));
  });
}
