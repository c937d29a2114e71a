import { IdCounts } from "./id-counts.ts";

/** One side of the clashes: ids of one kind that carry several of the other. */
export type Clash = {
  /** Ids that carry several. */
  readonly ids: number;
  /** How many they carry in all. */
  readonly carried: number;
  /** How many the fullest of them carries. */
  readonly most: number;
};

/** Where a record's second identifier contradicts its identity. */
export type Clashes = {
  /** Pairs of an identity and a second identifier, each counted once. */
  readonly pairs: number;
  /** Identities with several second identifiers. Exact. */
  readonly ofIdentity: Clash;
  /** Second identifiers with several identities. */
  readonly ofSecond: Clash;
  /** Is `ofSecond` estimated from a sample? */
  readonly sampled: boolean;
};

/** Takes the records of one person after another. */
export class ClashTally {
  readonly #secondAt: number;
  readonly #counts: IdCounts;
  #pairs = 0;
  #ids = 0;
  #carried = 0;
  #most = 0;

  /** @param secondAt where a row has the two words of its second identifier; 0, 0: it has none */
  constructor(secondAt: number, counts = new IdCounts()) {
    this.#secondAt = secondAt;
    this.#counts = counts;
  }

  /** The rows of the person begin at `order[from]`…`order[to - 1]`. */
  person(rows: Uint32Array, order: Uint32Array, from: number, to: number): void {
    const seconds =
      to - from === 1 ? this.#one(rows, order[from] as number) : this.#several(rows, order, from, to);
    this.#pairs += seconds;
    if (seconds < 2) return;
    this.#ids++;
    this.#carried += seconds;
    this.#most = Math.max(this.#most, seconds);
  }

  /** null: no record has a second identifier, so nothing is known. */
  result(): Clashes | null {
    if (this.#pairs === 0) return null;
    const { ids, people, most } = this.#counts.shared();
    return {
      pairs: this.#pairs,
      ofIdentity: { ids: this.#ids, carried: this.#carried, most: this.#most },
      ofSecond: { ids, carried: Math.min(people, this.#pairs), most },
      sampled: this.#counts.each > 1,
    };
  }

  #one(rows: Uint32Array, at: number): number {
    return this.#count(rows[at + this.#secondAt] as number, rows[at + this.#secondAt + 1] as number);
  }

  /** Sorted as numbers of 53 bits, so that a shared inbox with a million ids costs 8 bytes each and no object. */
  #several(rows: Uint32Array, order: Uint32Array, from: number, to: number): number {
    const ids = new Float64Array(to - from);
    for (let i = 0; i < ids.length; i++) {
      const at = (order[from + i] as number) + this.#secondAt;
      ids[i] = (rows[at] as number) * 2 ** 21 + ((rows[at + 1] as number) & 0x1fffff);
    }
    ids.sort();
    let seconds = 0;
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i] as number;
      if (i === 0 || id !== ids[i - 1]) seconds += this.#count(Math.floor(id / 2 ** 21), id % 2 ** 21);
    }
    return seconds;
  }

  /** @returns how many ids that is: 0 or 1 */
  #count(high: number, low: number): number {
    if (high === 0 && low === 0) return 0;
    this.#counts.add(high, low & 0x1fffff);
    return 1;
  }
}
