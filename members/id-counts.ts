const FREE = 0;
/** Two words of the hash, then how often. */
const STRIDE = 3;
/** About a million ids in 25 MB at most; a list with more is sampled. */
const MOST = 1 << 20;

/**
 * Counts how many people each id names, in bounded memory: when there are more ids than fit, those are kept whose
 * hash begins with one more zero. What is kept is counted exactly, so totals are estimated by doubling.
 *
 * @see Gibbons (2001), Distinct Sampling for Highly-Accurate Answers to Distinct Values Queries,
 *   https://www.vldb.org/conf/2001/P541.pdf
 */
export class IdCounts {
  readonly #most: number;
  #slots = new Uint32Array(1024 * STRIDE);
  #ids = 0;
  /** Ids are kept when their hash begins with this many zeros. */
  #zeros = 0;

  constructor(most = MOST) {
    this.#most = most;
  }

  /** Every id that is kept stands for so many; 1: the counts are exact. */
  get each(): number {
    return 2 ** this.#zeros;
  }

  /** One more person of this id. Its hash is never 0, 0. */
  add(high: number, low: number): void {
    if (!this.#keeps(high)) return;
    if (!this.#put(high, low, 1)) return;
    this.#ids++;
    const full = this.#ids >= this.#most;
    if (full) this.#zeros++;
    if (full || this.#ids * 2 * STRIDE >= this.#slots.length) this.#rebuild(full);
  }

  /** Ids with several people, the people of those, and the most that one id has. */
  shared(): { readonly ids: number; readonly people: number; readonly most: number } {
    let ids = 0;
    let people = 0;
    let most = 0;
    for (let at = 2; at < this.#slots.length; at += STRIDE) {
      const n = this.#slots[at] as number;
      if (n < 2) continue;
      ids++;
      people += n;
      most = Math.max(most, n);
    }
    return { ids: ids * this.each, people: people * this.each, most };
  }

  #keeps(high: number): boolean {
    return this.#zeros === 0 || high >>> (32 - this.#zeros) === 0;
  }

  /** @returns is the id new? */
  #put(high: number, low: number, n: number): boolean {
    const slots = this.#slots;
    const mask = slots.length / STRIDE - 1;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const at = slot * STRIDE;
      const known = slots[at + 2] as number;
      if (known !== FREE && (slots[at] !== high || slots[at + 1] !== low)) continue;
      slots[at] = high;
      slots[at + 1] = low;
      slots[at + 2] = known + n;
      return known === FREE;
    }
  }

  #rebuild(thinned: boolean): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(thinned ? old.length : 2 * old.length);
    this.#ids = 0;
    for (let at = 0; at < old.length; at += STRIDE) {
      const n = old[at + 2] as number;
      if (n === FREE || !this.#keeps(old[at] as number)) continue;
      this.#put(old[at] as number, old[at + 1] as number, n);
      this.#ids++;
    }
  }
}
