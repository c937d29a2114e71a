import { CHUNK_HEAD, chunkRecords, type RowPlaces } from "./csv-rows.ts";
import type { Kernel } from "./instance.ts";
import type { Places } from "./places.ts";
import { type Run, readStaged, stagedBytes } from "./rows-file.ts";

/** The rows of one file, in memory and, as far as they did not fit, on the disk. */
export type SortedFrom = {
  readonly places: RowPlaces;
  readonly staged: { readonly fd: number; readonly runs: readonly Run[] } | null;
};

/** What sorting the partitions of some files needs; one after the other they use the same places. */
export type SortPlaces = {
  /** Records from the disk. */
  readonly stage: number;
  readonly stageBytes: number;
  /** Addresses of chunks. */
  readonly list: number;
  readonly counts: number;
  /** Where the sorted records of each file go. */
  readonly sorted: readonly number[];
};

/** Of one file's partitions: most records, bytes on the disk, and chunks. */
export type Fullest = { readonly records: number; readonly staged: number; readonly chunks: number };

export function fullestOf(kernel: Kernel, from: SortedFrom, partitions: number, record: number): Fullest {
  let records = 0;
  let staged = 0;
  let inMemory = 0;
  for (let p = 0; p < partitions; p++) {
    const waiting = from.staged === null ? 0 : stagedBytes(from.staged.runs, p);
    const here = kernel.exports.rowsOf(from.places.table, p);
    staged = Math.max(staged, waiting);
    inMemory = Math.max(inMemory, here);
    records = Math.max(records, here + Math.floor(waiting / record));
  }
  const full = chunkRecords(record);
  // Each run ends with a chunk that may hold one record only.
  const runs = from.staged?.runs.length ?? 0;
  const chunks = Math.ceil(inMemory / full) + Math.ceil(staged / (CHUNK_HEAD + full * record)) + runs + 2;
  return { records, staged, chunks };
}

export function sortPlaces(places: Places, files: readonly Fullest[], record: number): SortPlaces {
  const most = (of: (f: Fullest) => number): number => files.reduce((n, f) => Math.max(n, of(f)), 0);
  const stageBytes = most((f) => f.staged);
  return {
    stage: places.take(stageBytes),
    stageBytes,
    list: places.take(4 * most((f) => f.chunks)),
    counts: places.take(4 * (2 * most((f) => f.records) + 34)),
    sorted: files.map((f) => places.take((f.records + 1) * record)),
  };
}

/** Sorts one partition of one file. @returns how many records stand at `sorted[file]` */
export function sortPartition(
  kernel: Kernel,
  from: SortedFrom,
  at: SortPlaces,
  file: number,
  p: number,
  record: number,
): number {
  const { exports, memory } = kernel;
  let chunks = 0;
  if (from.staged !== null) {
    const to = new Uint8Array(memory.buffer, at.stage, at.stageBytes);
    const end = at.stage + readStaged(from.staged.fd, from.staged.runs, p, to);
    const words = new Uint32Array(memory.buffer);
    for (let chunk = at.stage; chunk < end; ) {
      words[(at.list >>> 2) + chunks++] = chunk;
      chunk += CHUNK_HEAD + (words[(chunk >>> 2) + 1] as number) * record;
    }
  }
  chunks += exports.chunksOf(from.places.table, p, at.list + 4 * chunks);
  return exports.sortPartition(at.list, chunks, at.counts, at.sorted[file] as number);
}
