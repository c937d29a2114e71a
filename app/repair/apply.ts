import { setTimeout as wait } from "node:timers/promises";
import { failpoint } from "../../config/failpoint.ts";
import { AuditorError } from "../../core/errors.ts";
import type { AudienceId, SegmentSource, SystemId } from "../../core/model.ts";
import type { Context, Writer } from "../../core/ports.ts";
import type { Plan } from "../../core/repair.ts";
import { applyPlan } from "../../sync/apply.ts";
import type { App } from "../app.ts";
import { audienceOf, systemOf } from "../audit/judge.ts";
import { writesOf } from "./writes.ts";

/**
 * Carries a plan out, or takes it up where a dead process left it. Only here are write credentials opened, and only
 * for systems that an admin switched on; what is switched off while it runs stops it.
 *
 * @param onHeld called once the plan's lease is ours
 * @param recheck all guards once more, under the lease and before the first write
 * @throws refused when writing to one of its systems is off
 */
export async function runPlan(
  app: App,
  plan: Plan,
  holder: string,
  context: Context,
  onHeld: () => void,
  recheck: () => Promise<string | null>,
): Promise<Plan> {
  const writers = new Map<SystemId, Writer>();
  const systems = [...new Set(plan.doc.changes.map((c) => c.system))];
  const off = await systemOff(app, systems);
  // Resumed with writing off: it ends as stopped, and what was in doubt is read back; only a plan that wrote nothing waits.
  if (off !== null && plan.state === "approved") throw writesAreOff(app, plan, off);
  try {
    for (const id of systems) {
      const writer = await app.writer(systemOf(app, id));
      if (writer === null)
        throw new AuditorError(
          "config",
          `system ${id}`,
          "the configuration has no write credential",
          "add a write credential to the configuration",
        );
      writers.set(id, writer);
    }
    await applyPlan({
      planId: plan.id,
      store: {
        ...app.plans,
        stopRequested: async (id) =>
          (await app.plans.stopRequested(id)) || (await systemOff(app, systems)) !== null,
      },
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
      people: app.config.people,
      recheck,
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

async function systemOff(app: App, systems: readonly SystemId[]): Promise<SystemId | null> {
  const writes = await writesOf(app);
  return systems.find((s) => writes[s] !== true) ?? null;
}

const writesAreOff = (app: App, plan: Plan, system: SystemId): AuditorError =>
  new AuditorError(
    "refused",
    `PL-${plan.id}`,
    `writes to ${systemOf(app, system).title} are off`,
    "an admin turns them on under Systems",
  );

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
