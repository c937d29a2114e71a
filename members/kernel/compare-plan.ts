import {
  CHUNK_BYTES,
  type CsvLayout,
  chunkRecords,
  leastChunks,
  type ReadPlaces,
  type RowPlaces,
  readPlaces,
  recordBytes,
  rowPlaces,
} from "./csv-rows.ts";
import type { KernelExports } from "./instance.ts";
import { Places } from "./places.ts";
import type { CopyTo } from "./sealed-copy.ts";

/** One file to be compared. */
export type CsvSource = {
  readonly path: string;
  readonly gzip: boolean;
  /** Where the text of a gzip file goes as well, since rows can be read again from there only; null: nowhere. */
  readonly copy: CopyTo | null;
  readonly layout: CsvLayout;
  /** Rows, roughly. Too few cost time: what does not fit goes by the disk. */
  readonly rows: number;
};

export type ComparePlan = {
  readonly partitions: number;
  readonly record: number;
  readonly threads: readonly ReadPlaces[];
  readonly files: readonly RowPlaces[];
  /** A number that the threads share: the partition that is merged next. */
  readonly next: number;
  /** Another one: partitions whose people were named. */
  readonly named: number;
  /** Bytes of memory. Most of it is never touched. */
  readonly bytes: number;
};

/** So many records of one partition are sorted within the cache. */
const AT_ONCE = 24_000;
const LEAST_PARTITIONS = 256;
/** More of them would cost more in half-filled chunks than they save. */
const MOST_PARTITIONS = 2048;
/** What 32-bit addresses leave for rows, after room to sort and merge. */
const MOST_BYTES = 3.25 * 2 ** 30;
/**
 * Rows in memory when not all of them fit: what goes by the disk anyway costs less from a memory that stays small. Measured, 2 × 30
 * million rows: 11.5 processor seconds with 300 MB, 12.4 with 800.
 */
const SPILLING_BYTES = 300 * 2 ** 20;
/** Estimates are no promises. Memory that is not used costs nothing. */
const MARGIN = 1.4;

/** Partitions, by the first bits of the key, for sets of up to so many rows: a power of 2. */
export const partitionsFor = (rows: number): number =>
  Math.min(
    MOST_PARTITIONS,
    Math.max(LEAST_PARTITIONS, 2 ** Math.ceil(Math.log2(Math.max(1, rows / AT_ONCE)))),
  );

/**
 * Who stands where in the memory that the threads share.
 *
 * @param most bytes of rows in memory, of all files together; never less than the least that reading needs
 */
export function comparePlan(
  kernel: KernelExports,
  sources: readonly CsvSource[],
  threads: number,
  most: number,
): { readonly plan: ComparePlan; readonly places: Places } {
  const attributes = sources[0]?.layout.attributeColumns.length ?? 0;
  const record = recordBytes(attributes, sources[0]?.layout.places);
  const partitions = partitionsFor(Math.max(...sources.map((s) => s.rows)));
  const columns = Math.max(...sources.map((s) => s.layout.columns));
  const places = new Places();
  const next = places.take(4);
  const named = places.take(4);
  const read = Array.from({ length: threads }, () => readPlaces(places, kernel, { columns, attributes }));
  const wanted = sources.map((s) => Math.ceil(s.rows / chunkRecords(record)) + partitions);
  const all = wanted.reduce((n, w) => n + w, 0);
  const fits = all <= Math.min(most, MOST_BYTES) / CHUNK_BYTES;
  const budget = Math.min(most, SPILLING_BYTES) / CHUNK_BYTES;
  const files = wanted.map((w) => {
    const share = fits ? Math.min(w * MARGIN, (w * MOST_BYTES) / CHUNK_BYTES / all) : (w * budget) / all;
    return rowPlaces(places, partitions, Math.max(Math.floor(share), leastChunks(partitions)));
  });
  return {
    plan: { partitions, record, threads: read, files, next, named, bytes: places.end },
    places,
  };
}
