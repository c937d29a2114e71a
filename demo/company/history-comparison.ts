import type { SystemDifference } from "../../core/model.ts";
import { flips } from "../../members/flips.ts";
import type { Presence } from "./history-target.ts";
import { toldBy } from "./history-target.ts";
import type { AudienceName, SystemName } from "./truth.ts";

export type HistoryComparison = {
  readonly audience: AudienceName;
  readonly owner: SystemName;
  readonly systems: readonly SystemName[];
  readonly masks: Readonly<Record<string, number>>;
  readonly perSystem: Readonly<Record<string, SystemDifference>>;
  readonly cantTell: Readonly<Record<string, string>>;
};

export type Seat = {
  readonly system: SystemName;
  readonly segment: Presence;
  readonly base: Presence;
  readonly packed: Uint16Array;
};

/**
 * Compares the copies of one audience on one day, as reading and comparing them would. Written anew from the rules
 * rather than taken from `members/`, which compares files: here everybody has a number, and no file is needed.
 *
 * @param seats systems read completely on this day, the owner's among them
 * @param excluded who must not be contacted; null for that audience itself
 */
export function compareDay(
  audience: AudienceName,
  owner: SystemName,
  seats: readonly Seat[],
  excluded: Presence | null,
  people: number,
  cantTell: Readonly<Record<string, string>>,
): HistoryComparison | null {
  const source = seats.find((s) => s.system === owner);
  if (!source) return null;
  const suppression = audience === "do_not_contact";
  const masks = new Map<number, number>();
  const tallies = seats.map(() => ({
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
  }));
  const words = seats.map((seat) => seat.segment.lo);
  for (let i = 0; i < people; i++) {
    // Most people were never in most lists.
    if (words.every((lo) => lo[i] === 0)) continue;
    const [owned, ownedBefore] = [source.segment.now(i), source.segment.before(i)];
    const [out, outBefore] = [excluded?.now(i) ?? false, excluded?.before(i) ?? false];
    let mask = 0;
    for (const [s, seat] of seats.entries()) {
      const t = tallies[s];
      if (!t) continue;
      const [here, hereBefore, based] = [seat.segment.now(i), seat.segment.before(i), seat.base.now(i)];
      if (here) {
        mask |= 1 << s;
        t.size++;
      }
      if (owned && based) t.matched++;
      const bits = Math.min(16, seat.segment.reads);
      const lo = seat.segment.lo[i] ?? 0;
      if (lo !== 0 && flips(lo, seat.segment.hi[i] ?? 0, bits) >= 4) t.flipping++;
      if (seat === source) {
        if (owned) t.expected++;
        continue;
      }
      const belongs = owned && !out && (!suppression || based);
      const old = seat.segment.reads >= 2 && source.segment.reads >= 2;
      if (belongs) t.expected++;
      if (belongs && !here) {
        t.missing++;
        if (old && !hereBefore && ownedBefore && (!suppression || seat.base.before(i))) t.settledMissing++;
      }
      if (here && !(owned && !out)) {
        t.extra++;
        if (old && hereBefore && (out ? outBefore : owned ? ownedBefore : !ownedBefore)) t.settledExtra++;
      }
      if (seat.system !== "ghost" || toldBy("ghost", seat.packed[i] ?? 0).mailable !== true) continue;
      if (suppression ? owned && (based || here) : out && here) t.optedOut++;
      else if (
        here &&
        seats.some(
          (o) => o !== seat && o.base.now(i) && toldBy(o.system, o.packed[i] ?? 0).consent !== "subscribed",
        )
      )
        t.conflict++;
    }
    if (mask !== 0) masks.set(mask, (masks.get(mask) ?? 0) + 1);
  }
  const perSystem = seats.map((seat, s): [string, SystemDifference] => {
    const t = tallies[s] ?? {
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
    const { size, expected, missing, extra, settledMissing, settledExtra, matched, flipping } = t;
    const sends = seat.system === "ghost";
    return [
      seat.system,
      {
        size,
        expected,
        missing,
        extra,
        settledMissing,
        settledExtra,
        matched,
        flipping,
        attributes: {},
        oldestPendingReads: null,
        mailableOptedOut: sends ? t.optedOut : null,
        consentConflict: sends ? t.conflict : null,
      },
    ];
  });
  return {
    audience,
    owner,
    systems: seats.map((s) => s.system),
    masks: Object.fromEntries(masks),
    perSystem: Object.fromEntries(perSystem),
    cantTell,
  };
}
