import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AuditorError, isKind } from "../../core/errors.ts";
import { type IdentifierKind, systemId } from "../../core/model.ts";
import { compareSets } from "../../members/compare-sets.ts";
import { deriveKeys, type Keys } from "../../members/keys.ts";
import { type MemberSet, openSet } from "../../members/member-set.ts";
import { openTable } from "../../systems/files/table.ts";
import type { TableFile } from "../../systems/files/table-file.ts";
import { buildReport, type FileRead } from "./build-report.ts";
import { compareByKernel, type KernelRead } from "./by-kernel.ts";
import { type AttributeWish, type Chosen, chooseColumns } from "./columns.ts";
import { temporaryError } from "./disk.ts";
import type { PeopleFiles } from "./people-files.ts";
import { goOn, readFile } from "./read-file.ts";
import type { CompareReport } from "./report.ts";
import { type FileState, fileState, sameState } from "./unchanged.ts";
import { writePeople } from "./write-people.ts";

export type Source = { readonly path: string; readonly label: string };

export type CompareOptions = {
  readonly sources: readonly Source[];
  /** Index of the file whose word counts. */
  readonly owner: number;
  readonly id: string | null;
  readonly attributes: readonly AttributeWish[];
  /** Where the people behind the counts go; null: they are only counted. */
  readonly people: PeopleFiles | null;
  /** Random bytes that live as long as this run: nothing that is written to disk meanwhile can be read after it. */
  readonly secret: Uint8Array;
  readonly signal: AbortSignal;
  /** Told the bytes of text read so far, roughly, over all files. */
  progress(file: number, bytes: number): void;
};

type Opened =
  | { readonly table: TableFile; readonly because: null }
  | { readonly table: null; readonly because: string };

/**
 * Compares files person by person. A file that cannot be read to its end is reported and not compared.
 *
 * @throws AuditorError not_found or auth when a file is not there or may not be read; config when a column is not;
 *   interrupted; nothing of what was read stays on the disk
 */
