import { setImmediate } from "node:timers/promises";
import { type Instant, instant } from "../../core/model.ts";
import type { Keys } from "../../members/keys.ts";
import type { Copies } from "./copies.ts";
import { compareDay, type HistoryComparison } from "./history-comparison.ts";
import { HistoryLine, NOT_READ } from "./history-line.ts";
import { Looks, type Seat, Surroundings } from "./history-look.ts";
import { type HistoryRead, readOf } from "./history-read.ts";
import { keyOrder, writeSet } from "./history-set.ts";
import type { HistoryTarget } from "./history-target.ts";
import type { Population } from "./population.ts";
import type { Days } from "./time.ts";
import { type AttributeName, type AudienceName, bySystem, SYSTEMS, type SystemName } from "./truth.ts";

export type HistoryDay = {
  readonly day: number;
  readonly at: Instant;
  readonly reads: readonly HistoryRead[];
  readonly comparisons: readonly HistoryComparison[];
};

export type HistoryRequest = {
  readonly until: number;
  readonly keys: Keys;
  readonly epoch: number;
  readonly targets: readonly HistoryTarget[];
};
type World = { readonly population: Population; readonly copies: Copies; readonly days: Days };
/** Told now and then: the part that is done, 0 to 1. */
export type Tell = (done: number) => void;
type Compared = { readonly audience: AudienceName; readonly seats: readonly Seat[]; readonly looks: Looks };

const OWNER: Readonly<Partial<Record<AudienceName, SystemName>>> = {
  do_not_contact: "hubspot",
  newsletter_opt_in: "hubspot",
};
/** People after whom the process looks at its other work: it serves the simulators, Slack and mail too. */
const AT_ONCE = 4_096;
/** Parts of the whole, by the clock. */
const [PASSED, ORDERED] = [0.5, 0.7];

/**
 * History for big companies, without reading any system: counts and comparisons of days 1 to `until`, and one member
 * set per target for the last of them, with the presence of all days. Real reads can go on from there.
 *
 * Person by person rather than day by day: what a life is made of is drawn once, and each day of it costs a few sums.
 */
export async function writeHistory(
  world: World,
  request: HistoryRequest,
  tell: Tell = () => undefined,
): Promise<HistoryDay[]> {
  const { until } = request;
  const people = world.population.count(until);
  const lines = request.targets.map((t) => new HistoryLine(t, shownBy(world.copies, t, until), people));
  const compared = comparedBy(lines, until);
  await pass(world, lines, compared, until, (done) => tell(PASSED * done));
  await writeSets(world, lines, request, tell);
  return daysOf(world, lines, compared, until);
}

/** Which day's records a reading of the target shows on each day, as indexes. */
function shownBy(copies: Copies, { audience, system }: HistoryTarget, until: number): Int32Array {
  const shown = new Int32Array(until);
  for (let d = 0; d < until; d++) {
    const stale = system === "ads" ? copies.active("stale_copy", d + 1) : undefined;
    const lost = system === "klaviyo" && copies.active("lost_page", d + 1) !== undefined;
    shown[d] = lost ? NOT_READ : stale && stale.audience === audience ? stale.from - 2 : d;
  }
  return shown;
}

function comparedBy(lines: readonly HistoryLine[], until: number): Compared[] {
  const find = (audience: AudienceName | null, system: SystemName): HistoryLine | undefined =>
    lines.find((l) => l.target.audience === audience && l.target.system === system);
  const audiences = new Set(lines.flatMap(({ target: t }) => (t.audience === null ? [] : [t.audience])));
  return [...audiences].map((audience) => {
    const seats = SYSTEMS.flatMap((system): Seat[] => {
      const [segment, base] = [find(audience, system), find(null, system)];
      return segment && base ? [{ system, segment, base }] : [];
    });
    return { audience, seats, looks: new Looks(seats, until) };
  });
}

