import type { Audience } from "../../core/config.ts";
import type { CheckInput, OwnRepairs } from "../../core/finding.ts";
import { type Instant, instant } from "../../core/model.ts";
import { type DifferenceKind, differences } from "../../members/differences.ts";
import { lastPlanWrites } from "../../store/last-plan-writes.ts";
import { placeOf, quarantined, repairsFrom, WEEK_MS } from "../../sync/quarantine.ts";
import { GHOST_ACK } from "../../sync/words.ts";
import type { App } from "../app.ts";
import { compareInput, type Readings } from "./compare-audience.ts";

type Fought = OwnRepairs["fought"];

/** What a repair puts right, and another writer puts back. */
const REPAIRED: ReadonlySet<DifferenceKind> = new Set(["missing", "extra", "differs"]);

/** Adds what our own repairs ran into: people whom somebody else puts back, and calls without effect. */
export async function withOwnRepairs(
  app: App,
  now: Instant,
  readings: Readings,
  inputs: readonly CheckInput[],
): Promise<CheckInput[]> {
  const writes = await lastPlanWrites(app.db, instant(new Date(Date.parse(now) - WEEK_MS)), GHOST_ACK);
  const fights = new Map<string, ReadonlyMap<string, Fought>>();
  for (const audience of new Set(inputs.map((i) => i.audience)))
    fights.set(audience.id, await foughtIn(app, audience, now, readings));
  return inputs.map((input) => {
    const { id: audience } = input.audience;
    const { id: system } = input.system;
    const last = writes.find((w) => w.audience === audience && w.system === system);
    const lastPlan =
      last === undefined
        ? null
        : { id: last.id, at: last.at, written: last.written, ghostAcks: last.ghostAcks };
    return { ...input, repairs: { fought: fights.get(audience)?.get(system) ?? [], lastPlan } };
  });
}

/** By system. The sets are gone through again only where somebody is in quarantine, which is rare. */
async function foughtIn(
  app: App,
  audience: Audience,
  now: Instant,
  readings: Readings,
): Promise<ReadonlyMap<string, Fought>> {
  const repaired = await app.plans.repairedSince(audience.id, repairsFrom(now));
  const places = quarantined(repaired, now);
  const { input } = compareInput(app, audience, readings);
  if (places.size === 0 || input === null) return new Map();
  const held = repaired.filter((r) => places.has(placeOf(r)));
  const differ = new Set<string>();
  const systems = new Set(held.map((r) => r.system));
  for await (const d of differences(input, REPAIRED, { systems }))
    if (places.has(placeOf(d))) differ.add(placeOf(d));
  return new Map(
    [...systems].map((system) => {
      const here = held.filter((r) => r.system === system);
      const fought = [...new Set(here.map((r) => r.attribute))].map((attribute) => {
        const people = here.filter((r) => r.attribute === attribute);
        return {
          attribute,
          people: people.length,
          differ: people.filter((r) => differ.has(placeOf(r))).length,
        };
      });
      return [system, fought];
    }),
  );
}
