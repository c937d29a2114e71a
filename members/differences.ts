import type { ConsentState, Instant, PersonKey, SystemId } from "../core/model.ts";
import { type Case, type LastAgreed, type Move, memberCase } from "../core/three-way.ts";
import { fits } from "./agree.ts";
import { AgreedRows, type AgreedState } from "./agreed-file.ts";
import { type CompareInput, type Panel, panelOf, type Seat } from "./compare-panel.ts";
import { consentOf, mailableOf } from "./consent-byte.ts";
import { FieldDifferences, type FieldOrders } from "./field-differences.ts";
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
import { eachPartition, isFor, type StoredKernel, storedKernel } from "./kernel/each-kind.ts";
import { looksOf } from "./looks.ts";
import type { MemberSet, Partition } from "./member-set.ts";
import { mergePartitions } from "./merge.ts";
import { hexOfWords } from "./person-key.ts";
import { rowOf } from "./present-in.ts";
import { WantedKinds } from "./wanted-kinds.ts";

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
  /** Is the person on the owner's list now, whether they belong here or not? */
  readonly atOwner: boolean;
  /** What owner and this copy last agreed on of the person. */
  readonly agreed: LastAgreed;
  /** When that was; null: not known. */
  readonly agreedAt: Instant | null;
  /** What happened since, of the membership or of the field; null: cannot be told. */
  readonly case: Case | null;
  /** Only for `differs`: per system, how the field moved since it was last agreed; absent where that cannot be told. */
  readonly moves?: Readonly<Record<string, Move>>;
};

export type DifferenceOptions = {
  /** null or absent: all. */
  readonly systems?: ReadonlySet<SystemId> | null;
  /** What was last agreed on; null: nothing is kept. */
  readonly agreed?: AgreedState | null;
  /** Whose value of a field counts: the first of these that has the field for the person. Absent: the owner's. */
  readonly orders?: FieldOrders;
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
 * that differ and fields that are empty here only; with `orders`, against the system whose value counts.
 *
 * @param kernel picks people of kinds that may differ, so that only they are looked at; null: everybody is, with the same
 *   result
 * @throws as `compareSets`
 */
export async function* differences(
  i: CompareInput,
  kinds: ReadonlySet<DifferenceKind>,
  o: DifferenceOptions = {},
  kernel: StoredKernel | null = storedKernel(),
): AsyncGenerator<Difference> {
  const panel = panelOf(i);
  const judge = new Judge(panel);
  const wanted = FLAG_KINDS.filter(([kind]) => kinds.has(kind));
  const seats = panel.seats.flatMap((seat, s) =>
    o.systems == null || o.systems.has(seat.system) ? [s] : [],
  );
  const owner = panel.seats[panel.owner] as Seat;
  const ownerSet = panel.inputs[owner.set] as MemberSet;
  const agreed = o.agreed != null && fits(o.agreed, i.owner, ownerSet) ? o.agreed : null;
  const last = new AgreedRows(agreed);
  const fields = kinds.has("differs") ? new FieldDifferences(panel, last, o.orders ?? {}) : null;
  let found: Difference[] = [];
  const open = (parts: readonly Partition[]): void => {
    judge.open(parts);
    fields?.open(parts);
  };
  /** @param row of what was last agreed */
  const person = (key: Uint32Array, at: Int32Array, row: number): void => {
    judge.look(at);
    const seen = { panel, judge, last, row };
    for (const s of seats) {
      const flags = judge.flags(s);
      for (const [kind, flag, settled] of wanted) {
        if (flags & flag) found.push(describe(seen, s, key, kind, (flags & settled) !== 0));
      }
      for (const { settled, ...field } of fields?.of(at, judge.now, row, s) ?? [])
        found.push({ ...describe(seen, s, key, "differs", settled), ...field });
    }
  };

  if (isFor(kernel, panel.inputs)) {
    const mask = wanted.reduce((flags, [, flag]) => flags | flag, 0);
    const names = new WantedKinds(panel, seats, mask, fields !== null);
    for await (const { p, pick } of eachPartition(kernel, panel.inputs, looksOf(panel))) {
      const lastPart = (await agreed?.load(p)) ?? null;
      last.open(lastPart);
      pick(
        (all, kind) => names.has(all, kind),
        (parts, at) => {
          open(parts);
          const key = keyOf(parts, at);
          person(key, at, lastPart === null ? -1 : rowOf(lastPart, key));
        },
      );
      yield* found;
      found = [];
    }
    return;
  }
  for (let p = 0; p < (panel.inputs[0]?.partitions ?? 0); p++) {
    const parts = await panel.load(p);
    const lastPart = (await agreed?.load(p)) ?? null;
    open(parts);
    last.open(lastPart);
    mergePartitions(agreed === null ? parts : [...parts, lastPart], (key, at) =>
      person(key, at, agreed === null ? -1 : (at[parts.length] as number)),
    );
    yield* found;
    found = [];
  }
}

function keyOf(parts: readonly Partition[], at: Int32Array): Uint32Array {
  const i = at.findIndex((row) => row >= 0);
  const row = at[i] as number;
  return (parts[i] as Partition).keys.subarray(4 * row, 4 * row + 4);
}

type Seen = {
  readonly panel: Panel;
  readonly judge: Judge;
  readonly last: AgreedRows;
  /** The person's row in what was last agreed; −1: none. */
  readonly row: number;
};

function describe(
  { panel, judge, last, row }: Seen,
  s: number,
  key: Uint32Array,
  kind: DifferenceKind,
  settled: boolean,
): Difference {
  const seat = panel.seats[s] as Seat;
  const recorded = judge.hasRecord(s);
  const here = judge.consentAt(s);
  const evidence = panel.seats[evidenceSeat(panel, judge, s, kind)];
  const copy = s === panel.owner ? -1 : last.copy(seat.system);
  const agreed = last.agreement(copy, row);
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
    atOwner: judge.now[(panel.seats[panel.owner] as Seat).set] === 1,
    agreed,
    agreedAt: last.at(copy, row),
    case:
      kind === "missing" || kind === "extra"
        ? memberCase(agreed, kind === "missing", kind === "extra")
        : null,
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
