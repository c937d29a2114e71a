import type { Audience } from "../../core/config.ts";
import { AuditorError } from "../../core/errors.ts";
import type { Instant, Snapshot, SystemId } from "../../core/model.ts";
import type { MemberSet } from "../../members/member-set.ts";
import { ageIn, countAt, hasAt, REMEMBERED } from "../../members/past.ts";
import { personKeyOf } from "../../members/person-key.ts";
import { scheduledFrom, scheduledOn } from "../../store/scheduled-on.ts";
import type { App } from "../app.ts";
import { openSetOf } from "../audit/set-files.ts";
import { identifierOf } from "../erase/who.ts";

/** One copy on one day. `set` remembers the reading, `age` scheduled readings before its own. */
export type PastReading = {
  readonly asOf: Instant;
  readonly ordinal: number;
  readonly set: MemberSet;
  readonly age: number;
};
export type CantTell = { readonly cantTell: string };

/** @throws AuditorError not_found: the audience has no copy there, bad_data: no such day */
export function copyOf(app: App, name: string, system: string, day: string): Audience {
  const audience = app.config.audiences.find((a) => a.id === name);
  if (audience === undefined)
    throw new AuditorError(
      "not_found",
      "argument",
      `there is no audience “${name}”`,
      `use one of ${app.config.audiences.map((a) => a.id).join(", ")}`,
    );
  const systems = audience.segments.map((s) => s.system as string);
  if (!systems.includes(system))
    throw new AuditorError(
      "not_found",
      "--system",
      `${name} has no copy in “${system}”`,
      `use one of ${systems.join(", ")}`,
    );
  const at = new Date(`${day}T00:00:00Z`);
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || Number.isNaN(at.getTime()) || !at.toISOString().startsWith(day))
    throw new AuditorError("bad_data", "--at", "it is not a day of the calendar", "write it like 2026-11-20");
  return audience;
}

/**
 * Opens what tells who was in the copy on that day: the last complete scheduled reading of the day, told by its own set or
 * by a later one that remembers it. Whoever calls closes the set.
 *
 * @param day "2026-11-20" in the company's time zone
 */
export async function openPast(
  app: App,
  audience: Audience,
  system: SystemId,
  day: string,
): Promise<PastReading | CantTell> {
  const segment = { audience: audience.id, system, epoch: app.epoch };
  const { reading, before, after } = await scheduledOn(app.db, segment, day, app.config.timezone);
  if (reading === null || reading.ordinal === null) return { cantTell: noReading(before, after) };
  for (const later of await scheduledFrom(app.db, segment, reading.ordinal, REMEMBERED)) {
    const found = await remembering(app, later, reading.ordinal);
    if (found !== null) return { ...found, asOf: reading.asOf, ordinal: reading.ordinal };
  }
  return { cantTell: "the set of that day’s reading is not kept any more, nor one that remembers it" };
}

async function remembering(
  app: App,
  snapshot: Snapshot,
  ordinal: number,
): Promise<{ readonly set: MemberSet; readonly age: number } | null> {
  const set = await openSetOf(app.dataDir, snapshot);
  if (set === null) return null;
  const age = ageIn(set, ordinal);
  if (age !== null) return { set, age };
  await set.close();
  return null;
}

function noReading(before: Instant | null, after: Instant | null): string {
  const near = [before, after].filter((at) => at !== null);
  const nearest =
    near.length === 0
      ? "none is kept at all"
      : `the nearest ${near.length === 1 ? "is of" : "are of"} ${near.join(" and ")}`;
  return `there is no complete scheduled reading of that day; ${nearest}`;
}

export const countPast = ({ set, age }: PastReading): Promise<number> => countAt(set, age);

/** @throws AuditorError bad_data: the identifier is none of the kind that the set goes by */
export function hadPast(app: App, { set, age }: PastReading, identifier: string): Promise<boolean> {
  const normal = identifierOf(identifier, set.identity).get(set.identity) as string;
  return hasAt(set, personKeyOf(app.keys, set.identity, normal), age);
}
