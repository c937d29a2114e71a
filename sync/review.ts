import type { Instant } from "../core/model.ts";
import type { Plan } from "../core/repair.ts";
import type { Actor, Verdict } from "./approve.ts";

/** Where nobody else could look, the author does, a day later. */
export const REVIEW_AFTER_MS = 86_400_000;

const no = (because: string): Verdict => ({ pass: false, because, opensAt: null });
const isSenior = (p: Actor): boolean => p.role === "approver" || p.role === "admin";

/** Did its author approve it alone, and did it suppress anybody? Then somebody else looks at it afterwards. */
export const isAlone = (plan: Pick<Plan, "doc" | "hash" | "approvals">): boolean =>
  plan.approvals.length > 0 &&
  plan.approvals.every((a) => a.hash !== plan.hash || a.person === plan.doc.author);

/**
 * May this person close the review of suppressions that the author carried out alone? Another approver or admin; where
 * there is none, the author, at least a day after the plan ended.
 *
 * @param suppressed people whom the plan suppressed, or may have
 */
export function mayReview(
  plan: Plan,
  person: Actor,
  people: readonly Actor[],
  now: Instant,
  suppressed: number,
): Verdict {
  if (plan.endedAt === null || plan.startedAt === null) return no("it has not ended yet");
  if (suppressed === 0 || !isAlone(plan)) return no("there is nothing to review");
  const others = people.filter((p) => p.name !== plan.doc.author && isSenior(p));
  if (person.name !== plan.doc.author)
    return isSenior(person) ? { pass: true } : no("an approver or an admin reviews it");
  if (others.length > 0) return no("somebody else reviews it: an approver or an admin");
  if (person.role === "viewer") return no("viewers cannot review a plan");
  if (Date.parse(now) < Date.parse(plan.endedAt) + REVIEW_AFTER_MS)
    return no("with nobody else to look, its author reviews it a day after it ended");
  return { pass: true };
}
