import { closeSync, fstatSync, openSync } from "node:fs";
import type { IdentifierKind } from "../../core/model.ts";
import type { Keys } from "../keys.ts";
import type { ComparePlan, CsvSource } from "./compare-plan.ts";
import { plainBytes, unpackedBytes } from "./csv-bytes.ts";
import { readCsvRows, type Step } from "./csv-rows.ts";
import { type Kernel, startKernel } from "./instance.ts";
import { type Masks, resultBytes, takeLastMasks, takeMasks } from "./merge-result.ts";
import { type Noted, type NotePlaces, note, notePlaces, waitForNames } from "./notes.ts";
import type { Places } from "./places.ts";
import type { RowsFile, Run } from "./rows-file.ts";
import {
  type Fullest,
  fullestOf,
  type SortedFrom,
  type SortPlaces,
  sortPartition,
  sortPlaces,
} from "./sort-partition.ts";
import type { WasmMemory, WasmModule } from "./wasm.ts";

export type CompareJob = {
  readonly module: WasmModule;
  /** Of all threads. */
  readonly memory: WasmMemory;
  readonly plan: ComparePlan;
  readonly sources: readonly CsvSource[];
  readonly owner: number;
  readonly keys: Keys;
  readonly identity: IdentifierKind;
  readonly temporaryFolder: string;
};

/** One file was read. */
export type FileRead = {
  readonly records: number;
  readonly invalid: number;
  readonly finalNewline: boolean;
  readonly fullest: Fullest;
  /** Rows on the disk. The thread that read them holds the file open. */
  readonly staged: { readonly fd: number; readonly runs: readonly Run[] } | null;
  /** As in RowsRead. */
  readonly unusable: Float64Array | null;
  readonly rowIndex: Float64Array | null;
};

/** What one thread needs to merge. */
export type MergePlaces = {
  readonly sort: SortPlaces;
  /** 16 bytes a file. */
  readonly sets: number;
  readonly heads: number;
  readonly result: number;
  /** null: nobody is named. */
  readonly notes: NotePlaces | null;
};
export const mergePlaces = (
  places: Places,
  plan: ComparePlan,
  files: readonly FileRead[],
  attributes: number,
  naming: boolean,
): MergePlaces => ({
  sort: sortPlaces(
    places,
    files.map((f) => f.fullest),
    plan.record,
  ),
  sets: places.take(16 * files.length),
  heads: places.take(8 * files.length),
  result: places.take(resultBytes(files.length, attributes)),
  notes: naming ? notePlaces(places, files.length, attributes) : null,
});

/**
 * What one thread does of a comparison: it reads whole files, and then, when all are read, merges partitions of all of them, each
 * the one that nobody has taken yet. Between two steps the caller may do something else.
 */
export class CompareThread {
  readonly #job: CompareJob;
  readonly #kernel: Kernel;
  readonly #id: number;
  readonly #files: RowsFile[] = [];

  constructor(job: CompareJob, id: number) {
    this.#job = job;
    this.#id = id;
    this.#kernel = startKernel(job.module, job.keys, job.identity, job.memory);
  }

  /** Yields bytes as they are read, and what has to be waited for. Returns null: the reference has to read this file. */
  *read(file: number): Generator<Step, FileRead | null> {
    const { plan, sources, keys, temporaryFolder } = this.#job;
    const source = sources[file] as CsvSource;
    const rows = plan.files[file];
    const read = plan.threads[this.#id];
    if (rows === undefined || read === undefined) throw new RangeError("no place for this file");
    const fd = openSync(source.path, "r");
    const bytes = source.gzip ? unpackedBytes(fd, source.copy) : plainBytes(fd);
    try {
      const before = fstatSync(fd);
      const places = {
        layout: source.layout,
        keys,
        partitions: plan.partitions,
        read,
        rows,
        folder: temporaryFolder,
      };
      const got = yield* readCsvRows(this.#kernel, places, bytes);
      if (got === null) return null;
      if (got.file !== null) this.#files.push(got.file);
      const after = fstatSync(fd);
      if (before.size !== after.size || before.mtimeMs !== after.mtimeMs) return null;
      const staged = got.file === null ? null : { fd: got.file.fd, runs: got.file.runs };
      return {
        records: got.records,
        invalid: got.invalid,
        finalNewline: got.finalNewline,
        staged,
        unusable: got.unusable,
        rowIndex: got.rowIndex,
        fullest: fullestOf(this.#kernel, { places: rows, staged }, plan.partitions, plan.record),
      };
    } finally {
      bytes.close();
      closeSync(fd);
    }
  }

  /**
   * Merges partitions until none is left; yields after each, and before where there are notes. The counts stand at `at.result` and,
   * for each file, at `at.sets`; of many files, people per mask are returned instead.
   */
  *merge(files: readonly FileRead[], at: MergePlaces): Generator<Noted, Masks> {
    const { plan, sources, owner, memory } = this.#job;
    const { exports } = this.#kernel;
    const attributes = sources[0]?.layout.attributeColumns.length ?? 0;
    exports.setShape(plan.record, Math.log2(plan.partitions));
    const masks: Masks = new Map();
    this.#kernel.onMasks((table) => takeMasks(memory, table, masks));
    const words = new Int32Array(memory.buffer);
    words.fill(0, at.result >>> 2, (at.result + resultBytes(files.length, attributes)) >>> 2);
    words.fill(0, at.sets >>> 2, (at.sets >>> 2) + 4 * files.length);
    const from = files.map(
      (f, n): SortedFrom => ({ places: plan.files[n] as SortedFrom["places"], staged: f.staged }),
    );
    for (;;) {
      const p = Atomics.add(words, plan.next >>> 2, 1);
      if (p >= plan.partitions) break;
      if (at.notes !== null) waitForNames(words, plan.named >>> 2, p);
      for (let f = 0; f < from.length; f++) {
        const records = sortPartition(this.#kernel, from[f] as SortedFrom, at.sort, f, p, plan.record);
        const set = (at.sets >>> 2) + 4 * f;
        const sorted = at.sort.sorted[f] as number;
        words[set] = sorted;
        words[set + 1] = sorted + records * plan.record;
      }
      let last: Noted = { partition: p, notes: null, crowded: false, last: true };
      if (at.notes !== null)
        last = yield* note(this.#kernel, at, p, owner, attributes, files.length, plan.record);
      exports.mergeRecords(at.sets, files.length, owner, attributes, at.heads, at.result);
      yield last;
    }
    takeLastMasks(memory, at.result, files.length, masks);
    return masks;
  }

  close(): void {
    for (const file of this.#files.splice(0)) file.close();
  }
}
