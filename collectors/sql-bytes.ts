import { AuditorError } from "../core/errors.ts";
import type { MemberRow } from "../core/model.ts";
import type { Context } from "../core/ports.ts";
import type { RawRows } from "../core/row-plan.ts";
import type { Column, RowReader, TextRow } from "../systems/sql/row.ts";

/** How a database gives the rows of a query as bytes. */
export type SqlCopy = {
  /**
   * Does this database give them? Asked once a read, before its transaction; what it does not give comes as text.
   *
   * @param told hears of a database that does not, once while this process lives
   */
  given(told: () => void): Promise<boolean>;
  /** Columns of a query, which is refused here if it may not be run. */
  columns(sql: string): Promise<readonly Column[]>;
  /** Its rows as CSV without a header, null as an empty field without quotes; whole rows. Ends and throws as `batches`. */
  blocks(sql: string): AsyncGenerator<Buffer>;
  /** The rows of a block as text. */
  rows(block: Buffer): readonly TextRow[];
};

/** Rows of one block: those that came as objects, and how many went in as bytes. */
type Batch = { readonly items: readonly MemberRow[]; readonly records: number };
type Bytes = { readonly columns: readonly Column[]; batches(where: string): AsyncGenerator<Batch> };

/** How the rows of this read come as bytes; null: they come as text. */
export async function copyOf(
  session: { readonly copy?: SqlCopy },
  system: string,
  context: Context,
): Promise<SqlCopy | null> {
  return context.intake === undefined ? null : await givenCopy(session, system, context);
}

/** null: the database does not give rows as bytes, which is logged once. */
export async function givenCopy(
  { copy }: { readonly copy?: SqlCopy },
  system: string,
  context: Context,
): Promise<SqlCopy | null> {
  const told = () =>
    context.log.info("database.no_copy", {
      system,
      runId: context.runId,
      because: "the server does not give rows through COPY; they are read through a cursor",
    });
  return copy !== undefined && (await copy.given(told)) ? copy : null;
}

/**
 * A query whose rows the context's intake takes as bytes; null: they have to come as text.
 *
 * @param readerOf throws for columns that cannot be read
 */
export async function openBytes(
  copy: SqlCopy | null,
  sql: string,
  target: number,
  readerOf: (columns: readonly Column[]) => RowReader,
  context: Context,
): Promise<Bytes | null> {
  if (copy === null || context.intake === undefined) return null;
  const columns = await copy.columns(sql);
  // of one column alone, a row of nothing is an empty line
  if (columns.length < 2) return null;
  const reader = readerOf(columns);
  const rows = context.intake.open({
    plan: reader.plan,
    columns: columns.length,
    delimiter: ",",
    header: false,
    bareIsNull: true,
    targets: [{ index: target, where: null }],
  });
  if (rows === null) return null;
  return { columns, batches: (where) => batches(copy, sql, target, reader, rows, where) };
}

async function* batches(
  copy: SqlCopy,
  sql: string,
  target: number,
  reader: RowReader,
  rows: RawRows,
  where: string,
): AsyncGenerator<Batch> {
  const of = [target];
  let n = 0;
  try {
    for await (const block of copy.blocks(sql)) {
      const taken = rows.take(block, false);
      if (taken === null) {
        // a block too large for it
        const items = copy.rows(block).map((values) => reader.row(values, ++n, of));
        yield { items, records: 0 };
        continue;
      }
      if (taken.bytes !== block.length)
        throw new AuditorError("bad_data", where, "the server sent half a row", "try again");
      n += taken.rows;
      yield { items: [], records: taken.rows };
    }
  } finally {
    rows.close();
  }
}
