import { isRepairDuel } from "../../checks/repair-duel.ts";
import { isKind } from "../../core/errors.ts";
import type { Incident } from "../../core/finding.ts";
import { instant } from "../../core/model.ts";
import { type Difference, type DifferenceKind, differences } from "../../members/differences.ts";
import { maskIdentifier } from "../../members/mask.ts";
import { placeOf } from "../../sync/quarantine.ts";
import type { IncidentDetail } from "../api/contract.ts";
import type { App } from "../app.ts";
import { compareInput, type Readings, readingKey } from "../audit/compare-audience.ts";
import { audienceOf } from "../audit/judge.ts";
import { withLatestReadings } from "../audit/latest-readings.ts";
import { lookUp } from "../audit/look-up.ts";
import { foughtOver } from "./facts.ts";

const SAMPLE = 20;

const KINDS: Readonly<Partial<Record<Incident["finding"]["check"], readonly DifferenceKind[]>>> = {
  disagreement: ["missing", "extra"],
  size_anomaly: ["missing", "extra"],
  match_rate: ["missing"],
  suppression_leak: ["mailable_opted_out", "opted_out_elsewhere"],
  consent_exposure: ["mailable_opted_out"],
  over_suppression: ["over_suppressed"],
  consent_violation: ["consent_conflict"],
  completeness: ["differs"],
  attribute_shift: ["differs"],
  flip_flop: ["flipping"],
};

/** What a repair puts right, and another writer puts back. */
const REPAIRED: readonly DifferenceKind[] = ["missing", "extra", "differs"];

const STATE: Readonly<Record<DifferenceKind, string>> = {
  missing: "Missing here",
  extra: "Only here",
  differs: "Other value",
  mailable_opted_out: "Opted out, mailable",
  consent_conflict: "Opted out elsewhere, mailable",
  opted_out_elsewhere: "Opted out elsewhere, mailable",
  over_suppressed: "Held back here, subscribed at the owner",
  flipping: "Leaves and returns",
};

/** At most 20 of the people that an incident is about, masked, in random order; null when they can no longer be named. */
export async function affectedBy(app: App, incident: Incident): Promise<IncidentDetail["affected"]> {
  try {
    return await sampleOf(app, incident);
  } catch (error) {
    if (!isKind(error, "bad_data")) throw error;
    app.log.warn("sample.unreadable", { incident: incident.id, because: error.message });
    return null; // a damaged file: nobody can be named, and the rest of the page stands
  }
}

async function sampleOf(app: App, incident: Incident): Promise<IncidentDetail["affected"]> {
  const audience = incident.finding.audience === null ? null : audienceOf(app, incident.finding.audience);
  const kinds = isRepairDuel(incident.finding) ? REPAIRED : KINDS[incident.finding.check];
  if (audience === null || kinds === undefined) return null;
  const fought = isRepairDuel(incident.finding)
    ? await foughtOver(app, audience.id, instant(app.clock.now()))
    : null;
  return withLatestReadings(app, async (readings) => {
    const { input } = compareInput(app, audience, readings);
    if (input === null) return null;
    const sample: Difference[] = [];
    let total = 0;
    for await (const d of differences(input, new Set(kinds), {
      systems: new Set([incident.finding.system]),
    })) {
      if (fought !== null && !fought.has(placeOf(d))) continue;
      total += 1;
      // reservoir sampling: every one of them has the same chance to be shown
      if (sample.length < SAMPLE) sample.push(d);
      else {
        const at = Buffer.from(app.random(4)).readUInt32LE() % total;
        if (at < SAMPLE) sample[at] = d;
      }
    }
    return {
      total,
      kind: fought === null ? STATE[kinds[0] ?? "missing"] : "Different again after 3 repairs",
      people: await nameMasked(app, readings, audience.id, audience.owner, incident.finding.system, sample),
    };
  });
}

async function nameMasked(
  app: App,
  readings: Readings,
  audience: string,
  owner: string,
  system: string,
  sample: readonly Difference[],
): Promise<NonNullable<IncidentDetail["affected"]>["people"]> {
  const people = sample.map((d) => d.person);
  const found = new Map<string, { masked: string; kind: string; since: string | null }>();
  for (const key of [readingKey(audience, system), readingKey(null, system), readingKey(audience, owner)]) {
    for (const [person, row] of await lookUp(app, readings.get(key)?.snapshot.setFile, people)) {
      if (found.has(person)) continue;
      const [kind, raw] = Object.entries(row.identifiers)[0] ?? [];
      if (kind === undefined || raw === undefined) continue;
      found.set(person, { masked: maskIdentifier(kind as "email", raw), kind, since: row.consentAt ?? null });
    }
  }
  return sample.flatMap((d) => {
    const who = found.get(d.person);
    if (who === undefined) return [];
    return [
      {
        masked: who.masked,
        kind: who.kind,
        state: STATE[d.kind],
        since: who.since,
        evidence: d.consentFrom === null ? null : `opted out in ${titleOf(app, d.consentFrom)}`,
      },
    ];
  });
}

const titleOf = (app: App, id: string) => app.config.systems.find((s) => s.id === id)?.title ?? id;
