import type { PostgresCollector } from "../../collectors/postgres.ts";
import type { Audience, SystemConfig } from "../../core/config.ts";
import type { SystemId } from "../../core/model.ts";
import type { Collector, Context } from "../../core/ports.ts";
import type { App } from "../app.ts";
import { choosePlace, type Pair, type Place } from "./choose-place.ts";
import { type OpenSystem, openSystem } from "./open-system.ts";

const isPostgres = (collector: Collector): collector is PostgresCollector => "part" in collector;

/**
 * Finds systems that live in one place and chooses which of their copies are compared there. What `how` says of a copy is why
 * it is read, or why it is not. A place where nothing is compared is none.
 */
export async function placesOf(
  app: App,
  systems: readonly SystemConfig[],
  how: Map<string, string>,
  context: Context,
): Promise<readonly Place[]> {
  const byPlace = new Map<string, (OpenSystem & { readonly collector: PostgresCollector })[]>();
  const wanted = candidates(app.config.audiences, systems);
  const ids = new Set(wanted.flatMap((p) => [p.audience.owner, p.copy.system]));
  const all: OpenSystem[] = [];
  const places: Place[] = [];
  try {
    for (const system of systems.filter((s) => ids.has(s.id))) {
      const opened = await openSystem(app, system);
      all.push(opened);
      const { collector } = opened;
      const place = isPostgres(collector) ? collector.part.place() : null;
      if (place === null || !isPostgres(collector)) continue;
      byPlace.set(place, [...(byPlace.get(place) ?? []), { ...opened, collector }]);
    }
    for (const opened of byPlace.values()) {
      const here = new Set(opened.map((o) => o.system.id));
      const pairs = wanted.filter((p) => here.has(p.audience.owner) && here.has(p.copy.system));
      const place = pairs.length === 0 ? null : await choosePlace(app, opened, pairs, how, context);
      if (place !== null) places.push(place);
    }
    return places;
  } catch (e) {
    for (const place of places.splice(0)) await place.close();
    throw e;
  } finally {
    const used = new Set(places.flatMap((p) => p.opened.map((o) => o.system)));
    for (const { system, collector } of all) if (!used.has(system)) await collector.close();
  }
}

/** Copies in Postgres whose owner's is in Postgres too. */
function candidates(audiences: readonly Audience[], systems: readonly SystemConfig[]): Pair[] {
  const postgres = new Set<SystemId>(systems.filter((s) => s.kind === "postgres").map((s) => s.id));
  return audiences
    .filter((a) => postgres.has(a.owner))
    .flatMap((audience) =>
      audience.segments
        .filter((s) => s.system !== audience.owner && postgres.has(s.system))
        .map((copy) => ({ audience, copy })),
    );
}
