import { setTimeout as wait } from "node:timers/promises";
import { AuditorError } from "../../core/errors.ts";
import type { AudienceId, SegmentSource, SystemId } from "../../core/model.ts";
import type { Context, Writer } from "../../core/ports.ts";
import type { Plan } from "../../core/repair.ts";
import { applyPlan } from "../../sync/apply.ts";
import { FAILPOINTS, type Failpoint } from "../../sync/run.ts";
import type { App } from "../app.ts";
import { audienceOf, systemOf } from "../audit/judge.ts";

/** Carries a plan out, or takes it up where a dead process left it. Only here are write credentials opened. */
export async function runPlan(
  app: App,
  plan: Plan,
  holder: string,
  context: Context,
  onHeld: () => void,
): Promise<Plan> {
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
      elapsedMs: () => performance.now(),
      onHeld,
      sleep: async (ms, signal) => void (await wait(ms, undefined, { signal })),
      ...failpointFromEnv(),
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

/** Crash tests name the step at which this process dies (PLUMBLINE_FAILPOINT); nobody else sets it. */
function failpointFromEnv(): { failpoint?: (name: Failpoint) => void } {
  const wanted = FAILPOINTS.find((name) => name === process.env.PLUMBLINE_FAILPOINT);
  if (wanted === undefined) return {};
  return {
    failpoint: (name) => {
      if (name === wanted) process.kill(process.pid, "SIGKILL");
    },
  };
}
