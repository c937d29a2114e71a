import type pg from "pg";
import { NOTHING } from "../core/capabilities.ts";
import type { PostgresSystem, SecretRef } from "../core/config.ts";
import { AuditorError, isKind } from "../core/errors.ts";
import type { Instant, Page, ReadTarget, TargetEnd } from "../core/model.ts";
import type { Collector, Context } from "../core/ports.ts";
import { isLoopback } from "../systems/http/settings.ts";
import { connect, disconnect, hostOf, sever } from "../systems/postgres/connect.ts";
import { batches } from "../systems/postgres/cursor.ts";
import { isLost, postgresError } from "../systems/postgres/error.ts";
import { rightsOf } from "../systems/postgres/rights.ts";
import { fieldsOf, type RowReader, rowReader } from "../systems/postgres/row.ts";
import { beginSnapshot } from "../systems/postgres/snapshot.ts";

/**
 * Reads audiences with SQL, streamed. All targets of a read see one moment: one REPEATABLE READ, READ ONLY transaction.
 * A statement that fails spoils its own target only; a lost connection makes the current one partial and ends the read.
 *
 * Columns by name: `email`, `phone`, `customer_id` (at least one), `id`, `consent`, `consent_at`, `mailable`, `bounced`,
 * `updated_at`; attributes as `attributes` maps them, any other column under its own name.
 */
export function postgresCollector(
  config: PostgresSystem,
  deps: { secret(ref: SecretRef): string },
): Collector {
  const unknownConsent = new Map<string, ReadonlySet<string>>();
  const open = (): Promise<pg.Client> =>
    connect({
      where: config.id,
      dsn: deps.secret(config.dsn),
      readOnly: true,
      statementTimeoutSeconds: config.statementTimeoutSeconds,
    });
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
      const client = await open();
      const onAbort = () => sever(client);
      context.signal.addEventListener("abort", onAbort);
      try {
        stopped(config, context);
        const asOf = await beginSnapshot(client, context.clock).catch((e: unknown) =>
          Promise.reject(failure(config.id, e, context)),
        );
        for (const [index, target] of targets.entries()) {
          const name = target.kind === "base" ? `${config.id}: base` : `${config.id}: ${target.audience}`;
          const lost = yield* readTarget(
            { client, config, name, index, target, asOf, unknownConsent },
            context,
          );
          if (lost) return; // targets without an end are partial
        }
      } finally {
        context.signal.removeEventListener("abort", onAbort);
        await disconnect(client);
      }
    },
    async warnings(context) {
      const client = await open();
      try {
        stopped(config, context);
        const rights = await rightsOf(client);
        const found = [...unknownConsent].flatMap(([name, words]) =>
          words.size === 0
            ? []
            : [`${name}: consent not understood, read as unknown: ${[...words].join(", ")}`],
        );
        if (rights.superuser)
          found.unshift(
            `${config.id}: this role is a superuser and can write everything; use a read-only role`,
          );
        else if (rights.writable > 0)
          found.unshift(
            `${config.id}: this role can write ${rights.writable} tables, ${rights.example} among them; use a read-only role`,
          );
        const host = hostOf(deps.secret(config.dsn));
        if (!rights.encrypted && host !== null && !isLoopback(host))
          found.push(`${config.id}: the connection is not encrypted; add sslmode=verify-full to the dsn`);
        return found;
      } catch (e) {
        throw failure(config.id, e, context);
      } finally {
        await disconnect(client);
      }
    },
    async close() {
      // every read opens and ends its own connection
    },
  };
}

type Reading = {
  readonly client: pg.Client;
  readonly config: PostgresSystem;
  readonly name: string;
  readonly index: number;
  readonly target: ReadTarget;
  readonly asOf: Instant;
  readonly unknownConsent: Map<string, ReadonlySet<string>>;
};

/** @returns true when the connection is gone, so that nothing more can be read */
async function* readTarget(r: Reading, context: Context): AsyncGenerator<Page, boolean> {
  let enumerated = 0;
  let fields: TargetEnd["fields"] = {};
  const end = (coverage: TargetEnd["coverage"], because: string): TargetEnd => ({
    target: r.index,
    coverage,
    declaredTotal: null,
    enumerated,
    because,
    fields,
  });
  try {
    await r.client.query("savepoint target");
    const sql = sqlOf(r);
    let reader: RowReader | null = null;
    for await (const batch of batches(r.client, sql)) {
      reader ??= readerOf(r, batch.columns);
      fields = fieldsOf(batch.columns);
      const { row } = reader;
      const of = [r.index];
      const items = batch.rows.map((values) => row(values, ++enumerated, of));
      yield { items, asOf: r.asOf, ends: [] };
      stopped(r.config, context);
    }
    await r.client.query("release savepoint target");
    yield {
      items: [],
      asOf: r.asOf,
      ends: [end("complete", `the query returned ${enumerated} rows and the server said that it is done`)],
    };
    return false;
  } catch (e) {
    const error = failure(r.name, e, context);
    if (error.kind === "interrupted") throw error;
    context.log.warn("postgres.target_failed", {
      system: r.config.id,
      runId: context.runId,
      target: r.name,
      kind: error.kind,
      read: enumerated,
    });
    const lost = isLost(e);
    yield { items: [], asOf: r.asOf, ends: [end(enumerated > 0 ? "partial" : "unusable", error.message)] };
    if (lost) return true;
    return await r.client.query("rollback to savepoint target").then(
      () => false,
      () => true,
    );
  }
}

function readerOf(r: Reading, columns: Parameters<typeof rowReader>[0]): RowReader {
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

function sqlOf(r: Reading): string {
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
  const bare = sql.replace(/^(\s|--[^\n]*(\n|$)|\/\*[\s\S]*?\*\/|\()+/g, "");
  // begin, commit, set transaction and the like would leave the READ ONLY transaction
  if (!/^(select|with|values|table)\b/i.test(bare))
    throw new AuditorError("refused", r.name, "the SQL is not a query", "begin it with select or with");
  return sql;
}

function opsOf(config: PostgresSystem): Collector["capabilities"]["ops"] {
  const w = config.write;
  return [
    ...(w?.suppress ? (["suppress"] as const) : []),
    ...(w?.membership ? (["remove", "add"] as const) : []),
    ...(w?.attributes ? (["set"] as const) : []),
  ];
}

function stopped(config: PostgresSystem, context: Context): void {
  if (context.signal.aborted)
    throw new AuditorError("interrupted", config.id, "stopped while reading", "run it again");
}

function failure(where: string, e: unknown, context: Context): AuditorError {
  if (context.signal.aborted && !isKind(e, "interrupted"))
    return new AuditorError("interrupted", where, "stopped while reading", "run it again");
  return postgresError(where, e);
}
