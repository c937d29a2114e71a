import { type AttributeStates, type Instant, instant } from "../../core/model.ts";
import type { Keys } from "../../members/keys.ts";
import type { Copies } from "./copies.ts";
import { compareDay, type HistoryComparison } from "./history-comparison.ts";
import { keyOrder, writeSet } from "./history-set.ts";
import { belongs, type HistoryTarget, Presence } from "./history-target.ts";
import type { Population } from "./population.ts";
import type { Days } from "./time.ts";
import type { AttributeName, AudienceName, SystemName } from "./truth.ts";

/** One reading of one target, as counts. */
export type HistoryRead = {
  readonly audience: AudienceName | null;
  readonly system: SystemName;
  readonly coverage: "complete" | "partial";
  readonly because: string;
  readonly asOf: Instant;
  /** Null in a partial reading, as are the others. */
  readonly size: number | null;
  readonly records: number;
  readonly duplicates: number | null;
  readonly entries: number | null;
  readonly exits: number | null;
  readonly mailable: number | null;
  readonly attributes: Readonly<Record<string, AttributeStates>>;
};
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
type Line = {
  readonly target: HistoryTarget;
  readonly presence: Presence;
  readonly test: (p: number) => boolean;
  size: number;
  asOf: Instant;
  packed: Uint16Array;
};

const SYSTEMS = ["warehouse", "crm", "ghost"] as const;
const OWNER: Readonly<Partial<Record<AudienceName, SystemName>>> = {
  do_not_contact: "crm",
  newsletter_opt_in: "crm",
};

/**
 * History for big companies, without reading any system: counts and comparisons of days 1 to `until`, and one member
 * set per target for the last of them, with the presence of all days. Real reads can go on from there.
 */
export async function writeHistory(world: World, request: HistoryRequest): Promise<HistoryDay[]> {
  const lines = request.targets.map(
    (target): Line => ({
      target,
      presence: new Presence(),
      test: belongs(target),
      size: 0,
      asOf: instant(world.days.audit(1)),
      packed: new Uint16Array(0),
    }),
  );
  const history: HistoryDay[] = [];
  for (let day = 1; day <= request.until; day++) history.push(live(world, lines, day));
  const people = world.population.count(request.until);
  const order = keyOrder(world.population, people, request.keys);
  for (const line of lines) {
    const lost = renamed(world.copies, line.target, request.until);
    await writeSet({ ...line, epoch: request.epoch, lost }, world.population, order, request.keys);
  }
  return history;
}

const renamed = (copies: Copies, t: HistoryTarget, day: number): AttributeName | null => {
  const fault = copies.active("renamed_field", day);
  return fault?.audience === t.audience && t.system === "crm" ? fault.attribute : null;
};

function live({ population, copies, days }: World, lines: readonly Line[], day: number): HistoryDay {
  const people = population.count(day);
  const at = instant(days.audit(day));
  const packed = Object.fromEntries(SYSTEMS.map((system) => [system, copies.day(system, day)]));
  const lost = copies.active("lost_page", day) !== undefined;
  const stale = copies.active("stale_copy", day);
  const doubled = copies.active("duplicates_by_case", day);
  const reads = lines.map((line): HistoryRead => {
    const { audience, system } = line.target;
    if (lost && system === "ghost") {
      return {
        audience,
        system,
        coverage: "partial",
        because: "a page was lost after 300 records",
        asOf: at,
        size: null,
        records: 300,
        duplicates: null,
        entries: null,
        exits: null,
        mailable: null,
        attributes: {},
      };
    }
    const old = stale !== undefined && stale.audience === audience && system === "crm";
    if (!old) {
      line.packed = packed[system] ?? line.packed;
      line.asOf = system === "crm" ? instant(days.exported(day)) : at;
    }
    const first = line.presence.reads === 0;
    const { size, entries, exits } = line.presence.shift(line.packed, line.test, people);
    line.size = size;
    const duplicates =
      doubled !== undefined && doubled.audience === audience && system === "crm"
        ? Math.max(14, Math.round(size * 0.03))
        : 0;
    return {
      audience,
      system,
      coverage: "complete",
      because: "read to its end",
      asOf: line.asOf,
      size,
      records: size + duplicates,
      duplicates,
      entries: first ? null : entries,
      exits: first ? null : exits,
      mailable: system === "ghost" ? mailableAmong(line, people) : null,
      attributes: states(line, population, people, renamed(copies, line.target, day)),
    };
  });
  return { day, at, reads, comparisons: compareAll(lines, people, lost) };
}

function mailableAmong(line: Line, people: number): number {
  const mailable = belongs({ audience: "newsletter_opt_in", system: "ghost" });
  let n = 0;
  for (let i = 0; i < people; i++) if (line.presence.now(i) && mailable(line.packed[i] ?? 0)) n++;
  return n;
}

/** Only first names may be empty; a renamed column is missing for all. */
function states(
  line: Line,
  population: Population,
  people: number,
  lost: AttributeName | null,
): Record<string, AttributeStates> {
  const none = { valid: 0, null: 0, empty: 0, placeholder: 0, invalid: 0, missing: 0 };
  const { attributes } = line.target;
  let nameless = 0;
  if (attributes.includes("first_name")) {
    for (let i = 0; i < people; i++) if (line.presence.now(i) && population.isNameless(i)) nameless++;
  }
  return Object.fromEntries(
    attributes.map((name) => {
      if (name === lost) return [name, { ...none, missing: line.size }];
      const empty = name === "first_name" ? nameless : 0;
      return [name, { ...none, valid: line.size - empty, null: empty }];
    }),
  );
}

function compareAll(lines: readonly Line[], people: number, ghostLost: boolean): HistoryComparison[] {
  const find = (audience: AudienceName | null, system: SystemName): Line | undefined =>
    lines.find((l) => l.target.audience === audience && l.target.system === system);
  const excluded = find("do_not_contact", "crm")?.presence ?? null;
  const audiences = [
    ...new Set(lines.flatMap((l) => (l.target.audience === null ? [] : [l.target.audience]))),
  ];
  return audiences.flatMap((audience) => {
    const seats = SYSTEMS.filter((system) => !(ghostLost && system === "ghost")).flatMap((system) => {
      const [segment, base] = [find(audience, system), find(null, system)];
      return segment && base
        ? [{ system, segment: segment.presence, base: base.presence, packed: base.packed }]
        : [];
    });
    const cantTell = ghostLost ? { ghost: "not read completely" } : {};
    const compared = compareDay(
      audience,
      OWNER[audience] ?? "warehouse",
      seats,
      audience === "do_not_contact" ? null : excluded,
      people,
      cantTell,
    );
    return compared ? [compared] : [];
  });
}
