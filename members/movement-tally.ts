import type { Flow } from "../core/attribution.ts";
import type { Movement } from "./attribution.ts";
import { PRINT_ABSENT } from "./fingerprint.ts";
import type { Keys } from "./keys.ts";
import type { MemberSet, Partition } from "./member-set.ts";
import { inBoth, RecordPrints } from "./record-matches.ts";
import { RECORD_COLUMN } from "./set-builder.ts";
import { CAME, type ComparedColumn, LEFT, OTHER, STAYED, ValueChanges } from "./value-changes.ts";

type Base = { readonly now: MemberSet; readonly previous: MemberSet } | null;

/** One direction: who came, or who left. */
class Side {
  total = 0;
  /** Their key is new in the system, or gone from it; and of them, as the owner says. */
  alone = 0;
  aloneAgreed = 0;
  readonly records = new RecordPrints();
  /** Who is in the system in both readings: what changed (twice the mask, plus one for "as the owner says") → people. */
  readonly #masks = new Map<number, number>();

  still(mask: number, agrees: boolean, people: number): void {
    const key = 2 * mask + (agrees ? 1 : 0);
    this.#masks.set(key, (this.#masks.get(key) ?? 0) + people);
  }

  /** @param telling columns whose change counts */
  sums(telling: number): { changed: number; values: number; agreed: number } {
    const sums = { changed: 0, values: 0, agreed: 0 };
    for (const [key, people] of this.#masks) {
      const agrees = key % 2 === 1;
      const tells = ((key - (agrees ? 1 : 0)) / 2) & telling;
      if (tells !== 0) sums.values += people;
      if (agrees) sums.agreed += people;
      if (agrees || tells !== 0) sums.changed += people;
    }
    return sums;
  }
}

/** Adds up what became of people between two readings: one person at a time, or people who look alike together. */
export class MovementTally {
  readonly #values: ValueChanges | null;
  readonly #compared: boolean;
  /** Column of the record's id, or −1, in the base now and before. */
  readonly #record: number;
  readonly #recordBefore: number;
  readonly #matches: boolean;
  readonly #lost = new RecordPrints();
  readonly #found = new RecordPrints();
  readonly #came = new Side();
  readonly #left = new Side();
  #base: Partition | null = null;
  #baseBefore: Partition | null = null;
  #now = 0;
  #before = 0;
  #fresh = 0;
  #gone = 0;

  constructor(
    base: Base,
    values: Readonly<Record<string, readonly string[]>>,
    keys: Keys,
    compared: boolean,
  ) {
    this.#values = base === null ? null : new ValueChanges(base.now, base.previous, values, keys);
    this.#record = base?.now.attributes.indexOf(RECORD_COLUMN) ?? -1;
    this.#recordBefore = base?.previous.attributes.indexOf(RECORD_COLUMN) ?? -1;
    this.#matches = this.#record >= 0 && this.#recordBefore >= 0;
    this.#compared = compared;
  }

  /** Columns of the whole system whose values count, and those of the record's id if they are looked at. */
  get compared(): readonly ComparedColumn[] {
    const record = { now: this.#record, before: this.#recordBefore, valued: false };
    return [...(this.#values?.compared ?? []), ...(this.#matches ? [record] : [])];
  }

  open(base: Partition, before: Partition): void {
    this.#base = base;
    this.#baseBefore = before;
  }

  /** Is the id of such people's records looked at, which tells them apart? */
  perPerson(row: number, rowBefore: number): boolean {
    if (!this.#matches || (row < 0 && rowBefore < 0)) return false;
    return (
      row < 0 ||
      rowBefore < 0 ||
      printOf(this.#base, this.#record, row) !== printOf(this.#baseBefore, this.#recordBefore, rowBefore)
    );
  }

  /**
   * @param is in the segment now; `was`: in the reading before
   * @param agrees it is as the owner says now
   * @param row where the whole system has the person now, and before; −1: not there
   * @param people so many of whom this is true; of `perPerson`, one
   */
  person(is: boolean, was: boolean, agrees: boolean, row: number, rowBefore: number, people: number): void {
    if (is) this.#now += people;
    if (was) this.#before += people;
    const known = row >= 0 || rowBefore >= 0;
    const id = row < 0 ? PRINT_ABSENT : printOf(this.#base, this.#record, row);
    const idBefore = rowBefore < 0 ? PRINT_ABSENT : printOf(this.#baseBefore, this.#recordBefore, rowBefore);
    if (known && rowBefore < 0) this.#fresh += people;
    if (known && row < 0) this.#gone += people;
    // Also the record that took another's place under one key: two records became one person, or one two.
    if (known && this.#matches && id !== idBefore) {
      this.#found.add(id);
      this.#lost.add(idBefore);
    }
    const both = row >= 0 && rowBefore >= 0;
    let mask = 0;
    if (both && this.#values !== null) {
      const group = is ? (was ? STAYED : CAME) : was ? LEFT : OTHER;
      mask = this.#values.count(
        group,
        this.#base as Partition,
        row,
        this.#baseBefore as Partition,
        rowBefore,
        people,
      );
    }
    if (is === was) return;
    const side = is ? this.#came : this.#left;
    side.total += people;
    const alone = known && (is ? rowBefore < 0 : row < 0);
    if (!alone) {
      side.still(mask, agrees, people);
      return;
    }
    side.alone += people;
    if (agrees) side.aloneAgreed += people;
    side.records.add(is ? id : idBefore);
  }

  result(): Movement {
    const moved = inBoth(this.#lost.single(), this.#found.single());
    const sides = { came: this.#came, left: this.#left };
    const sums = {
      came: this.#came.sums(this.#values?.tellingMask(CAME) ?? 0),
      left: this.#left.sums(this.#values?.tellingMask(LEFT) ?? 0),
    };
    const each = (of: (way: "came" | "left") => number): Flow => ({ came: of("came"), left: of("left") });
    const rekeyed = each((way) => sides[way].records.countIn(moved));
    return {
      before: this.#before,
      now: this.#now,
      lookedUp: this.#values !== null,
      rekeyed,
      records: each((way) => sides[way].alone - rekeyed[way]),
      changed: each((way) => sums[way].changed),
      alike: each((way) => sides[way].total - sides[way].alone - sums[way].changed),
      values: each((way) => sums[way].values),
      owner: this.#compared ? each((way) => sums[way].agreed + sides[way].aloneAgreed) : null,
      left: this.#values?.telling(LEFT) ?? null,
      came: this.#values?.telling(CAME) ?? null,
      keys: { came: this.#fresh, left: this.#gone },
    };
  }
}

const printOf = (part: Partition | null, column: number, row: number): number =>
  (part?.prints[column] as Uint32Array | undefined)?.[row] ?? PRINT_ABSENT;
