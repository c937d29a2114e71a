import type { SystemDifference } from "../../core/comparison.ts";
import { isOut, type Look, type Seat, type Seen, seenIn, wasOut } from "./history-look.ts";
import { type AudienceName, SENDERS, type SystemName } from "./truth.ts";

export type HistoryComparison = {
  readonly audience: AudienceName;
  readonly owner: SystemName;
  readonly systems: readonly SystemName[];
  readonly masks: Readonly<Record<string, number>>;
  readonly perSystem: Readonly<Record<string, SystemDifference>>;
  readonly cantTell: Readonly<Record<string, string>>;
};

type Question = {
  readonly audience: AudienceName;
  readonly owner: SystemName;
  /** Systems read completely on this day, the owner's among them. */
  readonly seats: readonly Seat[];
  /** The day, as an index. */
  readonly day: number;
  readonly looks: ReadonlyMap<Look, number>;
  readonly cantTell: Readonly<Record<string, string>>;
};

const COUNTS = {
  size: 0,
  expected: 0,
  missing: 0,
  extra: 0,
  settledMissing: 0,
  settledExtra: 0,
  optedOut: 0,
  conflict: 0,
  matched: 0,
  flipping: 0,
};
type Counts = typeof COUNTS;

/**
 * Compares the copies of one audience on one day, as reading and comparing them would. Written anew from the rules
 * rather than taken from `members/`, which compares files: here people who look alike are counted, and no file is needed.
 */
export function compareDay(q: Question): HistoryComparison | null {
  const source = q.seats.find((s) => s.system === q.owner);
  if (!source) return null;
  const tallies = q.seats.map((seat) => ({
    seat,
    // What differs for the second time is settled; before that it may be a delay.
    old: [seat, source].every(({ segment }) => (segment.reads[q.day] ?? 0) >= 2),
    counts: { ...COUNTS },
  }));
  const masks = new Map<number, number>();
  for (const [look, people] of q.looks) {
    const seen = q.seats.map((seat) => seenIn(seat.system, look));
    const mask = seen.reduce((bits, { here }, s) => (here ? bits | (1 << s) : bits), 0);
    if (mask !== 0) masks.set(mask, (masks.get(mask) ?? 0) + people);
    for (const [s, { seat, old, counts }] of tallies.entries()) {
      const here = seen[s];
      const others = seen.filter((_, o) => o !== s);
      if (here)
        count(counts, people, { q, look, seat, old, here, others, source: seenIn(source.system, look) });
    }
  }
  return {
    audience: q.audience,
    owner: q.owner,
    systems: q.seats.map((s) => s.system),
    masks: Object.fromEntries(masks),
    perSystem: Object.fromEntries(
      tallies.map(({ seat, counts }) => [seat.system, difference(seat.system, counts)]),
    ),
    cantTell: q.cantTell,
  };
}

type Case = {
  readonly q: Question;
  readonly look: Look;
  readonly seat: Seat;
  readonly old: boolean;
  readonly here: Seen;
  readonly others: readonly Seen[];
  readonly source: Seen;
};

/** Adds people who look alike to what one copy is told to have. */
function count(t: Counts, people: number, { q, look, seat, old, here: seen, others, source }: Case): void {
  const suppression = q.audience === "do_not_contact";
  const { here, based } = seen;
  const owned = source.here;
  const [out, outBefore] = suppression ? [false, false] : [isOut(look), wasOut(look)];
  if (here) t.size += people;
  if (owned && based) t.matched += people;
  if (seen.flipping) t.flipping += people;
  if (seat.system === q.owner) {
    if (owned) t.expected += people;
    return;
  }
  const belongs = owned && !out && (!suppression || based);
  if (belongs) t.expected += people;
  if (belongs && !here) {
    t.missing += people;
    if (old && !seen.before && source.before && (!suppression || seen.basedBefore))
      t.settledMissing += people;
  }
  if (here && !(owned && !out)) {
    t.extra += people;
    if (old && seen.before && (out ? outBefore : owned === source.before)) t.settledExtra += people;
  }
  if (!seen.mailable) return;
  if (suppression ? owned && (based || here) : out && here) t.optedOut += people;
  else if (here && others.some((o) => o.based && o.optedOut)) t.conflict += people;
}

function difference(system: SystemName, { optedOut, conflict, ...counts }: Counts): SystemDifference {
  const sends = SENDERS.includes(system);
  return {
    ...counts,
    attributes: {},
    oldestPendingReads: null,
    mailableOptedOut: sends ? optedOut : null,
    consentConflict: sends ? conflict : null,
  };
}
