import { NOTHING } from "../core/capabilities.ts";
import type { Clock } from "../core/clock.ts";
import type { SqlSystem } from "../core/config.ts";
import { AuditorError, isKind } from "../core/errors.ts";
import type { Instant, Page, ReadTarget, TargetEnd } from "../core/model.ts";
import type { Collector, Context } from "../core/ports.ts";
import { type Column, fieldsOf, type RowReader, rowReader, type TextRow } from "../systems/sql/row.ts";
import { copyOf, openBytes, type SqlCopy } from "./sql-bytes.ts";

/** One connection for one read. */
export type SqlSession = {
  /** Begins the one READ ONLY transaction of the read; answers the moment that it shows. */
  begin(clock: Clock): Promise<Instant>;
  /** Rows of one query as they come; ends only when the server said that it is done, throws otherwise. */
  batches(sql: string): AsyncGenerator<{ columns: readonly Column[]; rows: readonly TextRow[] }>;
  /** Absent: this database has no bytes to give. */
  readonly copy?: SqlCopy;
  /** Around each target, so that one that fails leaves the transaction usable for the next. */
  mark(): Promise<void>;
  unmark(): Promise<void>;
  /** Answers the moment that is shown from now on, where the transaction had to be begun again; null: the same one. */
  backToMark(clock: Clock): Promise<Instant | null>;
  /** What a person should know of these credentials before trusting the reads. */
  warnings(): Promise<readonly string[]>;
  /** Cuts the connection at once. */
  sever(): void;
  end(): Promise<void>;
};
/** A system, how to reach it, and what its last reads did not understand: consent words by target. */
export type SqlPart<S extends SqlSystem = SqlSystem> = {
  readonly config: S;
  readonly database: SqlDatabase;
  readonly unknownConsent: Map<string, ReadonlySet<string>>;
};
export type SqlDatabase = {
  open(): Promise<SqlSession>;
  error(where: string, e: unknown): AuditorError;
  isLost(e: unknown): boolean;
  /** Why this SQL must not be run as a query; null: it may. */
  refusal(sql: string): string | null;
};

/**
 * Reads audiences with SQL, streamed. All targets of a read see one moment: one READ ONLY transaction with a snapshot.
 * A statement that fails spoils its own target only; a lost connection makes the current one partial and ends the read.
 * Where a database has no savepoints, what comes after a failed statement shows a later moment, and says so.
 *
 * Columns by name: `email`, `phone`, `customer_id` (at least one), `id`, `consent`, `consent_at`, `mailable`, `bounced`,
 * `updated_at`; attributes as `attributes` maps them, any other column under its own name.
 */
export function sqlCollector(part: SqlPart): Collector {
  const { config, database, unknownConsent } = part;
  return {
    system: config.id,
    capabilities: {
      ...NOTHING,
      read: "stream",
      write: config.write === null ? "none" : "batch",
      identifiers: ["email", "phone", "customer_id"],
      ops: config.write === null ? [] : opsOf(config),
      baseReadable: config.base !== null,
      consentScope: "global",
    },
    async *read(targets, context): AsyncGenerator<Page> {
      const session = await database.open();
      const onAbort = () => session.sever();
      context.signal.addEventListener("abort", onAbort);
      try {
        stopped(config.id, context);
        const failed = (e: unknown) => Promise.reject(failure(database, config.id, e, context));
        const copy = await copyOf(session, config.id, context).catch(failed);
        let asOf = await session.begin(context.clock).catch(failed);
        for (const [index, target] of targets.entries()) {
          const next = yield* readTarget(readingOf(part, session, copy, index, target, asOf), context);
          if (next === null) return; // targets without an end are partial
          asOf = next;
        }
      } finally {
        context.signal.removeEventListener("abort", onAbort);
        await session.end();
      }
    },
    async warnings(context) {
      const session = await database.open();
      try {
        stopped(config.id, context);
        const consent = [...unknownConsent].flatMap(([name, words]) =>
          words.size === 0
            ? []
            : [`${name}: consent not understood, read as unknown: ${[...words].sort().join(", ")}`],
        );
        return [...(await session.warnings()), ...consent];
      } catch (e) {
        throw failure(database, config.id, e, context);
      } finally {
        await session.end();
      }
    },
    async close() {
      // every read opens and ends its own connection
    },
  };
}

export type Reading = SqlPart & {
  readonly session: SqlSession;
  readonly copy: SqlCopy | null;
  readonly name: string;
  readonly index: number;
  readonly target: ReadTarget;
  readonly asOf: Instant;
};

