import { availableParallelism, totalmem } from "node:os";
import type { IdentifierKind } from "../../core/model.ts";
import { THREADS } from "../../members/kernel/compare-crew.ts";
import { compareCsv } from "../../members/kernel/compare-csv.ts";
import { estimatePackedRows, estimateRows } from "../../members/kernel/estimate-rows.ts";
import { compileKernel, SHARED_KERNEL_FILE } from "../../members/kernel/instance.ts";
import { type Merged, MOST_SETS } from "../../members/kernel/merge-result.ts";
import type { Naming } from "../../members/kernel/name-people.ts";
import type { CopyTo } from "../../members/kernel/sealed-copy.ts";
import type { WasmModule } from "../../members/kernel/wasm.ts";
import type { Keys } from "../../members/keys.ts";
import type { CsvFile } from "../../systems/files/csv.ts";
import type { TableFile } from "../../systems/files/table-file.ts";
import type { Counted, ReadCounts } from "./build-report.ts";
import type { Chosen } from "./columns.ts";
import { innerName } from "./read-file.ts";

export type KernelInput = {
  readonly files: readonly {
    readonly path: string;
    readonly table: TableFile;
    readonly chosen: Chosen;
    /** Where the text of a gzip file goes, if people are to be named; null: nowhere. */
    readonly copy: CopyTo | null;
  }[];
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

export type KernelRead = { readonly counts: ReadCounts; readonly finalNewline: boolean };
export type KernelResult = { readonly reads: readonly KernelRead[]; readonly counted: Counted };

export const isCsv = (table: TableFile): table is CsvFile => "delimiter" in table && "gzip" in table;

/**
 * Rows in memory, of all files together; more wait on the disk. 2 × 10 million rows with four attributes fit, and a comparison of
 * any size stays below 1 GB.
 */
const MOST_BYTES = 800 * 2 ** 20;
const memoryFor = (asked: number | null): number => asked ?? Math.min(MOST_BYTES, Math.floor(totalmem() / 4));

/** With threads where there are any; null: there is no kernel here, or it cannot run. */
function choose(): { readonly module: WasmModule; readonly threads: number } | null {
  const shared = THREADS && "SharedArrayBuffer" in globalThis ? compileKernel(SHARED_KERNEL_FILE) : null;
  if (shared !== null) return { module: shared, threads: availableParallelism() };
  const module = compileKernel();
  return module === null ? null : { module, threads: 0 };
}

/**
 * Compares CSV files with the compiled kernel.
 *
 * @returns null: these files are for the reference, which gives the same counts, or says what is wrong with them
 */
export async function compareByKernel(i: KernelInput): Promise<KernelResult | null> {
  const csv = i.files.flatMap(({ table, ...file }) => (isCsv(table) ? [{ ...file, table }] : []));
  const kernel = csv.length === i.files.length && csv.length <= MOST_SETS ? choose() : null;
  if (kernel === null) return null;
  const compared = await compareCsv({
    ...kernel,
    sources: csv.map(({ path, table, chosen, copy }) => ({
      path,
      gzip: table.gzip,
      copy,
      rows: table.gzip ? estimatePackedRows(path) : estimateRows(path),
      layout: {
        delimiter: table.delimiter,
        columns: table.columns.length,
        idColumn: chosen.id,
        attributeColumns: chosen.attributes,
        identity: i.identity,
        places: i.naming !== null,
      },
    })),
    owner: i.owner,
    identity: i.identity,
    keys: i.keys,
    most: memoryFor(i.memory),
    temporaryFolder: i.temporaryFolder,
    signal: i.signal,
    naming: i.naming,
    onBytes: i.progress,
  });
  if (compared === null) return null;
  return {
    reads: compared.files,
    counted: countedOf(compared.merged, i.files.length, i.owner, i.files[0]?.chosen.attributes.length ?? 0),
  };
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
