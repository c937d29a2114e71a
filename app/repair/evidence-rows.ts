import type { Audience } from "../../core/config.ts";
import type { PersonKey, SystemId } from "../../core/model.ts";
import type { SpooledRow } from "../../members/spool.ts";
import type { Evidence, Rows } from "../../sync/evidence.ts";
import type { App } from "../app.ts";
import { type Readings, readingKey } from "../audit/compare-audience.ts";
import { lookUp } from "../audit/look-up.ts";

/** Sealed rows of these people from every copy of the audience; where a copy has none, from that system's base. */
export async function rowsOf(
  app: App,
  audience: Audience,
  readings: Readings,
  people: readonly PersonKey[],
): Promise<Rows> {
  const rows = new Map<SystemId, ReadonlyMap<PersonKey, SpooledRow>>();
  for (const s of audience.segments) {
    const base = await lookup(app, readings, null, s.system, people);
    const segment = await lookup(app, readings, audience.id, s.system, people);
    rows.set(s.system, new Map([...base, ...segment]));
  }
  return rows;
}

/** Who of these people stands on a suppression list, with the list's system and the time of the opt-out. */
export async function optedOutOf(
  app: App,
  readings: Readings,
  people: readonly PersonKey[],
): Promise<ReadonlyMap<PersonKey, Evidence>> {
  const found = new Map<PersonKey, Evidence>();
  for (const list of app.config.audiences.filter((a) => a.purpose === "suppression")) {
    for (const [person, row] of await lookup(app, readings, list.id, list.owner, people)) {
      if (!found.has(person)) found.set(person, { system: list.owner, at: row.consentAt ?? null });
    }
  }
  return found;
}

async function lookup(
  app: App,
  readings: Readings,
  audience: Audience["id"] | null,
  system: SystemId,
  people: readonly PersonKey[],
): Promise<ReadonlyMap<PersonKey, SpooledRow>> {
  return lookUp(app, readings.get(readingKey(audience, system))?.snapshot.setFile, people);
}
