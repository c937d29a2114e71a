import type { FieldAgreement } from "../core/comparison.ts";
import type { Panel, Seat } from "./compare-panel.ts";
import { PRINT_ABSENT, PRINT_NULL } from "./fingerprint.ts";
import type { Partition } from "./member-set.ts";

export const FIELD_STATES = [
  "equal",
  "differ",
  "nullHere",
  "nullAtOwner",
  "nullBoth",
  "missingHere",
] as const satisfies readonly (keyof FieldAgreement)[];
export type FieldState = (typeof FIELD_STATES)[number];

/** How one attribute of one person compares. A field that the owner does not have counts as empty there. */
export function fieldState(here: number, owner: number): FieldState {
  if (here === PRINT_ABSENT) return "missingHere";
  if (owner <= PRINT_NULL) return here === PRINT_NULL ? "nullBoth" : "nullAtOwner";
  if (here === PRINT_NULL) return "nullHere";
  return here === owner ? "equal" : "differ";
}

/** Print of the owner's attribute `a` in a system that keeps it in `column`, −1: it does not. */
export const printAt = (part: Partition, column: number, row: number): number =>
  column < 0 ? PRINT_ABSENT : ((part.prints[column] as Uint32Array)[row] as number);

/** Per attribute of the owner, how the people in both systems agree; every attribute sums to the overlap. */
export class FieldTally {
  readonly #panel: Panel;
  readonly #seat: Seat;
  readonly #source: number;
  readonly #counts: Uint32Array;

  constructor(panel: Panel, seat: Seat) {
    this.#panel = panel;
    this.#seat = seat;
    this.#source = (panel.seats[panel.owner] as Seat).set;
    this.#counts = new Uint32Array(panel.attributes.length * FIELD_STATES.length);
  }

  /** @param weight so many people who look like this */
  count(parts: readonly Partition[], at: Int32Array, now: Uint8Array, weight: number): void {
    if (now[this.#source] === 0) return;
    const ownerRow = at[this.#source] as number;
    const hereRow = at[this.#seat.set] as number;
    const owner = parts[this.#source] as Partition;
    const here = parts[this.#seat.set] as Partition;
    for (let a = 0; a < this.#panel.attributes.length; a++) {
      const state = fieldState(
        printAt(here, this.#seat.columns[a] as number, hereRow),
        printAt(owner, a, ownerRow),
      );
      const slot = a * FIELD_STATES.length + FIELD_STATES.indexOf(state);
      this.#counts[slot] = (this.#counts[slot] as number) + weight;
    }
  }

  /** Empty for the owner itself, which is not compared with itself. */
  result(): Record<string, FieldAgreement> {
    if (this.#seat.set === this.#source) return {};
    return Object.fromEntries(
      this.#panel.attributes.map((name, a) => {
        const count = (s: FieldState): number =>
          this.#counts[a * FIELD_STATES.length + FIELD_STATES.indexOf(s)] as number;
        return [
          name,
          {
            equal: count("equal"),
            differ: count("differ"),
            nullHere: count("nullHere"),
            nullAtOwner: count("nullAtOwner"),
            nullBoth: count("nullBoth"),
            missingHere: count("missingHere"),
          },
        ];
      }),
    );
  }
}