async function pass(
  { population, copies }: World,
  lines: readonly HistoryLine[],
  compared: readonly Compared[],
  until: number,
  tell: Tell,
): Promise<void> {
  const people = population.count(until);
  const surroundings = new Surroundings(lines, until);
  const all = Array.from({ length: until }, (_, d) => d);
  const turns = all.filter((d) => d === 0 || lines.some(({ always }) => always[d] !== always[d - 1]));
  const walk = copies.walk(SYSTEMS, 1, until);
  for (let i = 0; i < people; i++) {
    walk.next();
    const nameless = population.isNameless(i);
    const steady = bySystem((system) => walk.isSteady(system));
    for (const line of lines) {
      const { system } = line.target;
      if (steady[system]) line.passSteady(i, walk.records[system][0] ?? 0, nameless);
      else line.pass(i, walk.records[system], nameless);
    }
    const days = SYSTEMS.every((system) => steady[system]) ? turns : all;
    surroundings.pass(walk.records, days);
    for (const { looks } of compared) looks.pass(surroundings.bits, days);
    if (i % AT_ONCE !== 0) continue;
    tell(i / people);
    await setImmediate();
  }
}

async function writeSets(
  { population, copies, days }: World,
  lines: readonly HistoryLine[],
  { until, keys, epoch }: HistoryRequest,
  tell: Tell,
): Promise<void> {
  const order = await keyOrder(population, population.count(until), keys, (done) =>
    tell(PASSED + (ORDERED - PASSED) * done),
  );
  const known = new Map<string, Uint16Array>();
  for (const [n, line] of lines.entries()) {
    const { system } = line.target;
    const last = (line.shown[line.lastRead] ?? 0) + 1;
    const packed = known.get(`${system} ${last}`) ?? copies.day(system, last);
    known.set(`${system} ${last}`, packed);
    await writeSet(
      {
        line,
        packed,
        asOf: asOf(days, system, last),
        epoch,
        without: without(copies, line.target, until),
      },
      order,
    );
    tell(ORDERED + ((1 - ORDERED) * (n + 1)) / lines.length);
  }
}

const asOf = (days: Days, system: SystemName, day: number): Instant =>
  instant(system === "ads" ? days.exported(day) : days.audit(day));

/** Fields that a system does not have. */
const UNHELD: Readonly<Partial<Record<SystemName, readonly AttributeName[]>>> = {
  mailchimp: ["plan", "country"],
};

function without(copies: Copies, t: HistoryTarget, day: number): readonly AttributeName[] {
  const fault = copies.active("renamed_field", day);
  const renamed = fault?.audience === t.audience && t.system === "ads" ? fault.attribute : null;
  return [...(UNHELD[t.system] ?? []), ...(renamed ? [renamed] : [])];
}

function daysOf(
  { copies, days }: World,
  lines: readonly HistoryLine[],
  compared: readonly Compared[],
  until: number,
): HistoryDay[] {
  const looks = compared.map((c) => c.looks.days());
  return Array.from({ length: until }, (_, d): HistoryDay => {
    const day = d + 1;
    const lost = copies.active("lost_page", day) !== undefined;
    const doubled = copies.active("duplicates_by_case", day);
    return {
      day,
      at: instant(days.audit(day)),
      reads: lines.map((line) => {
        const { audience, system } = line.target;
        const shown = line.shown[d] ?? NOT_READ;
        return readOf(line, d, {
          asOf: shown === NOT_READ ? instant(days.audit(day)) : asOf(days, system, shown + 1),
          doubled: doubled !== undefined && doubled.audience === audience && system === "ads",
          without: without(copies, line.target, day),
        });
      }),
      comparisons: compared.flatMap(({ audience, seats }, n) => {
        const result = compareDay({
          audience,
          owner: OWNER[audience] ?? "warehouse",
          seats: seats.filter((s) => !(lost && s.system === "klaviyo")),
          day: d,
          looks: looks[n]?.next().value ?? new Map(),
          cantTell: lost ? { klaviyo: "not read completely" } : {},
        });
        return result ? [result] : [];
      }),
    };
  });
}
