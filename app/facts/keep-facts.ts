import { AuditorError } from "../../core/errors.ts";
import type { SystemFacts } from "../../core/facts.ts";
import type { Collector, Context } from "../../core/ports.ts";
import { putCampaigns } from "../../store/put-campaigns.ts";
import { putDefinitions } from "../../store/put-definitions.ts";
import { putDeliveries } from "../../store/put-deliveries.ts";
import { putSystemFacts } from "../../store/put-system-facts.ts";
import type { App } from "../app.ts";
import type { SystemReading } from "../audit/read-system.ts";
import { errorText } from "../log.ts";
import { refreshPlannedSends } from "./calendar.ts";
import { takeIn } from "./take-in.ts";

/** Vendors limit reports to a few a minute; an audit waits no longer than this for them. */
const PATIENCE_MS = 5 * 60_000;

/**
 * Asks a system, after its members were read, what it knows beyond them, and keeps it under the time of the read.
 * Never harms the read: what fails is kept as a note, and parts that could not be told become unknown.
 */
export async function keepFacts(
  app: App,
  collector: Collector,
  reading: SystemReading,
  context: Context,
): Promise<void> {
  if (collector.facts === undefined) return;
  const targets = reading.targets.map((t) => t.planned.target);
  const at = reading.startedAt;
  const system = reading.system.id;
  const facts =
    reading.failure === null
      ? await ask((c) => collector.facts?.(targets, c), system, context)
      : untold("not asked, since the system was not read completely");
  const kept = takeIn(system, targets, facts);
  await app.db.tx(async (tx) => {
    await putDefinitions(tx, kept.definitions, at);
    if (kept.campaigns !== null) await putCampaigns(tx, system, kept.campaigns, at);
    if (kept.deliveries !== null) await putDeliveries(tx, system, kept.deliveries, at);
    await putSystemFacts(tx, { ...kept.row, readAt: at });
  });
  if (kept.campaigns !== null) await refreshPlannedSends(app);
  context.log.info("facts.kept", {
    runId: context.runId,
    system,
    definitions: kept.definitions.length,
    campaigns: kept.campaigns?.length ?? null,
    notes: kept.row.notes.length,
  });
}

async function ask(
  facts: (context: Context) => Promise<SystemFacts> | undefined,
  system: string,
  context: Context,
): Promise<SystemFacts> {
  const late = AbortSignal.timeout(PATIENCE_MS);
  try {
    const signal = AbortSignal.any([context.signal, late]);
    return (await facts({ ...context, signal })) ?? untold("nothing was told");
  } catch (error) {
    if (context.signal.aborted)
      throw new AuditorError("interrupted", system, "the read was interrupted", "run it again", {
        cause: error,
      });
    if (late.aborted) return untold(`not told within ${PATIENCE_MS / 60_000} minutes`);
    context.log.warn("facts.failed", { runId: context.runId, system, at: errorText(error) });
    return untold(
      error instanceof AuditorError ? error.message : "the connector failed in a way that it should not",
    );
  }
}

const untold = (because: string): SystemFacts => ({
  campaigns: null,
  definitions: null,
  automations: null,
  deliverability: null,
  changes: null,
  notes: [`campaigns, rules and automations: ${because}`],
});
