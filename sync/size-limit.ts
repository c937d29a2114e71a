import type { Safeguards } from "../core/config.ts";
import type { Instant, SystemId } from "../core/model.ts";
import type { Op, Plan, PlanDoc } from "../core/repair.ts";
import { changes, people, percent } from "./words.ts";

/** Counts of one audience in one system: what this plan would do, and what was effective in the last 24 h. */
export type Radius = {
  /** People in the destination's segment now; null: not known. */
  readonly size: number | null;
  readonly planned: Readonly<Record<Op, number>>;
  readonly earlier: Readonly<Record<Op, number>>;
};

export type SizeVerdict = { readonly verdict: "pass" | "needs" | "fail"; readonly because: string };

/** Below this many people a share says little, and a count decides instead. */
export const SMALL_LIST = 100;

const SLACK = 1e-9; // 0.07 × 100 is 7.000000000000001
const over = (n: number, share: number, size: number): boolean => n > size * share + SLACK;

/**
 * How far one plan and its forerunners of 24 h may reach, measured on the destination. Exactly at a limit passes.
 * Removals, adds and changed fields count together; suppressions have their own limit, which asks for a second
 * person but never refuses.
 */
export function sizeLimit(r: Radius, s: Safeguards): SizeVerdict {
  const list = judgeList(r, s);
  const suppress = judgeSuppress(r, s);
  if (list.verdict === "fail" || suppress.verdict === "pass") return list;
  return list.verdict === "pass"
    ? suppress
    : { verdict: "needs", because: `${list.because}; ${suppress.because}` };
}

function judgeList(r: Radius, s: Safeguards): SizeVerdict {
  const planned = r.planned.remove + r.planned.add + r.planned.set;
  if (planned === 0) return { verdict: "pass", because: "changes nobody’s place in the list" };
  if (r.size === null)
    return { verdict: "fail", because: "the size of the list is not known; read it again" };
  const total = planned + r.earlier.remove + r.earlier.add + r.earlier.set;
  const share = total / Math.max(r.size, 1);
  const before = total - planned > 0 ? `, ${changes(total - planned)} of them in the last 24 h` : "";
  const does = r.planned.remove === planned && total === planned ? "removes" : "changes";
  const count = `${total.toLocaleString("en-US")} of ${people(r.size)}${before}`;
  const part = r.size < SMALL_LIST ? count : `${percent(share, s.refuseShare)} of the list (${count})`;
  if (r.size < SMALL_LIST) {
    if (total > s.refuseSmallList) {
      return {
        verdict: "fail",
        because: `${does} ${part}; on lists below ${SMALL_LIST} the limit is ${people(s.refuseSmallList)} in 24 h`,
      };
    }
  } else if (over(total, s.refuseShare, r.size)) {
    return { verdict: "fail", because: `${does} ${part}; the limit is ${percent(s.refuseShare)} in 24 h` };
  }
  if (total > s.refusePeople) {
    return { verdict: "fail", because: `${does} ${part}; the limit is ${people(s.refusePeople)} in 24 h` };
  }
  if (total > s.alonePeople || over(total, s.aloneShare, r.size)) {
    const alone = `${people(s.alonePeople)} and ${percent(s.aloneShare)}`;
    return { verdict: "needs", because: `${does} ${part}; above ${alone} a second person approves` };
  }
  return { verdict: "pass", because: `${does} ${part}` };
}

function judgeSuppress(r: Radius, s: Safeguards): SizeVerdict {
  if (r.planned.suppress === 0) return { verdict: "pass", because: "suppresses nobody" };
  const total = r.planned.suppress + r.earlier.suppress;
  const many = total > s.refusePeople;
  // Without a known size, and on small lists, the share says nothing; the count still does.
  const wide =
    r.size !== null && (r.size < SMALL_LIST ? total > s.refuseSmallList : over(total, s.refuseShare, r.size));
  if (!many && !wide) return { verdict: "pass", because: `suppresses ${people(total)}` };
  const limit = `${people(s.refusePeople)} or ${percent(s.refuseShare)}`;
  return {
    verdict: "needs",
    because: `suppresses ${people(total)}; above ${limit} in 24 h a second person approves`,
  };
}

/** Operations of a plan in one system, counted. */
export function countOps(
  all: readonly { readonly op: Op; readonly system: string }[],
  system: string,
): Record<Op, number> {
  const counts = { suppress: 0, remove: 0, add: 0, set: 0 };
  for (const c of all) if (c.system === system) counts[c.op] += 1;
  return counts;
}

/** A plan that this one takes back: what counts then. */
export type Undone = Pick<Plan, "startedAt" | "doc">;

/**
 * Counts of one plan in one system. An undo is measured with what it takes back: the two together leave everyone where
 * they were, so the undone changes of the window are subtracted as their inverse, and the list's size is the larger of
 * now and then. Anything else in the window still counts.
 *
 * @param effective PlanStore.effectiveSince(`since`)
 * @param since 24 h ago
 */
export function radiusOf(
  doc: PlanDoc,
  system: SystemId,
  effective: Readonly<Record<Op, number>>,
  undone: Undone | null,
  since: Instant,
): Radius {
  const planned = countOps(doc.changes, system);
  const size = doc.sizes[system] ?? null;
  if (doc.undoes === null || !undone) return { size, planned, earlier: effective };
  const then = undone.doc.sizes[system] ?? null;
  const inWindow = undone.startedAt !== null && Date.parse(undone.startedAt) >= Date.parse(since);
  const less = (a: number, b: number): number => Math.max(0, a - b);
  return {
    size: size === null || then === null ? size : Math.max(size, then),
    planned,
    earlier: inWindow
      ? {
          suppress: effective.suppress,
          remove: less(effective.remove, planned.add),
          add: less(effective.add, planned.remove),
          set: less(effective.set, planned.set),
        }
      : effective,
  };
}
