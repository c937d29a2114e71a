import type { Audience } from "../../core/config.ts";
import { AuditorError } from "../../core/errors.ts";
import type { Incident } from "../../core/finding.ts";
import { instant, type PersonKey, type SystemId } from "../../core/model.ts";
import type { Capabilities, Context } from "../../core/ports.ts";
import type { PlanDoc } from "../../core/repair.ts";
import type { CompareInput } from "../../members/compare-sets.ts";
import { type Difference, type DifferenceKind, differences } from "../../members/differences.ts";
import { fingerprintOf } from "../../members/fingerprint.ts";
import { getAudienceBase } from "../../store/get-audience-base.ts";
import { lastWrites } from "../../store/last-writes.ts";
import { fieldOrders } from "../../sync/decide-set.ts";
import { draftPlan } from "../../sync/plan.ts";
import type { App } from "../app.ts";
import { openAgreedOf } from "../audit/agreed.ts";
import { compareInput, type Readings, readingKey, unreadLists } from "../audit/compare-audience.ts";
import { audienceOf, systemOf } from "../audit/judge.ts";
import { withLatestReadings } from "../audit/latest-readings.ts";
import { toldAutomations } from "../facts/automations.ts";
import { knownCampaigns, leftOutBy } from "../facts/calendar.ts";
import { optedOutOf, rowsOf } from "./evidence-rows.ts";
import { foughtOver } from "./facts.ts";
import { withForecast } from "./forecast.ts";
import { heldOutAmong } from "./held-out.ts";
import { ruleCauseOf } from "./rule-cause.ts";
import type { DraftRequest } from "./service.ts";

/** Differences above this many are no longer a repair but a resync; the plan would be refused for its size anyway. */
const MOST = 200_000;

const SUPPRESSIONS: readonly DifferenceKind[] = [
  "mailable_opted_out",
  "consent_conflict",
  "opted_out_elsewhere",
];
const MEMBERSHIP: readonly DifferenceKind[] = ["missing", "extra"];

/** What an incident's repair looks at; consent always comes along, since suppressions come first. */
function kindsFor(incident: Incident | null): ReadonlySet<DifferenceKind> {
  switch (incident?.finding.repair) {
    case "consent":
      return new Set(SUPPRESSIONS);
    case "attribute":
      return new Set<DifferenceKind>([...SUPPRESSIONS, "differs"]);
    case "membership":
      return new Set([...SUPPRESSIONS, ...MEMBERSHIP]);
    default:
      return new Set<DifferenceKind>([...SUPPRESSIONS, ...MEMBERSHIP, "differs"]);
  }
}

/** Drafts from the latest complete readings; writes nothing anywhere. */
export async function draftDoc(app: App, request: DraftRequest, context: Context): Promise<PlanDoc> {
  const audience = audienceOf(app, request.audience);
  if (audience === null)
    throw new AuditorError(
      "not_found",
      "audience",
      "there is no audience with this id",
      "see `audiences:` in the configuration",
    );
  return withLatestReadings(app, async (readings) => {
    const { input, cantTell } = compareInput(app, audience, readings);
    if (input === null) {
      throw new AuditorError(
        "refused",
        audience.title,
        `its owner was not read completely (${cantTell[audience.owner] ?? "no reading"})`,
        "read again, then draft",
      );
    }
    const systems =
      request.system === null ? new Set(audience.segments.map((s) => s.system)) : new Set([request.system]);
    const found = await findDifferences(app, audience, input, kindsFor(request.incident), systems);
    const people = [...new Set(found.map((d) => d.person))];
    const { capabilities, automations } = await writersOf(app, audience, systems, context);
    const doc = draftPlan({
      config: app.config,
      audience,
      author: request.author.name,
      now: instant(app.clock.now()),
      incidentId: request.incident?.id ?? null,
      differences: found,
      rows: await rowsOf(app, audience, readings, people),
      optedOut: await optedOutOf(app, readings, people as PersonKey[]),
      leftOutBy: leftOutBy(await knownCampaigns(app), audience.id),
      baseAccepted: (await getAudienceBase(app.db, audience.id)) !== null,
      ...(audience.holdout === null ? {} : { heldOut: await heldOutAmong(app, audience, people) }),
      ruleCause: await ruleCauseOf(app, request.incident),
      capabilities,
      scopeKinds: scopeKindsOf(app),
      written: await ownWrites(app, audience),
      unreadLists: unreadLists(app, audience, readings).map((l) => l.title),
      automations,
      fought: await foughtOver(app, audience.id, instant(app.clock.now())),
      fingerprint: (value) => fingerprintOf(app.keys, value),
      ...groundsOf(audience, readings),
      sealer: app.sealer,
      ...(request.replaces === undefined ? {} : { replaces: request.replaces }),
      ...(request.only === undefined ? {} : { only: request.only }),
      ...(request.system === null ? {} : { onlySystem: request.system }),
    });
    return withForecast(app, audience, doc, context);
  });
}

