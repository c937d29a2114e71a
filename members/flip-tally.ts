import type { FlipCounts, FlipReplay } from "../core/comparison.ts";
import type { Panel, Seat } from "./compare-panel.ts";
import { type FlipRule, hasReturned, isFlipping, returnsOf } from "./flips.ts";
import type { Partition } from "./member-set.ts";

/** Readings that both copies must have in common for history to be played again. */
const ENOUGH = 0.75;

/** Counts what the flipping members of one segment did. Counts only; no key is kept. */
export class FlipTally {
  readonly #seat: Seat;
  readonly #owner: Seat;
  readonly #rule: FlipRule;
  readonly #ownerRule: FlipRule;
  readonly #isOwner: boolean;
  /** Per bit of this segment, the owner's bit of the same run; −1: it has none. null: not known. */
  readonly #ownerBits: readonly number[] | null;
  readonly #entries: number[];
  readonly #exits: number[];
  readonly #returners: number[] = [];
  #returns = 0;
  #steady = 0;
  #flippingAtOwner = 0;
  #known = 0;
  #inBase = 0;
  #left = 0;
  #differs = 0;

  constructor(panel: Panel, seat: Seat) {
    this.#seat = seat;
    this.#owner = panel.seats[panel.owner] as Seat;
    this.#rule = seat.flips;
    this.#ownerRule = this.#owner.flips;
    this.#isOwner = seat === this.#owner;
    this.#ownerBits = this.#isOwner ? null : ownerBits(seat, this.#owner);
    this.#entries = Array.from({ length: Math.max(0, seat.flips.bits - 1) }, () => 0);
    this.#exits = [...this.#entries];
  }

  /**
   * One person, or several who look alike, whom this segment has or had.
   *
   * @param barred the owner has this person, who belongs here nevertheless not (suppressed, held out, outside `where`)
   * @param flipping see `isFlipping`
   * @param weight so many people who look like this
   */
  count(
    parts: readonly Partition[],
    at: Int32Array,
    barred: boolean,
    flipping: boolean,
    weight: number,
  ): void {
    const row = at[this.#seat.set] as number;
    const { presence } = parts[this.#seat.set] as Partition;
    const lo = presence[2 * row] as number;
    const hi = presence[2 * row + 1] as number;
    if (!hasReturned(lo, hi)) return;
    const returns = returnsOf(lo, hi, this.#rule.bits, this.#rule.within).length;
    // Whom the calendar brings back is no returner of the kind that is counted here.
    if (returns === 0 || (returns >= 3 && !flipping)) return;
    while (this.#returners.length < returns) this.#returners.push(0);
    this.#returners[returns - 1] = (this.#returners[returns - 1] ?? 0) + weight;
    if (!flipping) return;
    this.#returns += returns * weight;
    this.#steps(lo, weight);
    if (!this.#isOwner) this.#atOwner(parts, at, lo, barred, weight);
    else this.#differs += (lo & 1) === ((lo >>> (this.#rule.bits - 1)) & 1) ? 0 : weight;
    const based = this.#seat.base < 0 ? -1 : (at[this.#seat.base] as number);
    if (based >= 0) {
      const base = (parts[this.#seat.base] as Partition).presence;
      if (isFlipping(base[2 * based] as number, base[2 * based + 1] as number, this.#rule))
        this.#inBase += weight;
    }
  }

  #steps(lo: number, weight: number): void {
    const last = this.#rule.bits - 1;
    for (let i = 0; i < last; i++) {
      const now = (lo >>> i) & 1;
      if (now === ((lo >>> (i + 1)) & 1)) continue;
      const moved = now === 1 ? this.#entries : this.#exits;
      moved[last - 1 - i] = (moved[last - 1 - i] as number) + weight;
    }
  }

  #atOwner(parts: readonly Partition[], at: Int32Array, lo: number, barred: boolean, weight: number): void {
    const row = at[this.#owner.set] as number;
    const { presence } = parts[this.#owner.set] as Partition;
    const owned = row < 0 ? 0 : (presence[2 * row] as number);
    const { bits } = this.#ownerRule;
    const window = (1 << bits) - 1;
    if ((owned & window) === window) this.#steady += weight;
    if ((owned & window) !== 0) this.#known += weight;
    if (row >= 0 && isFlipping(owned, presence[2 * row + 1] as number, this.#ownerRule))
      this.#flippingAtOwner += weight;
    if (this.#ownerBits === null) return;
    let word = 0;
    let is = 0;
    for (let i = this.#rule.bits - 1; i >= 0; i--) {
      const j = this.#ownerBits[i] as number;
      // A reading that the owner has not: as in the one before.
      if (j >= 0) is = barred ? 0 : (owned >>> j) & 1;
      word = (word << 1) | is;
    }
    this.#left += weight * returnsOf(word >>> 0, 0, this.#rule.bits, this.#rule.within).length;
    if ((word & 1) !== (lo & 1)) this.#differs += weight;
  }

  result(): FlipCounts {
    const { bits, hours, within } = this.#rule;
    return {
      reads: bits,
      hours,
      within,
      returners: this.#returners,
      returns: this.#returns,
      entries: this.#entries,
      exits: this.#exits,
      atOwner: this.#isOwner
        ? null
        : { steady: this.#steady, flipping: this.#flippingAtOwner, known: this.#known },
      inBase: this.#seat.base < 0 ? null : this.#inBase,
      replay: this.#replay(),
    };
  }

  #replay(): FlipReplay | null {
    if (this.#returns === 0) return null;
    if (this.#isOwner) return { rule: "first_writer", returns: 0, differs: this.#differs };
    if (this.#ownerBits === null) return null;
    return { rule: "owner_wins", returns: this.#left, differs: this.#differs };
  }
}

function ownerBits(seat: Seat, owner: Seat): readonly number[] | null {
  if (seat.runs === null || owner.runs === null) return null;
  const there = new Map(owner.runs.slice(0, Math.min(32, owner.reads)).map((run, j) => [run, j]));
  const bits = Array.from({ length: seat.flips.bits }, (_, i) => there.get(seat.runs?.[i] ?? "") ?? -1);
  // This reading must be among them: the final state is judged by it.
  return bits[0] === 0 && bits.filter((j) => j >= 0).length >= ENOUGH * bits.length ? bits : null;
}