export async function compareFiles(o: CompareOptions): Promise<CompareReport> {
  const folder = await temporaryFolder();
  const opened: Opened[] = [];
  try {
    const before = await Promise.all(o.sources.map((source) => fileState(source.path)));
    for (const source of o.sources) opened.push(await openOne(source));
    return await compareIn(folder, opened, before, o);
  } catch (error) {
    throw temporaryError(error);
  } finally {
    for (const { table } of opened) await table?.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function temporaryFolder(): Promise<string> {
  try {
    return await mkdtemp(join(tmpdir(), "plumbline-compare-"));
  } catch (error) {
    throw temporaryError(error);
  }
}

async function openOne(source: Source): Promise<Opened> {
  try {
    return { table: await openTable(source.path, source.label), because: null };
  } catch (error) {
    if (isKind(error, "bad_data")) return { table: null, because: error.message };
    throw error;
  }
}

async function compareIn(
  folder: string,
  opened: readonly Opened[],
  before: readonly (FileState | null)[],
  o: CompareOptions,
): Promise<CompareReport> {
  const readable = opened.flatMap(({ table }) => (table === null ? [] : [table]));
  const { identity, columns } = chooseColumns(readable, o.id, o.attributes);
  const keys = deriveKeys(o.secret);
  const quick = await readByKernel(folder, opened, columns, identity, keys, o);
  if (quick !== null && (await areUnchanged(o.sources, before))) return quick;
  const reads: FileRead[] = [];
  for (const [f, { table, because }] of opened.entries()) {
    const label = o.sources[f]?.label ?? "";
    if (table === null) {
      reads.push({
        label,
        coverage: "unusable",
        because,
        table: null,
        chosen: null,
        summary: null,
        end: null,
      });
      continue;
    }
    const chosen = columns[readable.indexOf(table)] as Chosen;
    try {
      let bytes = 0;
      const summary = await readFile(table, chosen, {
        identity,
        keys,
        setFile: join(folder, `${f}.pls`),
        spoolFile: o.people === null ? null : join(folder, `${f}.spool`),
        temporaryFolder: folder,
        signal: o.signal,
        read(n) {
          bytes += n;
          o.progress(f, bytes);
        },
      });
      reads.push({ label, coverage: "complete", because: null, table, chosen, summary, end: table.end() });
    } catch (error) {
      if (!(error instanceof AuditorError) || !isKind(error, "bad_data", "transient")) throw error;
      reads.push({
        label,
        coverage: "partial",
        because: error.message,
        table,
        chosen,
        summary: null,
        end: null,
      });
    }
    await table.close();
  }
  const compared = reads.flatMap((r, f) => (r.summary !== null && hasPeople(r.summary) ? [f] : []));
  const enough = compared.includes(o.owner) && compared.length > 1;
  const sets: MemberSet[] = [];
  try {
    if (enough) for (const f of compared) sets.push(await openSet(join(folder, `${f}.pls`)));
    const comparison = enough
      ? await compareSets({
          purpose: "lifecycle",
          owner: systemId(String(o.owner)),
          segments: compared.map((f, s) => ({
            system: systemId(String(f)),
            set: sets[s] as MemberSet,
            base: null,
            where: null,
          })),
          excluded: [],
          keys,
        })
      : null;
    goOn(o.signal);
    const attributes = o.attributes.map((a) => a.name);
    if (o.people !== null && enough) {
      await writePeople({
        attributes,
        reads,
        sources: o.sources,
        compared,
        owner: o.owner,
        sets,
        folder,
        identity,
        keys,
        people: o.people,
        signal: o.signal,
      });
    }
    return buildReport({ reads, owner: o.owner, identity, attributes, compared, comparison });
  } finally {
    for (const set of sets) await set.close();
  }
}

/** By their names: the kernel opens them once more, and one that changed is for the reference to name. */
async function areUnchanged(
  sources: readonly Source[],
  before: readonly (FileState | null)[],
): Promise<boolean> {
  const after = await Promise.all(sources.map((source) => fileState(source.path)));
  return after.every((state, f) => sameState(state, before[f] ?? null));
}

/** The report of plain files, when nobody behind the counts is to be named; null: the reference reads them. */
async function readByKernel(
  folder: string,
  opened: readonly Opened[],
  columns: readonly Chosen[],
  identity: IdentifierKind,
  keys: Keys,
  o: CompareOptions,
): Promise<CompareReport | null> {
  if (o.people !== null || opened.some((f) => f.table === null)) return null;
  const files = opened.flatMap(({ table }, f) =>
    table === null
      ? []
      : [
          {
            path: o.sources[f]?.path ?? "",
            label: o.sources[f]?.label ?? "",
            table,
            chosen: columns[f] as Chosen,
          },
        ],
  );
  const bytes = files.map(() => 0);
  const result = await compareByKernel({
    files,
    owner: o.owner,
    identity,
    keys,
    temporaryFolder: folder,
    signal: o.signal,
    progress(f, n) {
      bytes[f] = (bytes[f] ?? 0) + n;
      o.progress(f, bytes[f] ?? 0);
    },
  });
  if (result === null || !result.reads.every((r) => hasPeople(r.counts))) return null;
  return buildReport({
    reads: files.map(({ label, table, chosen }, f): FileRead => {
      const { counts, finalNewline } = result.reads[f] as KernelRead;
      const end = { rows: counts.records, gzip: false, finalNewline };
      return { label, coverage: "complete", because: null, table, chosen, summary: counts, end };
    }),
    owner: o.owner,
    identity,
    attributes: o.attributes.map((a) => a.name),
    compared: files.map((_, f) => f),
    comparison: result.counted,
  });
}

/** A list without rows is empty; a list with rows of which none names anybody was not understood. */
const hasPeople = (s: { size: number; records: number }): boolean => s.size > 0 || s.records === 0;