/** Every difference with what was last agreed about it. */
async function findDifferences(
  app: App,
  audience: Audience,
  input: CompareInput,
  kinds: ReadonlySet<DifferenceKind>,
  systems: ReadonlySet<SystemId>,
): Promise<readonly Difference[]> {
  const agreed = await openAgreedOf(app, audience);
  try {
    const found: Difference[] = [];
    const orders = fieldOrders(app.config, audience);
    for await (const d of differences(input, kinds, { systems, agreed, orders })) {
      found.push(d);
      if (found.length > MOST)
        throw new AuditorError(
          "refused",
          audience.title,
          `more than ${MOST} people differ`,
          "let the sync tool run again, or correct the segment’s definition",
        );
    }
    return found;
  } finally {
    await agreed?.close();
  }
}

/** Our own writes, where times of records decide anything. */
async function ownWrites(app: App, audience: Audience) {
  if (!app.config.attributes.some((a) => a.merge === "newest")) return new Map();
  const since = app.clock.now().getTime() - app.config.retention.snapshotDays * 86_400_000;
  return lastWrites(
    app.db,
    audience.segments.map((s) => s.system),
    instant(new Date(since)),
  );
}

const scopeKindsOf = (app: App) =>
  new Map(
    app.config.systems.flatMap((s) => {
      const told = app.capabilities.get(s.id);
      return told === undefined ? [] : [[s.id, told.consentScope] as const];
    }),
  );

/** The readings a plan rests on and the sizes its limits are measured against. */
export function groundsOf(audience: Audience, readings: Readings): Pick<PlanDoc, "basedOn" | "sizes"> {
  const snapshots = audience.segments.flatMap(
    (s) => readings.get(readingKey(audience.id, s.system))?.snapshot ?? [],
  );
  const complete = snapshots.filter((s) => s.coverage === "complete");
  return {
    basedOn: complete.map((s) => ({
      snapshot: s.id,
      system: s.system,
      asOf: s.asOf,
      size: s.metrics.size?.numerator ?? 0,
    })),
    sizes: Object.fromEntries(complete.map((s) => [s.system, s.metrics.size?.numerator ?? 0])),
  };
}

export async function writersOf(
  app: App,
  audience: Audience,
  systems: ReadonlySet<SystemId>,
  context: Context,
): Promise<{
  capabilities: ReadonlyMap<SystemId, Capabilities>;
  automations: Record<string, readonly string[] | null>;
}> {
  const capabilities = new Map<SystemId, Capabilities>();
  const automations: Record<string, readonly string[] | null> = {};
  for (const segment of audience.segments.filter((s) => systems.has(s.system))) {
    const writer = await app.writer(systemOf(app, segment.system));
    if (writer === null) continue;
    try {
      capabilities.set(segment.system, writer.capabilities);
      automations[segment.system] =
        (await writer.automations(segment.source, context)) ??
        (await toldAutomations(app, audience.id, segment.system));
    } finally {
      await writer.close();
    }
  }
  return { capabilities, automations };
}
