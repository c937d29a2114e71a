import { PRINT_NULL } from "./fingerprint.ts";

/** Beyond this many changed keys nothing is matched: 16 MB a list. */
const MOST_RECORDS = 4 << 20;

/** A growing list of fingerprints of record ids. */
export class RecordPrints {
  #prints = new Uint32Array(1024);
  #n = 0;
  #full = false;

  add(print: number): void {
    if (print <= PRINT_NULL) return;
    if (this.#n === MOST_RECORDS) {
      this.#full = true;
      return;
    }
    if (this.#n === this.#prints.length) {
      const grown = new Uint32Array(2 * this.#n);
      grown.set(this.#prints);
      this.#prints = grown;
    }
    this.#prints[this.#n++] = print;
  }

  /** Those that occur once, sorted: an id that many records share names none. Empty when there were too many. */
  single(): Uint32Array {
    if (this.#full) return new Uint32Array(0);
    const sorted = this.#prints.slice(0, this.#n).sort();
    return sorted.filter((p, i) => p !== sorted[i - 1] && p !== sorted[i + 1]);
  }

  /** How many of them are in `sorted`. */
  countIn(sorted: Uint32Array): number {
    let count = 0;
    for (let i = 0; i < this.#n; i++) if (has(sorted, this.#prints[i] as number)) count++;
    return count;
  }
}

/** What two sorted lists of distinct numbers have in common. */
export function inBoth(a: Uint32Array, b: Uint32Array): Uint32Array {
  const [few, many] = a.length <= b.length ? [a, b] : [b, a];
  return few.filter((p) => has(many, p));
}

function has(sorted: Uint32Array, print: number): boolean {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) < print) low = middle + 1;
    else high = middle;
  }
  return sorted[low] === print;
}
