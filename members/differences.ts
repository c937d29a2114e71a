import type { ConsentState, PersonKey, SystemId } from "../core/model.ts";
import { type CompareInput, type Panel, panelOf, type Seat } from "./compare-panel.ts";
import { CHANGED, consentOf, mailableOf } from "./consent-byte.ts";
import { fieldState, printAt } from "./field-tally.ts";
import {
  CONSENT_CONFLICT,
  EXTRA,
  FLIPPING,
  Judge,
  MAILABLE_OPTED_OUT,
  MISSING,
  OPTED_OUT_ELSEWHERE,
  OVER_SUPPRESSED,
  SETTLED,
  SETTLED_OPT_OUT,
} from "./judge.ts";
import type { Partition } from "./member-set.ts";
import { mergePartitions } from "./merge.ts";
import { hexOfWords } from "./person-key.ts";

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
