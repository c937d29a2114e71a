import type { IdentifierKind } from "../../core/model.ts";
import type { Keys } from "../keys.ts";
import type { CsvBytes } from "./csv-bytes.ts";
import { domainOf, type Kernel, spellingStart } from "./instance.ts";
import type { Places } from "./places.ts";
import { MOST_OFFSET, PLACE_BYTES, placeAt, RowIndex, UnusableRows } from "./row-places.ts";
import { RowsFile } from "./rows-file.ts";

export type CsvLayout = {
  readonly delimiter: string;
  /** Columns of every row. */
  readonly columns: number;
  readonly idColumn: number;
  readonly attributeColumns: readonly number[];
  readonly identity: IdentifierKind;
  /** Keep where each row stands, so that people can be named; records are longer then. */
  readonly places?: boolean;
};

/** Bytes that are read and split at once, few enough for the cache; a longer row is for the reference. */
const WINDOW = 1 << 18;
export const CHUNK_BYTES = 16_384;
export const CHUNK_HEAD = 16;
/** Rows that the kernel keeps before it asks for room again; each may begin a chunk. */
const ROWS_AT_ONCE = 256;

/** Key, spelling, prints, and the place of the row where it is kept. */
export const recordBytes = (attributes: number, places = false): number =>
  placeAt(attributes) + (places ? PLACE_BYTES : 0);
/** Records that a chunk holds. */
export const chunkRecords = (record: number): number => Math.floor((CHUNK_BYTES - CHUNK_HEAD - 1) / record);
/** Chunks without which no file can be read: one a partition, and those of the next rows. */
export const leastChunks = (partitions: number): number => partitions + ROWS_AT_ONCE + 1;

/** What one thread needs, file after file. Addresses in bytes. */
export type ReadPlaces = {
  readonly columns: number;
  readonly memo: number;
  readonly room: number;
  readonly rowTable: number;
  readonly input: number;
};
export function readPlaces(
  places: Places,
  kernel: Kernel["exports"],
  most: { columns: number; attributes: number },
): ReadPlaces {
  return {
    columns: places.take(4 * most.attributes),
    memo: places.take(kernel.memoBytes()),
    room: places.take(kernel.rowKeyBytes()),
    rowTable: places.take(kernel.rowTableBytes(most.columns)),
    input: places.take(WINDOW),
  };
}

/** Where the rows of one file wait. */
export type RowPlaces = { readonly table: number; readonly arena: number; readonly arenaEnd: number };
export function rowPlaces(places: Places, partitions: number, chunks: number): RowPlaces {
  const table = places.take(4 * partitions);
  const arena = places.take(chunks * CHUNK_BYTES, CHUNK_BYTES);
  return { table, arena, arenaEnd: arena + chunks * CHUNK_BYTES };
}

export type RowsRead = {
  readonly records: number;
  readonly invalid: number;
  readonly finalNewline: boolean;
  /** Rows that did not fit in memory. */
  readonly file: RowsFile | null;
  /** Rows that name nobody, where places are kept: offset and number by turns; null: more than are held. */
  readonly unusable: Float64Array | null;
  /** As `rowNumber` takes it. */
  readonly rowIndex: Float64Array;
};

/** Bytes that were read, or what has to be waited for before the next step. */
export type Step = number | Promise<void>;

/**
 * Reads a CSV file into records, by partition. What is not plain CSV (a ragged row, a stray quote, not UTF-8) is not judged here:
 * the answer is null, and the reference, which knows how to say what is wrong, reads the file instead.
 *
 * @param folder where rows wait that do not fit
 * @returns after each piece its bytes, or what has to be waited for; at the end what was read
 */
