import type {
  ConsentState,
  FieldAgreement,
  KeptOut,
  PersonKey,
  SystemDifference,
  SystemId,
} from "../core/model.ts";
import { type CompareInput, type Panel, panelOf, type Seat } from "./compare-panel.ts";
import { CHANGED, consentOf, MAILABLE_KNOWN, mailableOf, STATE_BITS } from "./consent-byte.ts";
import { FieldTally, fieldState, printAt } from "./field-tally.ts";
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
  SETTLED_OPT_OUT,
} from "./judge.ts";
import { KeptOutTally } from "./kept-out-tally.ts";
import type { Partition } from "./member-set.ts";
import { mergePartitions } from "./merge.ts";
import { hexOfWords } from "./person-key.ts";

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
  const kept = panel.seats.map((seat) => new KeptOutTally(panel, seat));
  const masks = new Map<number, number>();

  for (let p = 0; p < (panel.inputs[0]?.partitions ?? 0); p++) {
    const parts = await panel.load(p);
    if (parts.every((part) => part.n === 0)) continue;
    judge.open(parts);
    mergePartitions(parts, (_key, at) => {
      judge.look(at);
      let mask = 0;
      for (let s = 0; s < tallies.length; s++) {
        const f = judge.flags(s);
        if (f & PRESENT) mask |= 1 << s;
        const tally = tallies[s] as Tally;
        count(tally, f, judge.consentAt(s));
        if (f & MISSING) tally.oldestPending = Math.max(tally.oldestPending, judge.pendingReads(s));
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
        difference(panel, s, tallies, (fields[s] as FieldTally).result()),
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
    attributes,
    flipping: t.flipping,
    oldestPendingReads: blind || s === panel.owner ? null : t.oldestPending,
  };
}

export type DifferenceKind =
  | "missing"
  | "extra"
  | "differs"
  | "mailable_opted_out"
  | "consent_conflict"
  /** Only of a suppression audience. */
  | "opted_out_elsewhere"
  | "over_suppressed"
  | "flipping";

/** One person in one system who is not as the owner says. */
export type Difference = {
  readonly kind: DifferenceKind;
  readonly system: SystemId;
  readonly person: PersonKey;
  /** Only for `differs`. */
  readonly attribute: string | null;
  /** `differs`: the field is empty here and has a value at the owner. */
  readonly nullHere: boolean;
  /** It was there in the previous reading too. `consent_conflict` never is: consent has no history in a set. */
  readonly settled: boolean;
  /** null: the person has no record there. */
  readonly consentHere: ConsentState | null;
  readonly consentOwner: ConsentState | null;
  readonly mailableHere: boolean | null;
  /** null: the base is not readable. */
  readonly inBaseHere: boolean | null;
  /** System with the evidence of the opt-out; null: none of this audience's systems has any. */
  readonly consentFrom: SystemId | null;
  /** Only for `mailable_opted_out` of a suppression audience: readings in a row, 1 to 32, that the owner has listed them. */
  readonly listedReads?: number;
};

const FLAG_KINDS: readonly (readonly [DifferenceKind, number, number])[] = [
  ["missing", MISSING, SETTLED],
  ["extra", EXTRA, SETTLED],
  ["mailable_opted_out", MAILABLE_OPTED_OUT, SETTLED_OPT_OUT],
  ["consent_conflict", CONSENT_CONFLICT, 0],
  ["opted_out_elsewhere", OPTED_OUT_ELSEWHERE, 0],
  ["over_suppressed", OVER_SUPPRESSED, 0],
  ["flipping", FLIPPING, FLIPPING],
];

/**
 * Names the people behind the counts of `compareSets`, in key order within each partition. `differs` covers values
 * that differ and fields that are empty here only.
 *
 * @param systems null or absent: all
 * @throws as `compareSets`
 */
export async function* differences(
  i: CompareInput,
  kinds: ReadonlySet<DifferenceKind>,
  systems?: ReadonlySet<SystemId>,
): AsyncGenerator<Difference> {
  const panel = panelOf(i);
  const judge = new Judge(panel);
  const wanted = FLAG_KINDS.filter(([kind]) => kinds.has(kind));
  const seats = panel.seats.flatMap((seat, s) =>
    systems === undefined || systems.has(seat.system) ? [s] : [],
  );
  for (let p = 0; p < (panel.inputs[0]?.partitions ?? 0); p++) {
    const parts = await panel.load(p);
    const found: Difference[] = [];
    judge.open(parts);
    mergePartitions(parts, (key, at) => {
      judge.look(at);
      for (const s of seats) {
        const flags = judge.flags(s);
        for (const [kind, flag, settled] of wanted) {
          if (flags & flag) found.push(describe(panel, judge, s, key, kind, (flags & settled) !== 0));
        }
        if (kinds.has("differs") && s !== panel.owner) {
          for (const field of differingFields(panel, parts, at, judge.now, s)) {
            found.push({
              ...describe(panel, judge, s, key, "differs", field.settled),
              attribute: field.name,
              nullHere: field.nullHere,
            });
          }
        }
      }
    });
    yield* found;
  }
}

function describe(
  panel: Panel,
  judge: Judge,
  s: number,
  key: Uint32Array,
  kind: DifferenceKind,
  settled: boolean,
): Difference {
  const seat = panel.seats[s] as Seat;
  const recorded = judge.hasRecord(s);
  const here = judge.consentAt(s);
  const evidence = panel.seats[evidenceSeat(panel, judge, s, kind)];
  return {
    kind,
    system: seat.system,
    person: hexOfWords(key, 0),
    attribute: null,
    nullHere: false,
    settled,
    consentHere: recorded ? consentOf(here) : null,
    consentOwner: judge.hasRecord(panel.owner) ? consentOf(judge.consentAt(panel.owner)) : null,
    mailableHere: recorded ? mailableOf(here) : null,
    inBaseHere: seat.base < 0 ? null : judge.now[seat.base] === 1,
    consentFrom: evidence?.system ?? null,
    ...(kind === "mailable_opted_out" && panel.suppression ? { listedReads: judge.listedReads() } : {}),
  };
}

/** Seat that says that the person opted out; −1: none does, or the difference is not about that. */
function evidenceSeat(panel: Panel, judge: Judge, s: number, kind: DifferenceKind): number {
  switch (kind) {
    case "opted_out_elsewhere": {
      const other = judge.optOutSeat(s);
      return other < 0 ? s : other;
    }
    case "mailable_opted_out":
    case "consent_conflict":
    case "extra":
      return panel.suppression ? panel.owner : judge.optOutSeat(kind === "consent_conflict" ? s : -1);
    default:
      return -1;
  }
}

function differingFields(
  panel: Panel,
  parts: readonly Partition[],
  at: Int32Array,
  now: Uint8Array,
  s: number,
): { name: string; nullHere: boolean; settled: boolean }[] {
  const seat = panel.seats[s] as Seat;
  const source = (panel.seats[panel.owner] as Seat).set;
  if (now[seat.set] === 0 || now[source] === 0) return [];
  const here = parts[seat.set] as Partition;
  const owner = parts[source] as Partition;
  const hereRow = at[seat.set] as number;
  const ownerRow = at[source] as number;
  return panel.attributes.flatMap((name, a) => {
    const state = fieldState(printAt(here, seat.columns[a] as number, hereRow), printAt(owner, a, ownerRow));
    if (state !== "differ" && state !== "nullHere") return [];
    const still = (part: Partition, row: number): boolean =>
      ((part.presence[2 * row] as number) & 2) !== 0 && ((part.consent[row] as number) & CHANGED) === 0;
    return [
      { name, nullHere: state === "nullHere", settled: still(here, hereRow) && still(owner, ownerRow) },
    ];
  });
}
