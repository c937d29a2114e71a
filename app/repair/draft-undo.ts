import type { Person } from "../../core/config.ts";
import { AuditorError } from "../../core/errors.ts";
import { instant } from "../../core/model.ts";
import type { Context } from "../../core/ports.ts";
import type { Plan, PlanDoc, PlanState } from "../../core/repair.ts";
import { fingerprintOf } from "../../members/fingerprint.ts";
import { undoOfPlan } from "../../store/undo-of-plan.ts";
import { draftUndo } from "../../sync/undo.ts";
import type { App } from "../app.ts";
import { audienceOf } from "../audit/judge.ts";
import { withLatestReadings } from "../audit/latest-readings.ts";
import { groundsOf, writersOf } from "./draft.ts";
import { withForecast } from "./forecast.ts";
import { heldOutAmong } from "./held-out.ts";

/** An undo that ended so wrote nothing, or not all of it: another may be drafted. */
const DEAD: readonly PlanState[] = ["refused", "expired", "stale", "stopped"];

/** The undo of a plan that waits, runs or is done; null: one may be drafted. */
export async function livingUndo(
  app: Pick<App, "db">,
  planId: number,
): Promise<{ readonly id: number } | null> {
  const undo = await undoOfPlan(app.db, planId);
  return undo === null || DEAD.includes(undo.state) ? null : undo;
}

/**
 * The inverse of a plan, from its journal and the latest reads; writes nothing.
 *
 * @throws not_allowed for viewers; refused when it is undone already, or cannot be
 */
export async function undoDoc(app: App, plan: Plan, me: Person, context: Context): Promise<PlanDoc> {
  const where = `PL-${plan.id}`;
  if (me.role === "viewer")
    throw new AuditorError(
      "not_allowed",
      where,
      "viewers cannot draft plans",
      "ask an editor, approver or admin",
    );
  const audience = audienceOf(app, plan.doc.audience);
  if (audience === null)
    throw new AuditorError(
      "config",
      `audience ${plan.doc.audience}`,
      "is no longer configured",
      "put it back to undo this plan",
    );
  const other = await livingUndo(app, plan.id);
  if (other !== null)
    throw new AuditorError("refused", where, `PL-${other.id} undoes it already`, `see PL-${other.id}`);
  const systems = new Set(plan.doc.changes.map((c) => c.system));
  const { automations } = await writersOf(app, audience, systems, context);
  const progress = await app.plans.progress(plan.id);
  const doc = await withLatestReadings(app, async (readings) =>
    draftUndo({
      plan,
      progress,
      sealer: app.sealer,
      safeguards: app.config.safeguards,
      author: me.name,
      now: instant(app.clock.now()),
      incidentId: plan.doc.incidentId,
      automations,
      heldOut: await heldOutAmong(
        app,
        audience,
        plan.doc.changes.map((c) => c.person),
      ),
      fingerprint: (v) => fingerprintOf(app.keys, v),
      ...groundsOf(audience, readings),
    }),
  );
  return withForecast(app, audience, doc, context);
}
