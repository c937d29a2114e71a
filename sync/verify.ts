import type { Change, PersonState } from "../core/repair.ts";
import { hasEffect } from "./effect.ts";
import { readPeople, stateOf } from "./read-people.ts";
import { openedOf, type Run } from "./run.ts";
import { people } from "./words.ts";

export type Verified = {
  /** Applied changes that still hold, that somebody has turned back since, and that could not be read again. */
  readonly held: number;
  readonly reverted: readonly number[];
  readonly unread: number;
};

/** Compares what was applied with what is there now. Pure. */
export function verify(
  applied: readonly Change[],
  wantedValue: (c: Change) => string | null,
  state: (c: Change) => PersonState | null,
): Verified {
  let held = 0;
  let unread = 0;
  const reverted: number[] = [];
  for (const c of applied) {
    const now = state(c);
    if (now === null) unread += 1;
    else if (hasEffect(c, wantedValue(c), now)) held += 1;
    else reverted.push(c.n);
  }
  return { held, reverted, unread };
}

/**
 * Reads everyone whose change was applied once more, after the last batch: another writer may have turned it back
 * meanwhile. The end states stay what they are; what was turned back is for the next audit and for a person.
 */
export async function verifyApplied(run: Run): Promise<Verified> {
  const progress = await run.store.progress(run.planId);
  const ns = new Set(progress.filter((p) => p.end === "applied").map((p) => p.n));
  const applied = run.plan.doc.changes.filter((c) => ns.has(c.n));
  try {
    await readPeople(run, applied, run.watch.firm);
  } catch (cause) {
    await run.watch.poll();
    run.log.warn("apply.verify_failed", {
      planId: run.planId,
      because: cause instanceof Error ? cause.message : "unexpected",
    });
    return { held: 0, reverted: [], unread: applied.length };
  }
  return verify(
    applied,
    (c) => openedOf(run, c).value,
    (c) => stateOf(run, c),
  );
}

/** One sentence for the plan's `because`; null when everything holds. */
export function verifiedText(v: Verified): string | null {
  const parts = [
    v.reverted.length > 0
      ? `${people(v.reverted.length)} changed back since; another writer may be at work`
      : null,
    v.unread > 0 ? `${people(v.unread)} could not be read once more` : null,
  ].filter((p) => p !== null);
  return parts.length === 0 ? null : parts.join("; ");
}
