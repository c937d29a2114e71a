import type { Change, PlanDoc } from "../../core/repair.ts";
import type { PlanDetail } from "../api/contract.ts";

const placeOf = (c: Change): string => `${c.system} ${c.person} ${c.attribute ?? ""}`;

/**
 * What differs between a plan and the one it takes the place of, in people and fields: the same change again, newly in,
 * no longer in, and another change of the same person and field. `writes` opens what a `set` writes.
 */
export function planDiff(
  old: PlanDoc,
  now: PlanDoc,
  writes: (c: Change) => string | null,
): Omit<NonNullable<PlanDetail["replaces"]>, "planId"> {
  const before = new Map(old.changes.map((c) => [placeOf(c), c]));
  const diff = { same: 0, added: 0, gone: 0, other: 0 };
  for (const c of now.changes) {
    const was = before.get(placeOf(c));
    before.delete(placeOf(c));
    if (was === undefined) diff.added += 1;
    else if (was.op === c.op && (c.op !== "set" || writes(was) === writes(c))) diff.same += 1;
    else diff.other += 1;
  }
  return { ...diff, gone: before.size };
}
