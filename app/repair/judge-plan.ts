import type { Context } from "../../core/ports.ts";
import type { Plan, PlanState } from "../../core/repair.ts";
import { isApproved } from "../../sync/approve.ts";
import { runGuards } from "../../sync/guard.ts";
import type { App } from "../app.ts";
import { guardFacts } from "./facts.ts";

/** States in which nothing was written yet; a refusal may still be overridden. */
const WAITING: readonly PlanState[] = ["draft", "checked", "approved", "refused"];

/** The plan with the verdicts of this moment, which are kept. */
async function judgedNow(app: App, plan: Plan, context: Context): Promise<Plan> {
  const { guards, need } = runGuards(plan.doc, await guardFacts(app, plan.doc, context, plan));
  await app.plans.setGuards(plan.id, guards, need);
  return { ...plan, guards, need };
}

/**
 * Guards judge the world of now, so they run again before approving and before applying. What has begun keeps the
 * verdicts that it began with: a request in between must not take a running plan's approval away.
 */
export async function judgedAgain(app: App, plan: Plan, context: Context): Promise<Plan> {
  return WAITING.includes(plan.state) && plan.startedAt === null ? judgedNow(app, plan, context) : plan;
}

/** Under the lease, before the first write: what the guards and the approval say. Null: go. */
export async function whyNotNow(app: App, plan: Plan, context: Context): Promise<string | null> {
  const now = await judgedNow(app, plan, context);
  const failing = now.guards.find((g) => g.verdict === "fail");
  if (failing !== undefined) return `${failing.title}: ${failing.because}`;
  return isApproved(now, app.config.safeguards, app.config.people)
    ? null
    : "it needs a second person now; draft it again";
}
