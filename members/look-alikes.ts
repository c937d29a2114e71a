import { compareKeys, type KeyWriter } from "./person-key.ts";
import { PARTITION_BITS } from "./set-layout.ts";
import { skeletonOf } from "./skeleton.ts";
import { sameKey } from "./sort-rows.ts";

/** Key of the skeleton, then key of the person. */
const STRIDE = 8;
/** 8 MB. Lists with more addresses outside ASCII are counted up to here, and say so. */
const MOST = 1 << 18;

/**
 * Finds people of one set whose addresses look the same and are not. Only addresses outside ASCII cost anything: they
 * wait here until the set's keys are known.
 */
export class LookAlikes {
  readonly #key: KeyWriter;
  readonly #most: number;
  #words = new Uint32Array(64 * STRIDE);
  #n = 0;
  /** Are there more addresses outside ASCII than were looked at? Then the count is a lower bound. */
  capped = false;

  constructor(key: KeyWriter, most = MOST) {
    this.#key = key;
    this.#most = most;
  }

  /** @param rows the person's key is at `at` */
  add(normalised: string, rows: Uint32Array, at: number): void {
    const skeleton = skeletonOf(normalised);
    if (skeleton === null) return;
    if (this.#n === this.#most) {
      this.capped = true;
      return;
    }
    const to = this.#n * STRIDE;
    if (to === this.#words.length) {
      const larger = new Uint32Array(2 * to);
      larger.set(this.#words);
      this.#words = larger;
    }
    this.#key("email", skeleton, this.#words, to);
    for (let k = 0; k < 4; k++) this.#words[to + 4 + k] = rows[at + k] as number;
    this.#n++;
  }

  /** To be asked with the keys of every partition in turn; gives the people of whom another one is the twin. */
  counter(): (partition: number, keys: Uint32Array, people: number) => number {
    const words = this.#words;
    const order = Uint32Array.from({ length: this.#n }, (_, i) => i * STRIDE).sort(
      (a, b) => compareKeys(words, a, words, b) || compareKeys(words, a + 4, words, b + 4),
    );
    let next = 0;
    return (partition, keys, people) => {
      let found = 0;
      while (next < order.length) {
        const first = order[next] as number;
        if ((words[first] as number) >>> (32 - PARTITION_BITS) !== partition) break;
        // The skeleton itself may be somebody's address.
        const plain = holds(keys, people, words, first);
        let twins = plain ? 1 : 0;
        let last = -1;
        for (; next < order.length && sameKey(words, order[next] as number, first); next++) {
          const person = (order[next] as number) + 4;
          if (last >= 0 && sameKey(words, person, last)) continue;
          last = person;
          if (!(plain && sameKey(words, person, first))) twins++;
        }
        found += Math.max(0, twins - 1);
      }
      return found;
    };
  }
}

/** Is the key at `at` among the sorted keys of a partition? */
function holds(keys: Uint32Array, people: number, words: Uint32Array, at: number): boolean {
  let low = 0;
  let high = people;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareKeys(keys, 4 * middle, words, at) < 0) low = middle + 1;
    else high = middle;
  }
  return low < people && compareKeys(keys, 4 * low, words, at) === 0;
}
