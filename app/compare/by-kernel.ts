import { availableParallelism, totalmem } from "node:os";
import type { IdentifierKind } from "../../core/model.ts";
import { CsvReading, THREADS } from "../../members/kernel/csv-reading.ts";
import { compileKernel } from "../../members/kernel/instance.ts";
import { type Merged, MergePeople, MOST_SETS } from "../../members/kernel/merge-people.ts";
import { NamePeople, type Note } from "../../members/kernel/name-people.ts";
import type { Keys } from "../../members/keys.ts";
import { PARTITIONS } from "../../members/set-file.ts";
import type { CsvFile } from "../../systems/files/csv.ts";
import type { TableFile } from "../../systems/files/table-file.ts";
import type { Counted, ReadCounts } from "./build-report.ts";
import type { Chosen } from "./columns.ts";
import { goOn, innerName } from "./read-file.ts";

export type KernelInput = {
  readonly files: readonly { readonly path: string; readonly table: TableFile; readonly chosen: Chosen }[];
  readonly owner: number;
  readonly identity: IdentifierKind;
  readonly keys: Keys;
  readonly temporaryFolder: string;
  /** Bytes of rows in memory, of all files together; null: as the machine has. */
  readonly memory: number | null;
  readonly signal: AbortSignal;
  /** Told who is behind the counts; null: they are only counted. */
  readonly naming: Naming | null;
  progress(file: number, bytes: number): void;
};

export type Naming = {
  /**
   * Called when all was read, before anybody is named.
   *
   * @returns false: the reference has to name them
   */
  start(reads: readonly Pick<ReadCounts, "records" | "invalid">[]): Promise<boolean>;
  add(note: Note): void;
  endByte(): Promise<void>;
  /**
   * @param unusable of each file, rows that name nobody: offset and number by turns; null: more than are held
   * @param repeatedRows were all of them noted?
   */
  end(unusable: readonly (Float64Array | null)[], repeatedRows: boolean): Promise<void>;
};

export type KernelRead = { readonly counts: ReadCounts; readonly finalNewline: boolean };
export type KernelResult = { readonly reads: readonly KernelRead[]; readonly counted: Counted };

export const plainCsv = (table: TableFile): table is CsvFile =>
  "delimiter" in table && "gzip" in table && table.gzip === false;

/** A quarter of the machine for all files together; more waits on the disk. */
const memoryFor = (files: number, asked: number | null): number =>
  Math.min(2 ** 31, Math.floor((asked ?? totalmem() / 4) / files));

/**
 * Compares plain CSV files with the compiled kernel, a thread for each file.
 *
 * @returns null: these files are for the reference, which gives the same counts, or says what is wrong with them
 */
export async function compareByKernel(i: KernelInput): Promise<KernelResult | null> {
  const module =
    THREADS && i.files.length <= MOST_SETS && i.files.every((f) => plainCsv(f.table))
      ? compileKernel()
      : null;
  if (module === null) return null;
  const readings: CsvReading[] = [];
  const stop = (): void => void Promise.all(readings.map((r) => r.close()));
  i.signal.addEventListener("abort", stop, { once: true });
  const limit = gate(availableParallelism());
  try {
    const ends = await Promise.all(
      i.files.map((f, n) =>
        limit(async () => {
          goOn(i.signal);
          const table = f.table as CsvFile;
          const reading = new CsvReading(
            {
              module,
              path: f.path,
              layout: {
                delimiter: table.delimiter,
                columns: table.columns.length,
                idColumn: f.chosen.id,
                attributeColumns: f.chosen.attributes,
                identity: i.identity,
                places: i.naming !== null,
              },
              keys: i.keys,
              most: memoryFor(i.files.length, i.memory),
              temporaryFolder: i.temporaryFolder,
            },
            (bytes) => i.progress(n, bytes),
          );
          readings[n] = reading;
          return reading.read();
        }),
      ),
    );
    if (ends.some((end) => end === null)) return null;
    const { naming } = i;
    if (
      naming !== null &&
      !(await naming.start((await Promise.all(readings.map((r) => r.counts()))).map((c) => c.counts)))
    )
      return null;
    const attributes = i.files[0]?.chosen.attributes.length ?? 0;
    const merge = new MergePeople(module, i.keys, i.identity, readings.length, i.owner, attributes);
    const people = naming && new NamePeople(module, i.keys, i.identity, readings.length, i.owner, attributes);
    let next = Promise.all(readings.map((r) => r.partition(0)));
    for (let p = 0; p < PARTITIONS; p++) {
      goOn(i.signal);
      const parts = await next;
      if (p + 1 < PARTITIONS) next = Promise.all(readings.map((r) => r.partition(p + 1)));
      merge.add(parts.map((p) => p.part));
      people?.add(
        parts.flatMap((p) => p.records ?? []),
        (note) => naming?.add(note),
      );
      await naming?.endByte();
    }
    const counts = await Promise.all(readings.map((r) => r.counts()));
    await naming?.end(
      counts.map((c) => c.unusable),
      people?.crowded !== true,
    );
    return {
      reads: counts.map((c, n) => ({ counts: c.counts, finalNewline: ends[n]?.finalNewline ?? true })),
      counted: countedOf(merge.result(), i.files.length, i.owner, attributes),
    };
  } finally {
    i.signal.removeEventListener("abort", stop);
    await Promise.all(readings.map((r) => r.close()));
  }
}

function countedOf(merged: Merged, files: number, owner: number, attributes: number): Counted {
  const people = (mine: (mask: number) => boolean): number =>
    [...merged.masks].reduce((n, [mask, here]) => (mine(mask) ? n + here : n), 0);
  const has = (mask: number, s: number): boolean => (mask & (1 << s)) !== 0;
  return {
    masks: Object.fromEntries([...merged.masks].map(([mask, n]) => [String(mask), n])),
    perSystem: Object.fromEntries(
      Array.from({ length: files }, (_, s) => [
        String(s),
        {
          missing: people((mask) => has(mask, owner) && !has(mask, s)),
          extra: people((mask) => has(mask, s) && !has(mask, owner)),
          attributes: Object.fromEntries(
            Array.from({ length: attributes }, (_, a) => [innerName(a), merged.agreement[s]?.[a]]),
          ),
        },
      ]),
    ),
  };
}

/** Lets so many run at once. */
function gate(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  let free = most;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (free > 0) free--;
    else await new Promise<void>((go) => waiting.push(go));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free++;
      else next();
    }
  };
}
