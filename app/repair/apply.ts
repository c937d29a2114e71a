import { setTimeout as wait } from "node:timers/promises";
import { failpoint } from "../../config/failpoint.ts";
import { AuditorError } from "../../core/errors.ts";
import type { AudienceId, SegmentSource, SystemId } from "../../core/model.ts";
import type { Context, Writer } from "../../core/ports.ts";
import type { Plan } from "../../core/repair.ts";
import { applyPlan } from "../../sync/apply.ts";
import type { App } from "../app.ts";
import { audienceOf, systemOf } from "../audit/judge.ts";

/** Carries a plan out, or takes it up where a dead process left it. Only here are write credentials opened. */
export async function runPlan(app: App, plan: Plan, holder: string, context: Context): Promise<Plan> {
  const writers = new Map<SystemId, Writer>();
  try {
    for (const id of new Set(plan.doc.changes.map((c) => c.system))) {
      const writer = await app.writer(systemOf(app, id));
      if (writer === null)
        throw new AuditorError(
          "config",
          `system ${id}`,
          "writing is not switched on",
          "add a write credential to the configuration",
        );
      writers.set(id, writer);
    }
    await applyPlan({
      planId: plan.id,
      store: app.plans,
      writers,
      sources: sourcesOf(app),
      sealer: app.sealer,
      safeguards: app.config.safeguards,
      clock: app.clock,
      log: app.log,
      runId: context.runId,
      signal: context.signal,
      holder,
      sleep: async (ms, signal) => void (await wait(ms, undefined, { signal })),
      failpoint,
    });
  } finally {
    for (const writer of writers.values()) await writer.close();
  }
  const ended = await app.plans.get(plan.id);
  if (ended === null) throw new RangeError("a plan that was applied is in the store");
  return ended;
}

function sourcesOf(app: App): (system: SystemId, audience: AudienceId) => SegmentSource {
  return (system, audience) => {
    const segment = audienceOf(app, audience)?.segments.find((s) => s.system === system);
    if (segment === undefined)
      throw new AuditorError(
        "config",
        `audience ${audience}`,
        `has no segment in ${system} any more`,
        "draft the plan again",
      );
    return segment.source;
  };
}
