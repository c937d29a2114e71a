import type { Safeguards } from "../core/config.ts";
import type { PersonKey } from "../core/model.ts";
import type { Plan, PlanDoc, Touched } from "../core/repair.ts";
import { people, percent } from "./words.ts";

/** People of one list in one system: whom this plan would touch, and whom plans of the last 24 h touched. */
export type Radius = {
  /** People that shares are measured against; null: not known. */
  readonly size: number | null;
  /** Removed, added or changed by this plan. One person with two changed fields is one person. */
  readonly planned: number;
  /** Others of the last 24 h; whoever is in the plan too is not counted twice. */
  readonly earlier: number;
  readonly suppress: number;
  readonly earlierSuppress: number;
  readonly onlyRemoves: boolean;
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
  if (r.suppress === 0 || list.verdict === "fail") return list;
  if (r.planned === 0) return suppress;
  return {
    verdict: list.verdict === "needs" ? "needs" : suppress.verdict,
    because: `${list.because}; ${suppress.because}`,
  };
}

function judgeList(r: Radius, s: Safeguards): SizeVerdict {
  if (r.planned === 0) return { verdict: "pass", because: "changes nobody’s place in the list" };
  if (r.size === null)
    return { verdict: "fail", because: "the size of the list is not known; read it again" };
  const total = r.planned + r.earlier;
  const share = total / Math.max(r.size, 1);
  const before = r.earlier > 0 ? `, ${r.earlier.toLocaleString("en-US")} of them in the last 24 h` : "";
  const does = r.onlyRemoves && r.earlier === 0 ? "removes" : "changes";
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
  if (r.suppress === 0) return { verdict: "pass", because: "suppresses nobody" };
  const total = r.suppress + r.earlierSuppress;
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

export const NOBODY: Touched = { listed: new Set(), added: new Set(), suppressed: new Set() };

/** A plan that this one takes back. */
export type Undone = Pick<Plan, "doc">;

/**
 * Counts of one plan in one system. People count, not changes, so an undo of this morning's plan counts its people
 * once. Who was added in the window is taken off the size: a list that we made longer leaves no more room by that.
 * An undo is measured against the larger of the list now and the list that it gives back.
 *
 * @param touched PlanStore.touchedSince(24 h ago)
 */
export function radiusOf(doc: PlanDoc, system: string, touched: Touched, undone: Undone | null): Radius {
  const mine = doc.changes.filter((c) => c.system === system);
  const listed = new Set(mine.flatMap((c) => (c.op === "suppress" ? [] : [c.person])));
  const suppressed = new Set(mine.flatMap((c) => (c.op === "suppress" ? [c.person] : [])));
  const now = doc.sizes[system] ?? null;
  const then = doc.undoes === null ? null : (undone?.doc.sizes[system] ?? null);
  const size = now === null ? null : Math.max(0, now - touched.added.size, then ?? 0);
  return {
    size,
    planned: listed.size,
    earlier: without(touched.listed, listed),
    suppress: suppressed.size,
    earlierSuppress: without(touched.suppressed, suppressed),
    onlyRemoves: mine.every((c) => c.op === "remove" || c.op === "suppress"),
  };
}

function without(all: ReadonlySet<PersonKey>, others: ReadonlySet<PersonKey>): number {
  let n = 0;
  for (const person of all) if (!others.has(person)) n += 1;
  return n;
}
