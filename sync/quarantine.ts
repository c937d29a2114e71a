import { type Instant, instant } from "../core/model.ts";
import type { Change, PlanDoc, Repaired } from "../core/repair.ts";

/** So many repairs of one person in one place within a week, and somebody else is at work there. */
export const REPAIRS = 3;
export const WEEK_MS = 7 * 86_400_000;

/** Repairs that can matter now: the third lies at most a week back, and the first a week before it. */
export const repairsFrom = (now: Instant): Instant => instant(new Date(Date.parse(now) - 2 * WEEK_MS));

/** One person's place in a system: the list for adds and removals alike, each field by itself. */
export const placeOf = (c: Pick<Change, "system" | "person" | "attribute">): string =>
  `${c.system} ${c.person} ${c.attribute ?? ""}`;

/**
 * Who is not repaired again, by `placeOf`: repaired three times within seven days, the third less than seven days ago.
 * It holds for a week after the third, not only until the first is a week old: else a duel would get its three
 * repairs every week anew. Exactly seven days is no longer within. Pure.
 */
export function quarantined(repaired: readonly Repaired[], now: Instant): ReadonlySet<string> {
  return new Set(repaired.filter((r) => isFought(r.at, Date.parse(now))).map(placeOf));
}

function isFought(at: readonly Instant[], now: number): boolean {
  const times = at.map((t) => Date.parse(t)).sort((a, b) => a - b);
  return times.some((first, i) => {
    const third = times[i + REPAIRS - 1];
    return third !== undefined && third - first < WEEK_MS && now - third < WEEK_MS;
  });
}

/**
 * Changes of a plan that the quarantine holds back. Suppressions never, nor what takes a person into a list that keeps
 * people from being contacted (it carries evidence): leaving them exposed would be worse than a fight. An undo ends one.
 */
export function heldBack(doc: Pick<PlanDoc, "changes" | "undoes">, fought: ReadonlySet<string>): number {
  if (doc.undoes !== null) return 0;
  const held = doc.changes.filter(
    (c) => c.op !== "suppress" && c.evidence === null && fought.has(placeOf(c)),
  );
  return held.length;
}