export function* readCsvRows(
  kernel: Kernel,
  o: {
    readonly layout: CsvLayout;
    readonly keys: Keys;
    readonly partitions: number;
    readonly read: ReadPlaces;
    readonly rows: RowPlaces;
    readonly folder: string;
  },
  from: CsvBytes,
): Generator<Step, RowsRead | null> {
  const { exports, memory } = kernel;
  const { layout, rows } = o;
  const record = recordBytes(layout.attributeColumns.length, layout.places);
  const unusable = new UnusableRows();
  kernel.onUnusable((offset, row) => unusable.add(offset, row));
  const index = new RowIndex();
  let file: RowsFile | null = null;
  kernel.onFull(() => {
    file ??= new RowsFile(o.folder);
    spill(kernel, file, rows, o.partitions, record);
  });
  new Uint32Array(memory.buffer, o.read.columns, layout.attributeColumns.length).set(layout.attributeColumns);
  exports.setShape(record, Math.log2(o.partitions));
  exports.initValues(o.read.memo);
  exports.initRows(rows.table, rows.arena, rows.arenaEnd);
  exports.initCsv(
    layout.delimiter.charCodeAt(0),
    layout.columns,
    domainOf(layout.identity),
    layout.idColumn,
    layout.attributeColumns.length,
    o.read.columns,
    spellingStart(o.keys),
    o.read.rowTable,
    o.read.room,
  );
  exports.keepPlaces(layout.places === true ? placeAt(layout.attributeColumns.length) : 0);
  let done = false;
  try {
    const ended = yield* feedAll(kernel, o.read.input, from, layout.places === true ? index : null);
    if (ended === null) return null;
    exports.seal();
    done = true;
    return {
      records: exports.rows.value,
      invalid: exports.unusable.value,
      ...ended,
      file,
      unusable: unusable.rows(),
      rowIndex: index.places(),
    };
  } finally {
    if (!done) (file as RowsFile | null)?.close();
  }
}

/** A byte order mark, which is no text. */
const hasMark = (bytes: Uint8Array): boolean => bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;

function* feedAll(
  { exports, memory }: Kernel,
  input: number,
  from: CsvBytes,
  index: RowIndex | null,
): Generator<Step, { finalNewline: boolean } | null> {
  const bytes = new Uint8Array(memory.buffer, input, WINDOW);
  let position = 0;
  let length = 0;
  let begun = false;
  let lastByte = 10;
  for (;;) {
    const n = from.read(bytes.subarray(length));
    if (n === null) return null;
    if (typeof n !== "number") {
      yield n;
      continue;
    }
    position += n;
    length += n;
    if (!begun && n > 0 && length < 3) continue;
    if (!begun && length >= 3 && hasMark(bytes)) {
      bytes.copyWithin(0, 3, length);
      length -= 3;
    }
    begun = true;
    if (n > 0 && length > 0) lastByte = bytes[length - 1] as number;
    if (index !== null && position > MOST_OFFSET) return null;
    exports.setOffset(input, position - length);
    index?.add(position - length, exports.rows.value);
    const taken = exports.feed(input, length, n === 0 ? 1 : 0);
    if (exports.status.value !== 0) return null;
    if (n === 0) return { finalNewline: lastByte === 10 || lastByte === 13 };
    yield n;
    length -= taken;
    if (length === WINDOW) return null;
    bytes.copyWithin(0, taken, taken + length);
  }
}

/** Writes all chunks to the file, each as long as it is used, and begins the arena anew. */
function spill(kernel: Kernel, file: RowsFile, rows: RowPlaces, partitions: number, record: number): void {
  const { exports, memory } = kernel;
  exports.seal();
  const words = new Uint32Array(memory.buffer);
  file.write(partitions, (p) => {
    const chunks: Uint8Array[] = [];
    // Each chunk names the one before it; the table tells the last one, which is none below the first chunk.
    let chunk = (words[(rows.table >>> 2) + p] as number) & -CHUNK_BYTES;
    for (; chunk !== 0; chunk = words[chunk >>> 2] as number) {
      chunk >>>= 0;
      const length = CHUNK_HEAD + (words[(chunk >>> 2) + 1] as number) * record;
      chunks.push(new Uint8Array(memory.buffer, chunk, length));
    }
    return chunks.reverse();
  });
  exports.resetRows(rows.arena);
}
