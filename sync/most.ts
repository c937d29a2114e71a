import type { Change, Most, Op, Plan } from "../core/repair.ts";

const VERB: Readonly<Record<Op, readonly [string, string]>> = {
  suppress: ["suppression", "suppressions"],
  remove: ["removal", "removals"],
  add: ["add", "adds"],
  set: ["changed field", "changed fields"],
};

/** @example countText("remove", 312) // "312 removals" */
export const countText = (op: Op, n: number): string =>
  `${n.toLocaleString("en-US")} ${VERB[op][n === 1 ? 0 : 1]}`;

/** How many changes of each operation there are in each system: what whoever approves this plan agrees to at most. */
export function mostOf(changes: readonly Pick<Change, "system" | "op">[]): Most {
  const most: Record<string, Record<Op, number>> = {};
  for (const { system, op } of changes) {
    const counts = most[system] ?? { suppress: 0, remove: 0, add: 0, set: 0 };
    counts[op] += 1;
    most[system] = counts;
  }
  return most;
}

/** The first count of `wanted` above what `approved` allows, in words; null: all of it is approved. */
export function overMost(wanted: Most, approved: Most | null | undefined): string | null {
  if (approved == null) return null; // from before counts were kept: the hash alone binds
  for (const [system, counts] of Object.entries(wanted)) {
    for (const [op, n] of Object.entries(counts) as [Op, number][]) {
      const most = approved[system]?.[op] ?? 0;
      if (n > most) return `${countText(op, n)} in ${system}; approved are at most ${most}`;
    }
  }
  return null;
}

/** Of several approvals the narrowest counts, operation by operation. */
export function approvedMost(plan: Pick<Plan, "hash" | "approvals">): Most | null {
  const all = plan.approvals.flatMap((a) => (a.hash === plan.hash && a.most != null ? [a.most] : []));
  const [first, ...others] = all;
  if (first === undefined) return null;
  return Object.fromEntries(
    Object.entries(first).map(([system, counts]) => [
      system,
      Object.fromEntries(
        (Object.entries(counts) as [Op, number][]).map(([op, n]) => [
          op,
          Math.min(n, ...others.map((o) => o[system]?.[op] ?? 0)),
        ]),
      ) as Record<Op, number>,
    ]),
  );
}
