import { NOTHING } from "../core/capabilities.ts";
import { nowOf } from "../core/clock.ts";
import type { FilesSystem } from "../core/config.ts";
import { AuditorError } from "../core/errors.ts";
import type { Coverage, MemberRow, Page, ReadTarget, TargetEnd } from "../core/model.ts";
import type { Collector, Context } from "../core/ports.ts";
import type { RowPlan, Taken } from "../core/row-plan.ts";
import { columnNamed } from "../systems/files/columns.ts";
import { FieldTypes } from "../systems/files/field-types.ts";
import { pathInside, realFolder } from "../systems/files/inside.ts";
import { rowReader } from "../systems/files/row.ts";
import { openTable, proofOf } from "../systems/files/table.ts";
import type { TableFile } from "../systems/files/table-file.ts";

/**
 * Reads a folder of CSV, CSV.gz or Parquet exports. The truth of a file is as old as its last change: an export that is not
 * renewed is a stale copy. A file that several targets name is read once. What is wrong with one file spoils the
 * targets of that file only.
 *
 * Complete means: the end of the file was reached, every line has all its fields, the gzip checksum is right (of
 * Parquet: as many rows as its footer says), and the file did not change meanwhile.
 */
export function filesCollector(config: FilesSystem, deps: { configFolder: string }): Collector {
  const unknownConsent = new Map<string, ReadonlySet<string>>();
  return {
    system: config.id,
    capabilities: {
      ...NOTHING,
      read: "export",
      write: "none",
      identifiers: ["email", "phone", "customer_id"],
      ops: [],
      baseReadable: config.base !== null,
      cannot: ["exports are read, never written: repair at their source"],
    },
    async *read(targets, context): AsyncGenerator<Page> {
      const folder = await realFolder(config.folder, deps.configFolder, config.id);
      for (const [file, asked] of byFile(targets, config)) {
        stopped(config, context);
        if (file === null) {
          yield {
            items: [],
            asOf: nowOf(context.clock),
            ends: asked.map((a) =>
              unusable(
                a.index,
                a.target.kind === "base"
                  ? "no `base` file is configured"
                  : "a files system reads `file`, this segment names something else",
              ),
            ),
          };
          continue;
        }
        yield* readFile({ config, folder, file, asked, unknownConsent }, context);
      }
    },
    async warnings() {
      return [...unknownConsent].flatMap(([file, words]) =>
        words.size === 0
          ? []
          : [`${config.id}/${file}: consent not understood, read as unknown: ${[...words].join(", ")}`],
      );
    },
    async close() {
      // every read opens and closes its own files
    },
  };
}

type Asked = {
  readonly index: number;
  readonly target: ReadTarget;
  readonly filter: Readonly<Record<string, readonly string[]>>;
};

type Reading = {
  readonly config: FilesSystem;
  readonly folder: string;
  readonly file: string;
  readonly asked: readonly Asked[];
  readonly unknownConsent: Map<string, ReadonlySet<string>>;
};

/** One target of an open file. */
type Sink = {
  readonly index: number;
  readonly tests: readonly { readonly at: number; readonly values: ReadonlySet<string> }[];
  enumerated: number;
};

function byFile(targets: readonly ReadTarget[], config: FilesSystem): Map<string | null, Asked[]> {
  const files = new Map<string | null, Asked[]>();
  for (const [index, target] of targets.entries()) {
    const source =
      target.kind === "base"
        ? config.base === null
          ? null
          : { file: config.base }
        : "file" in target.source
          ? target.source
          : null;
    const filter = source !== null && "filter" in source ? (source.filter ?? {}) : {};
    const file = source?.file ?? null;
    files.set(file, [...(files.get(file) ?? []), { index, target, filter }]);
  }
  return files;
}

const stopped = (config: FilesSystem, context: Context): void => {
  if (context.signal.aborted)
    throw new AuditorError("interrupted", config.id, "the read was interrupted", "run it again");
};

const end = (
  target: number,
  coverage: Coverage,
  enumerated: number,
  because: string,
  fields: TargetEnd["fields"] = {},
): TargetEnd => ({ target, coverage, declaredTotal: null, enumerated, because, fields });

const unusable = (target: number, because: string): TargetEnd => end(target, "unusable", 0, because);

