import type { FieldAgreement, KeptOut, SystemDifference } from "../core/comparison.ts";
import type { SystemId } from "../core/model.ts";
import { type CompareInput, type Panel, panelOf, type Seat } from "./compare-panel.ts";
import { MAILABLE_KNOWN, STATE_BITS } from "./consent-byte.ts";
import { FieldTally } from "./field-tally.ts";
import { FlipTally } from "./flip-tally.ts";
import {
  CONSENT_CONFLICT,
  EXPECTED,
  EXTRA,
  FLIPPING,
  Judge,
  MAILABLE_OPTED_OUT,
  MATCHED,
  MISSING,
  OPTED_OUT_ELSEWHERE,
  OVER_SUPPRESSED,
  PRESENT,
  SETTLED,
} from "./judge.ts";
import { KeptOutTally } from "./kept-out-tally.ts";
import { mergePartitions } from "./merge.ts";
import { WaitTally } from "./wait-tally.ts";

export type { CompareInput, ExcludedInput, SegmentInput } from "./compare-panel.ts";

export type SetComparison = {
  /** In the order of the mask's bits, lowest first. */
  readonly systems: SystemId[];
  /** Presence mask (decimal) → people; whoever is in no segment is not counted. */
  readonly masks: Record<string, number>;
  readonly perSystem: Record<string, SystemDifference>;
  /** Per system and excluded list: members of the copy who are on that list. */
  readonly keptOut: Record<string, Record<string, KeptOut>>;
  /** Per system, of a suppression audience; null: cannot tell. How they are known is for whoever can see the rows. */
  readonly optedOutElsewhere: Record<string, number | null>;
  readonly overSuppressed: Record<string, number | null>;
};

type Tally = {
  size: number;
  expected: number;
  missing: number;
  extra: number;
  settledMissing: number;
  settledExtra: number;
  mailableOptedOut: number;
  consentConflict: number;
  matched: number;
  matchedDue: number;
  flipping: number;
  oldestPending: number;
  elsewhere: number;
  over: number;
  /** Does any record here say whether it can be mailed; does any say its consent? */
  mailKnown: boolean;
  consentKnown: boolean;
};

const emptyTally = (): Tally => ({
  size: 0,
  expected: 0,
  missing: 0,
  extra: 0,
  settledMissing: 0,
  settledExtra: 0,
  mailableOptedOut: 0,
  consentConflict: 0,
  matched: 0,
  matchedDue: 0,
  flipping: 0,
  oldestPending: 0,
  elsewhere: 0,
  over: 0,
  mailKnown: false,
  consentKnown: false,
});

/**
 * Compares all copies of an audience, person by person, in one merge over all systems. Bounded memory: one partition
 * of each set at a time. All sets must be complete readings: the caller leaves partial ones out.
 *
 * Who should be at S: the owner's people whose values fit `where`, less the excluded; for a suppression audience the
 * owner's people with a record at S.
 *
 * @throws AuditorError config or stale when the sets do not belong together; bad_data when a file is damaged
 */
