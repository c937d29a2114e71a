import {
  type AgreedHead,
  AgreedRows,
  type AgreedState,
  columnOf,
  columnsOf,
  secondsOf,
} from "./agreed-file.ts";
import type { Panel, Seat } from "./compare-panel.ts";
import { printAt } from "./field-tally.ts";
import { EXTRA, Judge, MISSING, PRESENT } from "./judge.ts";
import type { Partition } from "./member-set.ts";
import { mergePartitions } from "./merge.ts";

export type CarryTerms = {
  readonly panel: Panel;
  /** null: nothing is kept. */
  readonly last: AgreedState | null;
  /** Of the new state. */
  readonly head: AgreedHead;
};

/** One partition of the new state. */
export type Carried = {
  readonly part: Partition;
  /** People whom the owner and a copy both have. */
  readonly agreed: number;
};

/** One copy of the new state: its seat in this comparison, and its place in the last state; −1: none. */
export type Place = {
  readonly seat: number;
  readonly last: number;
  readonly seconds: number;
  /** Per field, its column in the last state; −1: it was not kept. */
  readonly columns: readonly number[];
};

export function placesOf({ panel, head }: CarryTerms, rows: AgreedRows): readonly Place[] {
  return head.copies.map(({ system, asOf }) => ({
    seat: panel.seats.findIndex((s) => s.system === system),
    last: rows.copy(system),
    seconds: secondsOf(asOf),
    columns: head.fields.map((field) => rows.column(rows.copy(system), field)),
  }));
}

/** Whom the judge looks at: do owner and copy both have them, or neither? null: they differ, or it cannot be told. */
export function agreementOf(panel: Panel, judge: Judge, seat: number): "in" | "out" | null {
  const flags = judge.flags(seat);
  if (flags & (EXTRA | MISSING)) return null;
  if (flags & PRESENT) return "in";
  // of a suppression list nobody knows who should be on it where the system cannot be read as a whole
  const blind = panel.suppression && (panel.seats[seat] as Seat).base < 0;
  return blind && judge.now[(panel.seats[panel.owner] as Seat).set] === 1 ? null : "out";
}

/** Carries on person by person: what the kernel does, to be read. */
export class PeopleCarry {
  readonly #panel: Panel;
  readonly #judge: Judge;
  readonly #head: AgreedHead;
  readonly #rows: AgreedRows;
  readonly #places: readonly Place[];
  readonly #source: number;
  /** One person's row of the new state, filled anew for each. */
  readonly #row: Uint32Array;
  #both = 0;
  #never = 0;
  #kept = false;

  constructor(terms: CarryTerms) {
    const { panel, last, head } = terms;
    this.#panel = panel;
    this.#judge = new Judge(panel);
    this.#head = head;
    this.#rows = new AgreedRows(last);
    this.#source = (panel.seats[panel.owner] as Seat).set;
    this.#row = new Uint32Array(columnsOf(head).length);
    this.#places = placesOf(terms, this.#rows);
  }

  partition(parts: readonly Partition[], last: Partition | null): Carried {
    const most = parts.reduce((n, part) => n + part.n, last?.n ?? 0);
    const keys = new Uint32Array(4 * most);
    const presence = new Uint32Array(2 * most);
    const prints = Array.from(this.#row, () => new Uint32Array(most));
    let n = 0;
    let agreed = 0;
    this.#judge.open(parts);
    this.#rows.open(last);
    mergePartitions([...parts, last], (key, at) => {
      this.#judge.look(at);
      this.#person(parts, at);
      if (!this.#kept) return;
      // written out: a call of `set` costs more than four words
      keys[4 * n] = key[0] as number;
      keys[4 * n + 1] = key[1] as number;
      keys[4 * n + 2] = key[2] as number;
      keys[4 * n + 3] = key[3] as number;
      presence[2 * n] = this.#both;
      presence[2 * n + 1] = this.#never;
      for (let c = 0; c < prints.length; c++) (prints[c] as Uint32Array)[n] = this.#row[c] as number;
      if (this.#both !== 0) agreed++;
      n++;
    });
    return { part: { n, keys, presence, prints, consent: new Uint8Array(n) }, agreed };
  }

  #person(parts: readonly Partition[], at: Int32Array): void {
    const row = at[parts.length] as number;
    this.#row.fill(0);
    this.#both = 0;
    this.#never = 0;
    this.#kept = false;
    for (let c = 0; c < this.#places.length; c++) {
      const place = this.#places[c] as Place;
      const now = place.seat < 0 ? null : agreementOf(this.#panel, this.#judge, place.seat);
      if (now === "out") continue;
      const before = now ?? this.#rows.agreement(place.last, row);
      if (before === "in") this.#both |= 1 << c;
      else if (before !== "out") this.#never |= 1 << c;
      const seconds = now === "in" ? place.seconds : this.#rows.seconds(place.last, row);
      // not looked at this time: whoever was nowhere at the last look needs no row to say so
      if (place.seat < 0 && before === "out" && seconds === place.seconds) continue;
      const first = columnOf(this.#head.fields.length, c);
      this.#row[first] = seconds;
      if (before !== "out") this.#fields(parts, at, place, row, first + 1, now === "in");
      this.#kept = true;
    }
  }

  #fields(
    parts: readonly Partition[],
    at: Int32Array,
    place: Place,
    row: number,
    first: number,
    both: boolean,
  ): void {
    const seat = both ? (this.#panel.seats[place.seat] as Seat) : null;
    for (let a = 0; a < place.columns.length; a++) {
      let print = 0;
      if (seat !== null) {
        const owner = printAt(parts[this.#source] as Partition, a, at[this.#source] as number);
        const column = seat.columns[a] as number;
        if (owner === printAt(parts[seat.set] as Partition, column, at[seat.set] as number)) print = owner;
      }
      // 0: they differ or one of them has no such field, and what was agreed before stays
      this.#row[first + a] = print !== 0 ? print : this.#rows.printIn(place.columns[a] as number, row);
    }
  }
}