/** The reading of one target, which has this index among those of the read. */
export function readingOf(
  part: SqlPart,
  session: SqlSession,
  copy: SqlCopy | null,
  index: number,
  target: ReadTarget,
  asOf: Instant,
): Reading {
  const { id } = part.config;
  const name = target.kind === "base" ? `${id}: base` : `${id}: ${target.audience}`;
  return { ...part, session, copy, name, index, target, asOf };
}

/** @returns the moment that the next target will show; null: the connection is gone, so that nothing more can be read */
export async function* readTarget(r: Reading, context: Context): AsyncGenerator<Page, Instant | null> {
  let enumerated = 0;
  let fields: TargetEnd["fields"] = {};
  const end = (coverage: TargetEnd["coverage"], because: string): TargetEnd => ({
    ...wholeOf(r, enumerated, fields),
    coverage,
    because,
  });
  try {
    await r.session.mark();
    const sql = sqlOf(r);
    const bytes = await openBytes(r.copy, sql, r.index, (columns) => readerOf(r, columns), context);
    if (bytes !== null) {
      fields = fieldsOf(bytes.columns);
      for await (const { items, records } of bytes.batches(r.name)) {
        enumerated += items.length + records;
        yield { items, asOf: r.asOf, ends: [], taken: [{ target: r.index, records }] };
        stopped(r.config.id, context);
      }
    }
    let reader: RowReader | null = null;
    for await (const batch of bytes === null ? r.session.batches(sql) : []) {
      reader ??= readerOf(r, batch.columns);
      fields = fieldsOf(batch.columns);
      const { row } = reader;
      const of = [r.index];
      const items = batch.rows.map((values) => row(values, ++enumerated, of));
      yield { items, asOf: r.asOf, ends: [] };
      stopped(r.config.id, context);
    }
    await r.session.unmark();
    yield { items: [], asOf: r.asOf, ends: [wholeOf(r, enumerated, fields)] };
    return r.asOf;
  } catch (e) {
    const error = failure(r.database, r.name, e, context);
    if (error.kind === "interrupted") throw error;
    context.log.warn(`${r.config.kind}.target_failed`, {
      system: r.config.id,
      runId: context.runId,
      target: r.name,
      kind: error.kind,
      read: enumerated,
    });
    const lost = r.database.isLost(e);
    const because = enumerated > 0 ? `${enumerated} rows were read, then: ${error.message}` : error.message;
    yield { items: [], asOf: r.asOf, ends: [end(enumerated > 0 ? "partial" : "unusable", because)] };
    if (lost) return null;
    return await r.session.backToMark(context.clock).then(
      (later) => later ?? r.asOf,
      () => null,
    );
  }
}

/** The end of a target whose rows are all there. */
export const wholeOf = (r: Reading, rows: number, fields: TargetEnd["fields"]): TargetEnd => ({
  target: r.index,
  coverage: "complete",
  declaredTotal: null,
  enumerated: rows,
  because: `the query returned ${rows} rows and the server said that it is done`,
  fields,
});

export function readerOf(r: Reading, columns: readonly Column[]): RowReader {
  const reader = rowReader(columns, r.config.attributes);
  if (reader.identifiers.length === 0) {
    throw new AuditorError(
      "config",
      r.name,
      "the query returns no column email, phone or customer_id",
      "name one so, for example: select mail as email",
    );
  }
  r.unknownConsent.delete(r.name);
  r.unknownConsent.set(r.name, reader.unknownConsent);
  return reader;
}

export function sqlOf(r: Reading): string {
  const sql =
    r.target.kind === "base" ? r.config.base : "sql" in r.target.source ? r.target.source.sql : null;
  if (sql === null) {
    throw r.target.kind === "base"
      ? new AuditorError(
          "unsupported",
          r.name,
          "no query reads every record of this system",
          "add base: to the system",
        )
      : new AuditorError("config", r.name, "this segment is not a query", "use sql");
  }
  const why = r.database.refusal(sql);
  if (why !== null) throw new AuditorError("refused", r.name, why, "begin it with select or with");
  return sql;
}

function opsOf(config: SqlSystem): Collector["capabilities"]["ops"] {
  const w = config.write;
  return [
    ...(w?.suppress ? (["suppress"] as const) : []),
    ...(w?.membership ? (["remove", "add"] as const) : []),
    ...(w?.attributes ? (["set"] as const) : []),
  ];
}

export function stopped(where: string, context: Context): void {
  if (context.signal.aborted)
    throw new AuditorError("interrupted", where, "stopped while reading", "run it again");
}

export function failure(database: SqlDatabase, where: string, e: unknown, context: Context): AuditorError {
  if (context.signal.aborted && !isKind(e, "interrupted"))
    return new AuditorError("interrupted", where, "stopped while reading", "run it again");
  return database.error(where, e);
}