export async function compareSets(i: CompareInput): Promise<SetComparison> {
  const panel = panelOf(i);
  const judge = new Judge(panel);
  const tallies = panel.seats.map(emptyTally);
  const fields = panel.seats.map((seat) => new FieldTally(panel, seat));
  const waits = panel.seats.map((_, s) => new WaitTally(s));
  const flips = panel.seats.map((seat) => new FlipTally(panel, seat));
  const kept = panel.seats.map((seat) => new KeptOutTally(panel, seat));
  const masks = new Map<number, number>();
  const source = (panel.seats[panel.owner] as Seat).set;

  for (let p = 0; p < (panel.inputs[0]?.partitions ?? 0); p++) {
    const parts = await panel.load(p);
    if (parts.every((part) => part.n === 0)) continue;
    judge.open(parts);
    mergePartitions(parts, (_key, at) => {
      judge.look(at);
      let mask = 0;
      const owned = judge.now[source] === 1;
      for (let s = 0; s < tallies.length; s++) {
        const f = judge.flags(s);
        if (f & PRESENT) mask |= 1 << s;
        const tally = tallies[s] as Tally;
        count(tally, f, judge.consentAt(s));
        if (f & MISSING) tally.oldestPending = Math.max(tally.oldestPending, judge.pendingReads(s));
        if (s !== panel.owner && !panel.suppression) (waits[s] as WaitTally).count(judge, f);
        if ((at[(panel.seats[s] as Seat).set] as number) >= 0)
          (flips[s] as FlipTally).count(parts, at, owned && !(f & EXPECTED), (f & FLIPPING) !== 0);
        if (f & PRESENT && judge.keptOut) (kept[s] as KeptOutTally).count(judge, judge.consentAt(s));
        if (f & PRESENT && s !== panel.owner) (fields[s] as FieldTally).count(parts, at, judge.now);
      }
      if (mask !== 0) masks.set(mask, (masks.get(mask) ?? 0) + 1);
    });
  }
  return {
    systems: panel.seats.map((seat) => seat.system),
    masks: Object.fromEntries(masks),
    perSystem: Object.fromEntries(
      panel.seats.map((seat, s) => [
        seat.system,
        {
          ...difference(panel, s, tallies, (fields[s] as FieldTally).result()),
          waits: s === panel.owner || panel.suppression ? null : (waits[s] as WaitTally).result(),
          flips: (flips[s] as FlipTally).result(),
        },
      ]),
    ),
    keptOut: Object.fromEntries(
      panel.seats.map((seat, s) => {
        const t = tallies[s] as Tally;
        return [seat.system, (kept[s] as KeptOutTally).result(t.mailKnown || t.size === 0)];
      }),
    ),
    optedOutElsewhere: Object.fromEntries(
      panel.seats.map((seat, s) => {
        const t = tallies[s] as Tally;
        const told = panel.suppression && (t.elsewhere > 0 || (t.mailKnown && seat.base >= 0));
        return [seat.system, told ? t.elsewhere : null];
      }),
    ),
    overSuppressed: Object.fromEntries(
      panel.seats.map((seat, s) => {
        const told = panel.suppression && s !== panel.owner && (panel.seats[panel.owner] as Seat).base >= 0;
        return [seat.system, told ? (tallies[s] as Tally).over : null];
      }),
    ),
  };
}

function count(t: Tally, f: number, consent: number): void {
  if (f & PRESENT) t.size++;
  if (f & EXPECTED) t.expected++;
  if (f & MISSING) t.missing++;
  if (f & EXTRA) t.extra++;
  if (f & SETTLED && f & MISSING) t.settledMissing++;
  if (f & SETTLED && f & EXTRA) t.settledExtra++;
  if (f & MATCHED) t.matched++;
  if (f & MATCHED && f & EXPECTED && (f & (MISSING | SETTLED)) !== MISSING) t.matchedDue++;
  if (f & MAILABLE_OPTED_OUT) t.mailableOptedOut++;
  if (f & CONSENT_CONFLICT) t.consentConflict++;
  if (f & FLIPPING) t.flipping++;
  if (f & OPTED_OUT_ELSEWHERE) t.elsewhere++;
  if (f & OVER_SUPPRESSED) t.over++;
  if (consent & MAILABLE_KNOWN) t.mailKnown = true;
  if (consent & STATE_BITS) t.consentKnown = true;
}

function difference(
  panel: Panel,
  s: number,
  tallies: readonly Tally[],
  attributes: Record<string, FieldAgreement>,
): SystemDifference {
  const t = tallies[s] as Tally;
  const seat = panel.seats[s] as Seat;
  const blind = panel.suppression && seat.base < 0 && s !== panel.owner;
  const mailTold = t.mailKnown || t.size === 0;
  // Without the base, people outside the list are not seen: a leak that is seen counts, but none is no proof.
  const leakTold = panel.suppression && seat.base < 0 ? t.mailableOptedOut > 0 : mailTold;
  const othersTold = tallies.some((other, o) => o !== s && other.consentKnown);
  return {
    size: t.size,
    expected: blind ? null : t.expected,
    missing: blind ? null : t.missing,
    extra: t.extra,
    settledMissing: blind ? null : t.settledMissing,
    settledExtra: t.settledExtra,
    mailableOptedOut: leakTold ? t.mailableOptedOut : null,
    consentConflict: mailTold && othersTold ? t.consentConflict : null,
    matched: seat.base < 0 ? null : t.matched,
    matchedDue: seat.base < 0 ? null : t.matchedDue,
    attributes,
    flipping: t.flipping,
    oldestPendingReads: blind || s === panel.owner ? null : t.oldestPending,
  };
}
