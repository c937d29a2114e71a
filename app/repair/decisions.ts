import type { Person } from "../../core/config.ts";
import { AuditorError } from "../../core/errors.ts";
import { instant } from "../../core/model.ts";
import type { ChangeProgress, Plan } from "../../core/repair.ts";
import { insertReview } from "../../store/insert-review.ts";
import { reviewOfPlan } from "../../store/review-of-plan.ts";
import { mayOverride } from "../../sync/override.ts";
import { isAlone, mayReview } from "../../sync/review.ts";
import type { OverrideRequest, PlanDetail } from "../api/contract.ts";
import type { App } from "../app.ts";

/**
 * Keeps an admin's override of a refusal for size; the plan can then be approved by a second person.
 *
 * @returns what it overrode, in words
 * @throws not_allowed, refused or stale with the reason
 */
export async function overridePlan(
  app: App,
  plan: Plan,
  me: Person,
  request: OverrideRequest,
): Promise<readonly string[]> {
  const now = instant(app.clock.now());
  const verdict = mayOverride(plan, me, app.config.people, now, request);
  if (!verdict.pass)
    throw new AuditorError(
      me.role !== "admin" ? "not_allowed" : request.hash !== plan.hash ? "stale" : "refused",
      `PL-${plan.id}`,
      verdict.because,
      "see the plan’s safeguards",
    );
  const kept = await app.plans.override(plan.id, {
    person: me.name,
    at: now,
    hash: plan.hash,
    reason: request.reason.trim(),
  });
  if (!kept)
    throw new AuditorError(
      "refused",
      `PL-${plan.id}`,
      "it was overridden once already",
      "see the plan’s safeguards; a new draft takes a new override",
    );
  await app.plans.move(plan.id, ["refused"], "checked", now, null);
  return plan.guards.flatMap((g) => (g.verdict === "fail" ? [`${g.title}: ${g.because}`] : []));
}

/** @throws not_allowed or refused with the reason */
export async function reviewPlan(app: App, plan: Plan, me: Person): Promise<void> {
  const now = instant(app.clock.now());
  const suppressed = suppressedOf(plan, await app.plans.progress(plan.id));
  const verdict = mayReview(plan, me, app.config.people, now, suppressed);
  if (!verdict.pass)
    throw new AuditorError(
      me.role === "viewer" || me.role === "editor" ? "not_allowed" : "refused",
      `PL-${plan.id}`,
      verdict.because,
      "see the plan’s page",
    );
  if (!(await insertReview(app.db, plan.id, me.name, now)))
    throw new AuditorError("refused", `PL-${plan.id}`, "it was reviewed already", "nothing is left to do");
}

/** What the plan page says of the review; null: this plan needs none. */
export async function reviewState(
  app: App,
  plan: Plan,
  me: Person,
  progress: readonly ChangeProgress[],
): Promise<PlanDetail["review"]> {
  const suppressed = suppressedOf(plan, progress);
  if (plan.endedAt === null || suppressed === 0 || !isAlone(plan)) return null;
  const done = await reviewOfPlan(app.db, plan.id);
  const may = mayReview(plan, me, app.config.people, instant(app.clock.now()), suppressed);
  return {
    suppressed,
    by: done?.person ?? null,
    at: done?.at ?? null,
    can: done === null && may.pass,
    because: done !== null || may.pass ? null : may.because,
  };
}

function suppressedOf(plan: Plan, progress: readonly ChangeProgress[]): number {
  const ends = new Map(progress.map((p) => [p.n, p.end]));
  return plan.doc.changes.filter(
    (c) => c.op === "suppress" && (ends.get(c.n) === "applied" || ends.get(c.n) === "unknown"),
  ).length;
}
