import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AuditorError, isKind } from "../../core/errors.ts";
import { systemId } from "../../core/model.ts";
import { compareSets } from "../../members/compare-sets.ts";
import { deriveKeys } from "../../members/keys.ts";
import { type MemberSet, openSet } from "../../members/member-set.ts";
import { openTable } from "../../systems/files/table.ts";
import type { TableFile } from "../../systems/files/table-file.ts";
import { buildReport, type FileRead, hasPeople } from "./build-report.ts";
import type { PushInput } from "./by-postgres.ts";
import { type AttributeWish, type Chosen, chooseColumns } from "./columns.ts";
import { temporaryError } from "./disk.ts";
import type { PeopleFiles } from "./people-files.ts";
import { readByKernel } from "./read-by-kernel.ts";
import { goOn, readFile } from "./read-file.ts";
import type { CompareReport } from "./report.ts";
import { type FileState, fileState } from "./unchanged.ts";
import { writePeople } from "./write-people.ts";

export type Source = {
  readonly path: string;
  readonly label: string;
  /** Opens what is no file; absent: the path is a file's. */
  readonly open?: () => Promise<TableFile>;
};

export type CompareOptions = {
  readonly sources: readonly Source[];
  /** Index of the file whose word counts. */
  readonly owner: number;
  readonly id: string | null;
  readonly attributes: readonly AttributeWish[];
  /** Where the people behind the counts go; null: they are only counted. */
  readonly people: PeopleFiles | null;
  /** Bytes of rows in memory, of all files together; null: what suits the machine. More wait in the temporary folder. */
  readonly memory: number | null;
  /** Random bytes that live as long as this run: nothing that is written to disk meanwhile can be read after it. */
  readonly secret: Uint8Array;
  readonly signal: AbortSignal;
  /** Told the bytes of text read so far, roughly, over all files. */
  progress(file: number, bytes: number): void;
  /** How two segments may be compared in the database where they live; absent: everything is read. */
  readonly pushdown?: Pick<PushInput, "told" | "elapsed">;
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
    const table = await (source.open?.() ?? openTable(source.path, source.label));
    return { table, because: null };
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
  const tables = opened.flatMap(({ table }) => table ?? []);
  const quick =
    // one file is compared with nothing, and the reference says so
    opened.length < 2 || tables.length < opened.length
      ? null
      : await readByKernel({ folder, tables, before, columns, identity, keys }, o);
  if (quick !== null) return quick;
  if (o.pushdown !== undefined && o.people === null && readable.length === opened.length) {
    const { pushedReport } = await import("./pushed-report.ts"); // with the driver
    const pushed = await pushedReport({
      ...o.pushdown,
      tables: readable,
      chosen: columns,
      attributes: o.attributes.map((a) => a.name),
      owner: o.owner,
      identity,
      keys,
      temporaryFolder: folder,
      memory: o.memory,
      signal: o.signal,
    });
    if (pushed !== null) return pushed;
  }
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
        memory: o.memory,
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
