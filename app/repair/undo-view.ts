import type { Person } from "../../core/config.ts";
import { instant } from "../../core/model.ts";
import type { ChangeProgress, Plan } from "../../core/repair.ts";
import {
  LEFT_OUT,
  type TakenBack,
  UNDO_OF_UNDO,
  undoDaysLeft,
  undoUntil,
  undoWords,
} from "../../sync/words.ts";
import type { PlanDetail } from "../api/contract.ts";
import type { App } from "../app.ts";

/** What of a plan an undo would take back; of an undo, what it takes back itself. */
function takenBack(plan: Plan, progress: readonly ChangeProgress[]): TakenBack {
  const t = { suppress: 0, remove: 0, add: 0, set: 0, kept: 0 };
  const { doc } = plan;
  if (doc.undoes !== null) {
    for (const c of doc.changes) t[c.op === "add" ? "remove" : c.op === "remove" ? "add" : c.op] += 1;
    // which of both kinds they are is not kept; that they stay is what matters
    t.suppress = doc.leftOut.filter((l) => l.reason === LEFT_OUT.undoOneWay).length;
    return t;
  }
  const applied = new Set(progress.filter((p) => p.end === "applied").map((p) => p.n));
  for (const c of doc.changes) {
    if (!applied.has(c.n)) continue;
    if (c.op !== "suppress" && !c.reversible) t.kept += 1;
    else t[c.op] += 1;
  }
  return t;
}

/** All that is said about taking a plan back, and whether this person can ask for it now. */
export function undoView(
  app: App,
  me: Person,
  plan: Plan,
  progress: readonly ChangeProgress[],
  undonePlan: number | null,
): PlanDetail["undo"] {
  const now = instant(app.clock.now());
  const { undoDays } = app.config.safeguards;
  const t = takenBack(plan, progress);
  const words = [...undoWords(t)];
  const daysLeft =
    plan.endedAt === null || plan.doc.undoes !== null ? null : undoDaysLeft(plan.endedAt, undoDays, now);
  const refused = (): string | null => {
    if (plan.doc.undoes !== null)
      return `${UNDO_OF_UNDO}; draft the repair again from fresh reads to put it back`;
    if (plan.endedAt === null) return "it has not ended yet";
    if (undonePlan !== null) return `PL-${undonePlan} undoes it already`;
    if (t.remove + t.add + t.set === 0)
      return t.suppress + t.kept > 0 ? "all of it is one-way here" : "nothing of it was applied";
    if (daysLeft === null) return `the ${undoDays} days for it are over`;
    return me.role === "viewer" ? "viewers cannot draft plans; ask an editor, approver or admin" : null;
  };
  const until = plan.endedAt === null ? null : undoUntil(plan.endedAt, undoDays);
  return { words, daysLeft, until, refused: refused() };
}
