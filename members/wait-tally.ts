import type { Waits } from "../core/comparison.ts";
import { EXPECTED, EXTRA, type Judge, MISSING } from "./judge.ts";
import { onesBelow } from "./ones-below.ts";

/** Readings that one word of presence bits reaches back. */
const REACH = 32;
const KINDS = [
  "arrived",
  "left",
  "arriving",
  "leaving",
  "missing",
  "extra",
] as const satisfies readonly (keyof Waits)[];

/** Counts, for one system, how many readings the owner's changes took to show there, or have been waiting. */
export class WaitTally {
  readonly #counts: Readonly<Record<keyof Waits, Uint32Array>>;
  readonly #seat: number;
  /** Of the people who are counted now. */
  #weight = 1;

  constructor(seat: number) {
    this.#seat = seat;
    this.#counts = {
      arrived: new Uint32Array(REACH),
      left: new Uint32Array(REACH),
      arriving: new Uint32Array(REACH),
      leaving: new Uint32Array(REACH),
      missing: new Uint32Array(REACH),
      extra: new Uint32Array(REACH),
    };
  }

  /** @param flags of this person in this system, as `judge.flags` gives them; @param weight so many who look like this */
  count(judge: Judge, flags: number, weight: number): void {
    const here = judge.word(this.#seat);
    const moved = ((here ^ (here >>> 1)) & 1) !== 0 && judge.reads(this.#seat) >= 2;
    if (!moved && (flags & (MISSING | EXTRA)) === 0) return;
    this.#weight = weight;
    const owner = judge.ownerWord();
    if (owner & 1) this.#joined(judge, flags, owner, here, moved);
    else this.#gone(judge, flags, owner, here, moved);
  }

  /** The owner has this person: did they come here, or are they awaited? Or kept here although they are excluded? */
  #joined(judge: Judge, flags: number, owner: number, here: number, moved: boolean): void {
    const had = onesBelow(owner);
    const seen = had < Math.min(REACH, judge.ownerReads()) && judge.plain(this.#seat);
    if (flags & MISSING) {
      const lacked = onesBelow(~here);
      this.#add("missing", Math.min(had, lacked, judge.reads(this.#seat)));
      if (seen && lacked >= had) this.#add("arriving", had);
    } else if (flags & EXPECTED && moved && here & 1 && seen && onesBelow(~(here >>> 1)) >= had - 1) {
      this.#add("arrived", had);
    } else if (flags & EXTRA) {
      const excluded = judge.excludedReads();
      if (excluded > 0) this.#add("extra", Math.min(excluded, onesBelow(here), judge.reads(this.#seat)));
    }
  }

  #gone(judge: Judge, flags: number, owner: number, here: number, moved: boolean): void {
    const since = onesBelow(~owner);
    if (flags & EXTRA) {
      this.#add("extra", Math.min(since, onesBelow(here), judge.ownerReads(), judge.reads(this.#seat)));
      if (owner !== 0 && onesBelow(here) >= since) this.#add("leaving", since);
    } else if (moved && !(here & 1) && owner !== 0 && onesBelow(here >>> 1) >= since - 1) {
      this.#add("left", since);
    }
  }

  /** @param reads readings in a row, this one included */
  #add(kind: keyof Waits, reads: number): void {
    const counts = this.#counts[kind];
    const at = Math.max(0, Math.min(REACH, reads) - 1);
    counts[at] = (counts[at] as number) + this.#weight;
  }

  result(): Waits {
    const trimmed = (counts: Uint32Array): number[] => [
      ...counts.subarray(0, counts.findLastIndex((n) => n > 0) + 1),
    ];
    return Object.fromEntries(KINDS.map((k) => [k, trimmed(this.#counts[k])])) as unknown as Waits;
  }
}
