/** Where rows stand in their file: assembly/offsets.ts. */

/** Offset 8, number of the row 4. */
const PLACE_BYTES = 12;

/** Where in a record the place begins: behind key 16, spelling 4 and prints. */
export const placeAt = (attributes: number): number => 20 + 4 * attributes;

/** A record moves in steps of 16 bytes. */
export const recordBytes = (attributes: number, places: boolean): number =>
  Math.ceil((placeAt(attributes) + (places ? PLACE_BYTES : 0)) / 16) * 16;

/** Rows that are held; of more, none is. */
const MOST = 500_000;

/** Rows that name nobody, in the order of the file: offset and number, by turns. */
export class UnusableRows {
  #places = new Float64Array(256);
  #n = 0;

  add(offset: number, row: number): void {
    this.#n++;
    if (this.#n > MOST) return;
    if (2 * this.#n > this.#places.length) {
      const longer = new Float64Array(this.#places.length * 2);
      longer.set(this.#places);
      this.#places = longer;
    }
    this.#places[2 * this.#n - 2] = offset;
    this.#places[2 * this.#n - 1] = row;
  }

  /** null: they were too many. */
  rows(): Float64Array | null {
    return this.#n > MOST ? null : this.#places.slice(0, 2 * this.#n);
  }
}
