import type { KeptOut, SystemDifference } from "../core/comparison.ts";
import type { SystemId } from "../core/model.ts";
import type { Panel, Seat } from "./compare-panel.ts";
import { FieldTally } from "./field-tally.ts";
import { FlipTally } from "./flip-tally.ts";
import { EXPECTED, FLIPPING, Judge, MISSING, PRESENT } from "./judge.ts";
import { KeptOutTally } from "./kept-out-tally.ts";
import type { Partition } from "./member-set.ts";
import { count, difference, emptyTally, type Tally } from "./system-tally.ts";
import { WaitTally } from "./wait-tally.ts";

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

/**
 * All counts of one comparison. What is looked at of a person is what `looksOf` lists: who adds something here that looks
 * further has to add it there.
 */
export class CompareTallies {
  readonly #panel: Panel;
  readonly #judge: Judge;
  readonly #tallies: readonly Tally[];
  readonly #fields: readonly FieldTally[];
  readonly #waits: readonly WaitTally[];
  readonly #flips: readonly FlipTally[];
  readonly #kept: readonly KeptOutTally[];
  readonly #masks = new Map<number, number>();
  readonly #source: number;
  #parts: readonly Partition[] = [];

  constructor(panel: Panel) {
    this.#panel = panel;
    this.#judge = new Judge(panel);
    this.#tallies = panel.seats.map(emptyTally);
    this.#fields = panel.seats.map((seat) => new FieldTally(panel, seat));
    this.#waits = panel.seats.map((_, s) => new WaitTally(s));
    this.#flips = panel.seats.map((seat) => new FlipTally(panel, seat));
    this.#kept = panel.seats.map((seat) => new KeptOutTally(panel, seat));
    this.#source = (panel.seats[panel.owner] as Seat).set;
  }

  /** The rows that `people` will tell of, per input of the panel. */
  open(parts: readonly Partition[]): void {
    this.#parts = parts;
    this.#judge.open(parts);
  }

  /**
   * @param at the person's row in each input, −1 where it has none
   * @param weight so many people who look like this
   */
  people(at: Int32Array, weight: number): void {
    const panel = this.#panel;
    const judge = this.#judge;
    const parts = this.#parts;
    judge.look(at);
    let mask = 0;
    const owned = judge.now[this.#source] === 1;
    for (let s = 0; s < this.#tallies.length; s++) {
      const f = judge.flags(s);
      if (f & PRESENT) mask |= 1 << s;
      const tally = this.#tallies[s] as Tally;
      count(tally, f, judge.consentAt(s), weight);
      if (f & MISSING) tally.oldestPending = Math.max(tally.oldestPending, judge.pendingReads(s));
      if (s !== panel.owner && !panel.suppression) (this.#waits[s] as WaitTally).count(judge, f, weight);
      if ((at[(panel.seats[s] as Seat).set] as number) >= 0)
        (this.#flips[s] as FlipTally).count(
          parts,
          at,
          owned && !(f & EXPECTED),
          (f & FLIPPING) !== 0,
          weight,
        );
      if (f & PRESENT && judge.keptOut)
        (this.#kept[s] as KeptOutTally).count(judge, judge.consentAt(s), weight);
      if (f & PRESENT && s !== panel.owner)
        (this.#fields[s] as FieldTally).count(parts, at, judge.now, weight);
    }
    if (mask !== 0) this.#masks.set(mask, (this.#masks.get(mask) ?? 0) + weight);
  }

  result(): SetComparison {
    return {
      systems: this.#panel.seats.map((seat) => seat.system),
      masks: Object.fromEntries(this.#masks),
      perSystem: Object.fromEntries(
        this.#panel.seats.map((seat, s) => [
          seat.system,
          {
            ...difference(this.#panel, s, this.#tallies, (this.#fields[s] as FieldTally).result()),
            waits:
              s === this.#panel.owner || this.#panel.suppression
                ? null
                : (this.#waits[s] as WaitTally).result(),
            flips: (this.#flips[s] as FlipTally).result(),
          },
        ]),
      ),
      keptOut: Object.fromEntries(
        this.#panel.seats.map((seat, s) => {
          const t = this.#tallies[s] as Tally;
          return [seat.system, (this.#kept[s] as KeptOutTally).result(t.mailKnown || t.size === 0)];
        }),
      ),
      optedOutElsewhere: Object.fromEntries(
        this.#panel.seats.map((seat, s) => {
          const t = this.#tallies[s] as Tally;
          const told = this.#panel.suppression && (t.elsewhere > 0 || (t.mailKnown && seat.base >= 0));
          return [seat.system, told ? t.elsewhere : null];
        }),
      ),
      overSuppressed: Object.fromEntries(
        this.#panel.seats.map((seat, s) => {
          const told =
            this.#panel.suppression &&
            s !== this.#panel.owner &&
            (this.#panel.seats[this.#panel.owner] as Seat).base >= 0;
          return [seat.system, told ? (this.#tallies[s] as Tally).over : null];
        }),
      ),
    };
  }
}
