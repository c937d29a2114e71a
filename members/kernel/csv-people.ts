import type { Keys } from "../keys.ts";
import type { Partition } from "../member-set.ts";
import { PARTITIONS } from "../set-layout.ts";
import type { CsvCounts } from "./compare-csv.ts";
import { plainBytes } from "./csv-bytes.ts";
import {
  CHUNK_BYTES,
  type CsvLayout,
  leastChunks,
  type ReadPlaces,
  type RowPlaces,
  type RowsRead,
  readCsvRows,
  readPlaces,
  recordBytes,
  rowPlaces,
} from "./csv-rows.ts";
import { type Kernel, PAGE, startKernel } from "./instance.ts";
import { Places } from "./places.ts";
import { fullestOf, type SortedFrom, type SortPlaces, sortPartition, sortPlaces } from "./sort-partition.ts";
import type { WasmModule } from "./wasm.ts";

const bodyBytes = (rows: number, attributes: number): number => rows * (24 + 4 * attributes);

type Sorting = {
  readonly from: SortedFrom;
  readonly at: SortPlaces;
  readonly body: number;
  readonly places: Places;
};

/** Reads one CSV file into sorted partitions, as a set file has them, in a memory of its own. */
export class CsvPeople {
  readonly #kernel: Kernel;
  readonly #layout: CsvLayout;
  readonly #keys: Keys;
  readonly #folder: string;
  readonly #record: number;
  readonly #read: ReadPlaces;
  readonly #rows: RowPlaces;
  readonly #places = new Places();
  #got: RowsRead | null = null;
  #sorting: Sorting | null = null;
  #counted = { size: 0, respelled: 0 };

  /** @param most bytes of rows in memory; more wait in a file without a name in `folder` */
  constructor(module: WasmModule, layout: CsvLayout, keys: Keys, most: number, folder: string) {
    this.#layout = layout;
    this.#keys = keys;
    this.#folder = folder;
    this.#kernel = startKernel(module, keys, layout.identity);
    const attributes = layout.attributeColumns.length;
    this.#record = recordBytes(attributes);
    this.#read = readPlaces(this.#places, this.#kernel.exports, { columns: layout.columns, attributes });
    const chunks = Math.max(Math.floor(most / CHUNK_BYTES), leastChunks(PARTITIONS));
    this.#rows = rowPlaces(this.#places, PARTITIONS, chunks);
    this.#grow(this.#places);
  }

  #grow(places: Places): void {
    const { memory } = this.#kernel;
    const missing = Math.ceil((places.end - memory.buffer.byteLength) / PAGE);
    if (missing > 0) memory.grow(missing);
    places.guard(memory);
  }

  /** @returns null: the reference has to read it; see readCsvRows */
  read(fd: number): { readonly finalNewline: boolean } | null {
    const steps = readCsvRows(
      this.#kernel,
      {
        layout: this.#layout,
        keys: this.#keys,
        partitions: PARTITIONS,
        read: this.#read,
        rows: this.#rows,
        folder: this.#folder,
      },
      plainBytes(fd),
    );
    // a plain file never has to be waited for
    let step = steps.next();
    while (!step.done) step = steps.next();
    this.#places.check(this.#kernel.memory);
    this.#got = step.value;
    return step.value === null ? null : { finalNewline: step.value.finalNewline };
  }

  #prepare(got: RowsRead): Sorting {
    const staged = got.file === null ? null : { fd: got.file.fd, runs: got.file.runs };
    const from = { places: this.#rows, staged };
    const places = this.#places.following();
    const fullest = fullestOf(this.#kernel, from, PARTITIONS, this.#record);
    const at = sortPlaces(places, [fullest], this.#record);
    const body = places.take(bodyBytes(fullest.records, this.#layout.attributeColumns.length));
    this.#grow(places);
    return { from, at, body, places };
  }

  /** People of one partition, each once: `counts` sums what it saw. The arrays are copies. */
  partition(p: number): Partition {
    if (this.#got === null) throw new RangeError("nothing was read");
    this.#sorting ??= this.#prepare(this.#got);
    const { from, at, body, places } = this.#sorting;
    const { exports, memory } = this.#kernel;
    const attributes = this.#layout.attributeColumns.length;
    const records = sortPartition(this.#kernel, from, at, 0, p, this.#record);
    exports.makePeople(at.sorted[0] as number, records, attributes, body);
    places.check(memory);
    const n = exports.people.value;
    this.#counted = {
      size: this.#counted.size + n,
      respelled: this.#counted.respelled + exports.respelled.value,
    };
    const bytes = memory.buffer.slice(body, body + bodyBytes(n, attributes));
    return {
      n,
      keys: new Uint32Array(bytes, 0, 4 * n),
      presence: new Uint32Array(bytes, 16 * n, 2 * n),
      prints: Array.from({ length: attributes }, (_, a) => new Uint32Array(bytes, (24 + 4 * a) * n, n)),
      consent: new Uint8Array(n),
    };
  }

  /** After all partitions were asked for once. */
  counts(): CsvCounts {
    const { records, invalid } = this.#got ?? { records: 0, invalid: 0 };
    const { size, respelled } = this.#counted;
    return { size, records, invalid, duplicates: records - invalid - size, duplicateByCase: respelled };
  }

  close(): void {
    this.#got?.file?.close();
    this.#got = null;
  }
}
