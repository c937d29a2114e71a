import type { IdentifierKind } from "../../core/model.ts";
import type { Keys } from "../keys.ts";
import { type CompareHand, OwnHand, stopped, ThreadHand } from "./compare-crew.ts";
import { type ComparePlan, type CsvSource, comparePlan } from "./compare-plan.ts";
import { type CompareJob, type FileRead, mergePlaces } from "./compare-thread.ts";
import { PAGE, startKernel } from "./instance.ts";
import { type Merged, mergedOf, resultBytes } from "./merge-result.ts";
import { NamesInOrder, type Naming } from "./name-people.ts";
import type { Places } from "./places.ts";
import { type WasmMemory, type WasmModule, wasm } from "./wasm.ts";

const MOST_PAGES = 65_536;

export type CompareCsv = {
  /** The kernel for shared memory with threads; without, the other one. */
  readonly module: WasmModule;
  /** 0: everything happens here. */
  readonly threads: number;
  readonly sources: readonly CsvSource[];
  readonly owner: number;
  readonly identity: IdentifierKind;
  readonly keys: Keys;
  /** Bytes of rows in memory, of all files together; more wait on the disk. */
  readonly most: number;
  readonly temporaryFolder: string;
  readonly signal: AbortSignal;
  /** Told who is behind the counts, where layouts keep places; none: they are only counted. */
  readonly naming?: Naming | null;
  onBytes(file: number, bytes: number): void;
};

/** Counts of one file; see SetSummary. */
export type CsvCounts = {
  readonly size: number;
  readonly records: number;
  readonly duplicates: number;
  readonly invalid: number;
  readonly duplicateByCase: number;
};

export type ComparedCsv = {
  readonly files: readonly { readonly counts: CsvCounts; readonly finalNewline: boolean }[];
  readonly merged: Merged;
};

/**
 * Compares CSV files: threads read them into one memory, a file a thread, and then merge them, a partition a thread.
 *
 * @returns null: the reference has to read these files; one of them is not plain, or there is not enough memory
 * @throws AuditorError interrupted; permanent when the disk fails
 */
export async function compareCsv(o: CompareCsv): Promise<ComparedCsv | null> {
  const hands = Math.max(1, Math.min(o.threads, o.sources.length));
  const memory = withEnough(
    () => new wasm.Memory({ initial: 1, maximum: MOST_PAGES, shared: o.threads > 0 }),
  );
  if (memory === null) return null;
  const { exports } = startKernel(o.module, o.keys, o.identity, memory);
  const { plan, places } = comparePlan(exports, o.sources, hands, o.most);
  if (!makeRoom(memory, places)) return null;
  const { module, sources, owner, keys, identity, temporaryFolder } = o;
  const job: CompareJob = { module, memory, plan, sources, owner, keys, identity, temporaryFolder };
  const crew: CompareHand[] = Array.from({ length: hands }, (_, id) =>
    o.threads > 0 ? new ThreadHand(job, id) : new OwnHand(job, o.signal),
  );
  const stop = (): void => void Promise.all(crew.map((hand) => hand.close()));
  o.signal.addEventListener("abort", stop, { once: true });
  try {
    if (o.signal.aborted) throw stopped();
    const files = await readAll(crew, o);
    places.check(memory);
    if (files === null || (o.naming && !(await o.naming.start(files)))) return null;
    return await mergeAll(crew, files, memory, plan, places, o);
  } catch (error) {
    if (o.signal.aborted) throw stopped();
    throw error;
  } finally {
    o.signal.removeEventListener("abort", stop);
    await Promise.all(crew.map((hand) => hand.close()));
  }
}

/** null: there is not so much memory, or no more addresses. */
function withEnough<T>(asked: () => T): T | null {
  try {
    return asked();
  } catch (cause) {
    if (cause instanceof RangeError) return null;
    throw cause;
  }
}

/** Grows the memory to these places, while no thread runs. @returns false: there is not enough */
function makeRoom(memory: WasmMemory, places: Places): boolean {
  const missing = Math.max(0, Math.ceil((places.end - memory.buffer.byteLength) / PAGE));
  if (withEnough(() => memory.grow(missing)) === null) return false;
  places.guard(memory);
  return true;
}

/** Each hand takes the next file, the largest first. */
async function readAll(crew: readonly CompareHand[], o: CompareCsv): Promise<FileRead[] | null> {
  const reads: FileRead[] = [];
  const order = o.sources.map((_, f) => f).sort((a, b) => rowsOf(o.sources[b]) - rowsOf(o.sources[a]));
  let refused = false;
  await Promise.all(
    crew.map(async (hand) => {
      for (let file = order.shift(); file !== undefined && !refused; file = order.shift()) {
        const f = file;
        const read = await hand.read(f, (bytes) => o.onBytes(f, bytes));
        if (read === null) refused = true;
        else reads[f] = read;
      }
    }),
  );
  return refused ? null : reads;
}
const rowsOf = (source: CsvSource | undefined): number => source?.rows ?? 0;

async function mergeAll(
  crew: readonly CompareHand[],
  files: readonly FileRead[],
  memory: WasmMemory,
  plan: ComparePlan,
  before: Places,
  o: CompareCsv,
): Promise<ComparedCsv | null> {
  const attributes = o.sources[0]?.layout.attributeColumns.length ?? 0;
  const naming = o.naming ?? null;
  const places = before.following();
  const at = crew.map(() => mergePlaces(places, plan, files, attributes, naming !== null));
  if (!makeRoom(memory, places)) return null;
  const names = naming && new NamesInOrder(naming, memory, plan);
  const bare = files.map((f) => ({ ...f, unusable: null, rowIndex: null }));
  const merging = crew.map((hand, n) =>
    hand.merge(bare, at[n] as (typeof at)[number], async (noted) => names?.add(noted)),
  );
  const [masks] = await Promise.all([Promise.all(merging), names?.finished]);
  before.check(memory);
  places.check(memory);
  await naming?.end(files, names?.crowded !== true);
  const words = (address: number, bytes: number): Uint32Array =>
    new Uint32Array(memory.buffer, address, bytes / 4);
  const results = at.map((a) => words(a.result, resultBytes(files.length, attributes)));
  const sets = at.map((a) => words(a.sets, 16 * files.length));
  const sum = (word: number): number => sets.reduce((n, set) => n + (set[word] as number), 0);
  return {
    files: files.map((f, n) => {
      const size = sum(4 * n + 2);
      return {
        counts: {
          size,
          records: f.records,
          invalid: f.invalid,
          duplicates: f.records - f.invalid - size,
          duplicateByCase: sum(4 * n + 3),
        },
        finalNewline: f.finalNewline,
      };
    }),
    merged: mergedOf(results, masks, files.length, attributes),
  };
}
