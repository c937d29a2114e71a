import type { Panel, Seat } from "./compare-panel.ts";
import { fieldState, printAt } from "./field-tally.ts";
import { Judge } from "./judge.ts";
import type { Kinds } from "./kernel/kind-memory.ts";
import { rowOfKind } from "./looks.ts";
import type { Partition } from "./member-set.ts";

/**
 * Tells, of people who look alike, whether any of them may be named as a difference. Whoever has one of the flags; and whoever has
 * a value that differs from the owner's somewhere: of two values that differ from each other, one does.
 */
export class WantedKinds {
  readonly #panel: Panel;
  readonly #judge: Judge;
  readonly #seats: readonly number[];
  readonly #flags: number;
  readonly #fields: boolean;
  readonly #at: Int32Array;

  /** @param seats whose flags are asked for; @param flags any of them; @param fields values too */
  constructor(panel: Panel, seats: readonly number[], flags: number, fields: boolean) {
    this.#panel = panel;
    this.#judge = new Judge(panel);
    this.#seats = seats;
    this.#flags = flags;
    this.#fields = fields;
    this.#at = new Int32Array(panel.inputs.length);
  }

  has(kinds: Kinds, kind: number): boolean {
    this.#judge.open(kinds.parts);
    this.#judge.look(rowOfKind(kinds, kind, this.#at));
    return (
      this.#seats.some((s) => (this.#judge.flags(s) & this.#flags) !== 0) ||
      (this.#fields && this.#differs(kinds.parts, kind))
    );
  }

  #differs(parts: readonly Partition[], kind: number): boolean {
    const { seats, owner, attributes } = this.#panel;
    const { now } = this.#judge;
    const source = (seats[owner] as Seat).set;
    if (now[source] === 0) return false;
    return seats.some(
      ({ set, columns }) =>
        now[set] === 1 &&
        attributes.some((_, a) => {
          const here = printAt(parts[set] as Partition, columns[a] as number, kind);
          const state = fieldState(here, printAt(parts[source] as Partition, a, kind));
          return state === "differ" || state === "nullHere" || state === "nullAtOwner";
        }),
    );
  }
}
