import { type FileHandle, open } from "node:fs/promises";
import type { SealedCopy } from "../../members/kernel/sealed-copy.ts";
import { rowsAt } from "../../systems/files/rows-at.ts";
import type { Chosen } from "./columns.ts";

/** A CSV file whose rows are read where they stand. */
export type PlacedFile = {
  readonly path: string;
  readonly label: string;
  readonly delimiter: string;
  /** Of a gzip file its text; null: the file itself is text. */
  readonly copy: SealedCopy | null;
  readonly chosen: Chosen;
};

/** Identifier and attributes of a row as they stand in the file. */
export type Cells = readonly string[];

/** Reads the rows of one file by their offsets. */
export class RowReader {
  readonly #file: PlacedFile;
  #handle: FileHandle | null = null;

  constructor(file: PlacedFile) {
    this.#file = file;
  }

  get label(): string {
    return this.#file.label;
  }

  /** @param offsets in any order, several times each */
  async read(offsets: readonly number[]): Promise<{ at(offset: number): Cells }> {
    const sorted = eachOnce(Float64Array.from(offsets).sort());
    if (sorted.length === 0) return { at: () => [] };
    const { copy, path, label, delimiter, chosen } = this.#file;
    if (copy === null) this.#handle ??= await open(path, "r");
    const rows = await rowsAt(copy ?? (this.#handle as FileHandle), label, delimiter, sorted, [
      chosen.id,
      ...chosen.attributes,
    ]);
    return { at: (offset) => rows.at(placeOf(sorted, offset)) };
  }

  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = null;
  }
}

/** @param sorted is overwritten */
function eachOnce(sorted: Float64Array): Float64Array {
  let n = 0;
  for (const offset of sorted) if (n === 0 || offset !== sorted[n - 1]) sorted[n++] = offset;
  return sorted.subarray(0, n);
}

function placeOf(sorted: Float64Array, offset: number): number {
  let low = 0;
  for (let high = sorted.length; low < high; ) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
