import type { IdentifierKind } from "../../core/model.ts";
import type { NamedFile, Naming } from "../../members/kernel/name-people.ts";
import { SealedCopy } from "../../members/kernel/sealed-copy.ts";
import type { Keys } from "../../members/keys.ts";
import type { TableFile } from "../../systems/files/table-file.ts";
import { buildReport, type FileRead, hasPeople } from "./build-report.ts";
import { compareByKernel, isCsv, type KernelRead } from "./by-kernel.ts";
import type { Chosen } from "./columns.ts";
import type { CompareOptions } from "./compare-files.ts";
import { NameByPlace } from "./name-by-place.ts";
import { writeRepeatedRows } from "./repeated-rows.ts";
import type { CompareReport } from "./report.ts";
import { changedError, type FileState, fileState, sameState } from "./unchanged.ts";
import { peopleHeaders } from "./write-people.ts";

export type Opened = {
  readonly folder: string;
  /** Of every source, in their order. */
  readonly tables: readonly TableFile[];
  /** How each file was before it was opened; null: it was not there. */
  readonly before: readonly (FileState | null)[];
  readonly columns: readonly Chosen[];
  readonly identity: IdentifierKind;
  readonly keys: Keys;
};

/**
 * The report of CSV files, with the people behind it where they are asked for.
 *
 * @returns null: the reference reads them, and nobody was named
 * @throws AuditorError transient when a file changed after people were named
 */
export async function readByKernel(i: Opened, o: CompareOptions): Promise<CompareReport | null> {
  const copies: SealedCopy[] = [];
  try {
    return await readWith(i, o, (table) => {
      if (o.people === null || !isCsv(table) || !table.gzip) return null;
      const copy = new SealedCopy(i.folder);
      copies.push(copy);
      return copy;
    });
  } finally {
    for (const copy of copies) copy.close();
  }
}

async function readWith(
  i: Opened,
  o: CompareOptions,
  copyOf: (table: TableFile) => SealedCopy | null,
): Promise<CompareReport | null> {
  const files = i.tables.map((table, f) => ({
    path: o.sources[f]?.path ?? "",
    label: o.sources[f]?.label ?? "",
    table,
    chosen: i.columns[f] as Chosen,
    copy: copyOf(table),
  }));
  const attributes = o.attributes.map((a) => a.name);
  const places = files.flatMap(({ table, ...file }) =>
    isCsv(table) ? [{ ...file, delimiter: table.delimiter }] : [],
  );
  const names =
    o.people === null
      ? null
      : new NameByPlace({
          files: places,
          owner: o.owner,
          attributes,
          people: o.people,
          signal: o.signal,
        });
  let found: readonly NamedFile[] = [];
  const naming: Naming | null = names && {
    async start(reads) {
      const named = reads.every((r) => hasPeople({ size: r.records - r.invalid, records: r.records }));
      if (!named || (await changed(i, o)) !== null) return false;
      await o.people?.start(peopleHeaders(i.identity, attributes));
      return true;
    },
    add: (note) => names.add(note),
    endByte: () => names.endByte(),
    async end(told, repeatedRows) {
      found = repeatedRows ? told : [];
      await names.end();
    },
  };
  const bytes = files.map(() => 0);
  try {
    const result = await compareByKernel({
      files: files.map((file) => ({ ...file, copy: file.copy?.to ?? null })),
      owner: o.owner,
      identity: i.identity,
      keys: i.keys,
      temporaryFolder: i.folder,
      memory: o.memory,
      signal: o.signal,
      naming,
      progress(f, n) {
        bytes[f] = (bytes[f] ?? 0) + n;
        o.progress(f, bytes[f] ?? 0);
      },
    });
    if (result === null || !result.reads.every((r) => hasPeople(r.counts))) return null;
    const reads = files.map(({ label, table, chosen }, f): FileRead => {
      const { counts, finalNewline } = result.reads[f] as KernelRead;
      const end = { rows: counts.records, gzip: isCsv(table) && table.gzip, finalNewline };
      return { label, coverage: "complete", because: null, table, chosen, summary: counts, end };
    });
    if (names !== null && o.people !== null) {
      const input = { ...o, people: o.people, reads, identity: i.identity, keys: i.keys };
      for (const [f, read] of reads.entries()) {
        const written = await names.writeRepeated(f, read.summary?.duplicates ?? 0, found[f] ?? null);
        if (!written) await writeRepeatedRows(input, f);
      }
    }
    const label = await changed(i, o);
    if (label !== null && names !== null) throw changedError(label);
    if (label !== null) return null;
    return buildReport({
      reads,
      owner: o.owner,
      identity: i.identity,
      attributes,
      compared: files.map((_, f) => f),
      comparison: result.counted,
    });
  } finally {
    await names?.close();
  }
}

/**
 * Looked for by name: the kernel opens files once more, and one that changed is for the reference to name.
 *
 * @returns the label of a file that is another than when it was opened
 */
async function changed(i: Opened, o: CompareOptions): Promise<string | null> {
  for (const [f, source] of o.sources.entries()) {
    if (!sameState(await fileState(source.path), i.before[f] ?? null)) return source.label;
  }
  return null;
}
