const NEWLINE = 10;

/**
 * Some fields of some rows. As bytes: strings of so many rows would live long enough for the collector to move them about.
 */
export class FoundRows {
  /** Rows one after the other, each its fields, with line breaks between: a row without quotes has none in its fields. */
  #text = Buffer.allocUnsafe(1 << 16);
  readonly #ends: Float64Array;
  readonly #quoted = new Map<number, readonly string[]>();
  #end = 0;

  constructor(rows: number) {
    this.#ends = new Float64Array(rows + 1);
  }

  /** Rows are added in order. @param bounds beginnings of its fields, of each one behind its delimiter */
  add(n: number, line: Buffer, bounds: Uint32Array, columns: readonly number[]): void {
    let room = this.#end + columns.length;
    for (const c of columns) room += lengthOf(bounds, c);
    if (room > this.#text.length) {
      const longer = Buffer.allocUnsafe(room * 2);
      this.#text.copy(longer, 0, 0, this.#end);
      this.#text = longer;
    }
    for (const c of columns) {
      const from = bounds[c] as number;
      const length = lengthOf(bounds, c);
      for (let k = 0; k < length; k++) this.#text[this.#end + k] = line[from + k] as number;
      this.#end += length;
      this.#text[this.#end++] = NEWLINE;
    }
    this.#ends[n + 1] = this.#end;
  }

  /** Of a row with quotes, which is split otherwise: `setQuoted` follows. */
  skip(n: number): void {
    this.#ends[n + 1] = this.#end;
  }
  setQuoted(n: number, fields: readonly string[]): void {
    this.#quoted.set(n, fields);
  }

  at(n: number): readonly string[] {
    const quoted = this.#quoted.get(n);
    if (quoted !== undefined) return quoted;
    return this.#text
      .toString("utf8", this.#ends[n] as number, (this.#ends[n + 1] as number) - 1)
      .split("\n");
  }
}

const lengthOf = (bounds: Uint32Array, c: number): number =>
  Math.max(0, (bounds[c + 1] as number) - 1 - (bounds[c] as number));
