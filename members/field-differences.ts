import type { SystemId } from "../core/model.ts";
import { type Case, caseOf, type Move, moveOf } from "../core/three-way.ts";
import type { AgreedRows } from "./agreed-file.ts";
import type { Panel, Seat } from "./compare-panel.ts";
import { CHANGED } from "./consent-byte.ts";
import { fieldState, printAt } from "./field-tally.ts";
import { PRINT_ABSENT, PRINT_NULL } from "./fingerprint.ts";
import type { Partition } from "./member-set.ts";

/** Per field: the systems whose value counts, the first first; `any`: every copy may have the one that counts. */
export type FieldOrders = Readonly<Record<string, readonly SystemId[] | "any">>;

export type FieldDifference = {
  readonly attribute: string;
  /** Empty here, with a value where it counts. */
  readonly nullHere: boolean;
  readonly settled: boolean;
  readonly case: Case | null;
  readonly moves: Readonly<Record<string, Move>>;
};

type Seen = { readonly print: number; readonly still: boolean };
const NOT_THERE: Seen = { print: PRINT_ABSENT, still: false };

/** Fields of one person in one copy that are not as where their value counts. */
export class FieldDifferences {
  readonly #panel: Panel;
  readonly #last: AgreedRows;
  /** Per field, seats in the order in which they count. */
  readonly #orders: readonly (readonly number[] | "any")[];
  #parts: readonly Partition[] = [];

  constructor(panel: Panel, last: AgreedRows, orders: FieldOrders) {
    this.#panel = panel;
    this.#last = last;
    this.#orders = panel.attributes.map((name) => {
      const order = Object.hasOwn(orders, name) ? orders[name] : undefined;
      if (order === "any") return order;
      const seats = (order ?? []).map((system) => panel.seats.findIndex((s) => s.system === system));
      return [...seats.filter((s) => s >= 0), panel.owner];
    });
  }

  open(parts: readonly Partition[]): void {
    this.#parts = parts;
  }

  /** @param row of what was last agreed; −1: none */
  of(at: Int32Array, now: Uint8Array, row: number, s: number): readonly FieldDifference[] {
    const { seats, owner } = this.#panel;
    // whoever the owner does not have needs no other values here
    if (now[(seats[s] as Seat).set] === 0 || now[(seats[owner] as Seat).set] === 0) return [];
    const found: FieldDifference[] = [];
    for (let a = 0; a < this.#orders.length; a++) {
      const here = this.#at(at, now, s, a);
      const other = this.#against(at, now, s, a, here);
      if (other === null) continue;
      const state = fieldState(here.print, other.print);
      if (state !== "differ" && state !== "nullHere") continue;
      found.push({
        attribute: this.#panel.attributes[a] as string,
        nullHere: state === "nullHere",
        settled: here.still && other.still,
        ...this.#history(at, now, row, s, a),
      });
    }
    return found;
  }

  /** The value to compare with; null: nobody else has the field for this person, or this one counts. */
  #against(at: Int32Array, now: Uint8Array, s: number, a: number, here: Seen): Seen | null {
    const order = this.#orders[a] as readonly number[] | "any";
    if (order !== "any") {
      for (const o of order) {
        const there = this.#at(at, now, o, a);
        if (there.print !== PRINT_ABSENT) return o === s ? null : there;
      }
      return null;
    }
    let other: Seen | null = null;
    let still = true;
    for (let o = 0; o < this.#panel.seats.length; o++) {
      const there = this.#at(at, now, o, a);
      if (there.print <= PRINT_NULL) continue;
      still &&= there.still;
      if (o !== s && there.print !== here.print && (other === null || there.print < other.print))
        other = there;
    }
    return other === null ? null : { print: other.print, still };
  }

  #at(at: Int32Array, now: Uint8Array, s: number, a: number): Seen {
    const seat = this.#panel.seats[s] as Seat;
    if (now[seat.set] === 0) return NOT_THERE;
    const part = this.#parts[seat.set] as Partition;
    const row = at[seat.set] as number;
    return {
      print: printAt(part, seat.columns[a] as number, row),
      // there in the reading before too, with the same values
      still:
        ((part.presence[2 * row] as number) & 2) !== 0 && ((part.consent[row] as number) & CHANGED) === 0,
    };
  }

  /** How the field moved in every copy since owner and copy last agreed, and the case of this one. */
  #history(
    at: Int32Array,
    now: Uint8Array,
    row: number,
    s: number,
    a: number,
  ): { readonly case: Case | null; readonly moves: Readonly<Record<string, Move>> } {
    const { seats, owner, attributes } = this.#panel;
    const field = attributes[a] as string;
    const owned = this.#at(at, now, owner, a).print;
    const moves: Record<string, Move> = {};
    let own: Case | null = null;
    let ownerMove: Move | null = null;
    for (let o = 0; o < seats.length; o++) {
      if (o === owner) continue;
      const { system } = seats[o] as Seat;
      const agreed = this.#last.print(this.#last.copy(system), field, row);
      const here = moveOf(agreed, this.#at(at, now, o, a).print, PRINT_NULL);
      const there = moveOf(agreed, owned, PRINT_NULL);
      if (here !== null) moves[system] = here;
      // the owner has moved when it has against any copy: what it agreed on with one may be older than with another
      if (there !== null && (ownerMove === null || ownerMove === "same")) ownerMove = there;
      if (o === s && here !== null && there !== null) own = caseOf(there, here);
    }
    if (ownerMove !== null) moves[(seats[owner] as Seat).system] = ownerMove;
    return { case: own, moves };
  }
}