async function* readFile(r: Reading, context: Context): AsyncGenerator<Page> {
  const label = `${r.config.id}/${r.file}`;
  let table: TableFile | null = null;
  let types: FieldTypes | null = null;
  let sinks: Sink[] = [];
  try {
    table = await openTable(await pathInside(r.folder, r.file, label), label);
    const { columns, asOf, declaredRows: total } = table;
    const reader = rowReader(columns, r.config, label);
    r.unknownConsent.set(r.file, reader.unknownConsent);
    types = new FieldTypes(columns);
    const { open, ends } = sinksOf(r.asked, columns, label);
    sinks = open;
    if (ends.length > 0) yield { items: [], asOf, ends };
    const of = ofLists();
    let n = 0;
    for await (const taken of takenOf(table, reader.plan, types, sinks, context)) {
      stopped(r.config, context);
      n += taken.rows;
      yield { items: [], asOf, ends: [], taken: sinks.map((s, i) => countTaken(s, taken.records[i] ?? 0)) };
    }
    for await (const batch of table.rows()) {
      stopped(r.config, context);
      const items: MemberRow[] = [];
      for (const fields of batch) {
        types.note(fields);
        const belongs = of(sinks, fields);
        n++;
        if (belongs.length > 0) items.push(reader.row(fields, n, belongs));
      }
      yield { items, asOf, ends: [] };
    }
    const shown = table.end();
    const because = `${label} read to its end${shown === null ? "" : `: ${proofOf(shown)}`}`;
    const fields = types.result();
    yield {
      items: [],
      asOf,
      ends: sinks.map((s) => ({
        ...end(s.index, "complete", s.enumerated, because, fields),
        // of a filtered segment nothing declares a total
        declaredTotal: s.tests.length === 0 ? total : null,
      })),
    };
  } catch (error) {
    if (!(error instanceof AuditorError) || error.kind === "interrupted") throw error;
    context.log.warn("files.read", { system: r.config.id, kind: error.kind, message: error.message });
    const asOf = table?.asOf ?? nowOf(context.clock);
    const fields = types?.result() ?? {};
    const ends =
      types !== null
        ? sinks.map((s) => end(s.index, "partial", s.enumerated, error.message, fields))
        : r.asked.map((a) => unusable(a.index, error.message));
    yield { items: [], asOf, ends };
  } finally {
    await table?.close();
  }
}

/** What of the file goes straight to the context's intake: from its beginning up to the first block that is refused. */
async function* takenOf(
  table: TableFile,
  plan: RowPlan,
  types: FieldTypes,
  sinks: readonly Sink[],
  context: Context,
): AsyncGenerator<Taken> {
  if (table.bytes === undefined || context.intake === undefined || sinks.length === 0) return;
  const rows = context.intake.open({
    plan,
    columns: table.columns.length,
    delimiter: table.bytes.delimiter,
    header: true,
    bareIsNull: false,
    targets: sinks.map((s) => ({
      index: s.index,
      where:
        s.tests.length === 0
          ? null
          : { columns: s.tests.map((t) => t.at), fits: (fields) => fitsAll(s, fields) },
    })),
    notes: { columns: types.open, note: (column, text) => types.noteField(column, text) },
  });
  if (rows === null) return;
  try {
    yield* table.bytes.give((bytes, last) => rows.take(bytes, last));
  } finally {
    rows.close();
  }
}

function countTaken(sink: Sink, records: number): { target: number; records: number } {
  sink.enumerated += records;
  return { target: sink.index, records };
}

const fitsAll = (sink: Sink, fields: readonly (string | null)[]): boolean =>
  sink.tests.every((t) => t.values.has((fields[t.at] ?? "").trim()));

/** The targets that can be read from these columns, and an end for those whose filter names a column that is not there. */
function sinksOf(
  asked: readonly Asked[],
  columns: readonly string[],
  label: string,
): { open: Sink[]; ends: TargetEnd[] } {
  const open: Sink[] = [];
  const ends: TargetEnd[] = [];
  for (const { index, filter } of asked) {
    const tests = Object.entries(filter).map(([name, values]) => ({
      name,
      at: columnNamed(columns, name),
      values: new Set(values.map((v) => v.trim())),
    }));
    const gone = tests.find((t) => t.at < 0);
    if (gone)
      ends.push(
        unusable(
          index,
          `${label}: the filter names column “${gone.name}”, which is not there → correct the filter or the export`,
        ),
      );
    else open.push({ index, tests, enumerated: 0 });
  }
  return { open, ends };
}

/** Which targets a record belongs to; equal lists are one array, so that a million rows share a few. */
function ofLists(): (sinks: readonly Sink[], fields: readonly string[]) => readonly number[] {
  const known = new Map<string, readonly number[]>();
  return (sinks, fields) => {
    const only = sinks.length === 1 ? sinks[0] : undefined;
    let list: readonly number[];
    if (only !== undefined && only.tests.length === 0) {
      list = known.get("") ?? [only.index];
      known.set("", list);
      only.enumerated++;
      return list;
    }
    const fits = sinks.filter((s) => fitsAll(s, fields));
    for (const s of fits) s.enumerated++;
    list = fits.map((s) => s.index);
    const name = list.join();
    const before = known.get(name);
    if (before === undefined) known.set(name, list);
    return before ?? list;
  };
}
