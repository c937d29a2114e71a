/** Where rows stand in their file: assembly/offsets.ts. */

/** Offset 40 bits, number 24 bits. */
export const PLACE_BYTES = 8;
/** Of a longer file, places do not fit. */
export const MOST_OFFSET = 2 ** 40 - 1;
const NUMBERS = 2 ** 24;

/** Where in a record the place begins: behind key 16, spelling 4 and prints. */
export const placeAt = (attributes: number): number => 20 + 4 * attributes;

/** Rows that are held; of more, none is. */
const MOST = 500_000;

/** Rows that name nobody, in the order of the file: offset and number, by turns. */
export class UnusableRows {
  #places = new Float64Array(256);
  #n = 0;

  add(offset: number, row: number): void {
    this.#n++;
    if (this.#n > MOST) return;
    if (2 * this.#n > this.#places.length) this.#places = longer(this.#places);
    this.#places[2 * this.#n - 2] = offset;
    this.#places[2 * this.#n - 1] = row;
  }

  /** null: they were too many. */
  rows(): Float64Array | null {
    return this.#n > MOST ? null : this.#places.slice(0, 2 * this.#n);
  }
}

/** Offsets and numbers of some rows, by turns and ascending; fewer than 2^24 rows lie between two. */
export class RowIndex {
  #places = new Float64Array(256);
  #n = 0;

  add(offset: number, row: number): void {
    if (2 * this.#n + 2 > this.#places.length) this.#places = longer(this.#places);
    this.#places[2 * this.#n] = offset;
    this.#places[2 * this.#n + 1] = row;
    this.#n++;
  }

  places(): Float64Array {
    return this.#places.slice(0, 2 * this.#n);
  }
}

const longer = (places: Float64Array): Float64Array<ArrayBuffer> => {
  const more = new Float64Array(places.length * 2);
  more.set(places);
  return more;
};

/**
 * The number of a row of which its offset and the last 24 bits are known.
 *
 * @param index as of `RowIndex.places`, beginning with the file
 */
export function rowNumber(index: Float64Array, offset: number, last24: number): number {
  let low = 0;
  for (let high = index.length / 2; high - low > 1; ) {
    const middle = (low + high) >>> 1;
    if ((index[2 * middle] as number) <= offset) low = middle;
    else high = middle;
  }
  const before = index[2 * low + 1] ?? 0;
  return before + ((((last24 - before) % NUMBERS) + NUMBERS) % NUMBERS);
}
