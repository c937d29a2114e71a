import { Socket } from "node:net";
import type pg from "pg";
import type { Clock } from "../../core/clock.ts";
import type { PostgresSystem } from "../../core/config.ts";
import { AuditorError } from "../../core/errors.ts";
import type { Instant } from "../../core/model.ts";
import type { TableFile } from "../../systems/files/table-file.ts";
import { connect, disconnect, sever } from "../../systems/postgres/connect.ts";
import { batches } from "../../systems/postgres/cursor.ts";
import { postgresError } from "../../systems/postgres/error.ts";
import { type Look, lookAt } from "../../systems/postgres/look-at.ts";
import { placeOf } from "../../systems/postgres/place.ts";
import { beginSnapshot } from "../../systems/postgres/snapshot.ts";
import { beginsAsQuery } from "../../systems/sql/query.ts";
import { yesNo } from "../../systems/sql/row.ts";

/** A segment of a Postgres system, opened as if it were an export: its columns are known, its rows are not read yet. */
export type SegmentTable = TableFile & {
  readonly segment: {
    readonly sql: string;
    readonly look: Look;
    /** Where it lives and as whom it is read; null: not known. */
    readonly place: string | null;
    /** One more connection, so that whatever happens to it harms no reading. */
    connect(): Promise<Connection>;
  };
};

/** A connection with its one READ ONLY transaction begun. */
export type Connection = {
  readonly client: pg.Client;
  readonly asOf: Instant;
  /** Bytes that the server has sent so far. */
  received(): number;
  close(): Promise<void>;
};

export type SegmentOptions = {
  readonly system: PostgresSystem;
  readonly label: string;
  readonly sql: string;
  readonly dsn: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
};

/**
 * Connects, begins the one READ ONLY transaction of this segment, and asks what the query returns.
 *
 * @throws AuditorError of the connection or of the query; never with the connection string in it
 */
export async function openSegment(o: SegmentOptions): Promise<SegmentTable> {
  if (!beginsAsQuery(o.sql, false))
    throw new AuditorError("refused", o.label, "the SQL is not a query", "begin it with select or with");
  const { client, asOf, close } = await begin(o);
  try {
    const look = await lookAt(client, o.label, o.sql);
    return tableOf(o, client, asOf, look, close);
  } catch (e) {
    await close();
    throw postgresError(o.label, e);
  }
}

async function begin(o: SegmentOptions): Promise<Connection> {
  const client = await connect({
    where: o.label,
    dsn: o.dsn,
    readOnly: true,
    statementTimeoutSeconds: o.system.statementTimeoutSeconds,
  });
  const stop = (): void => sever(client);
  o.signal.addEventListener("abort", stop, { once: true });
  const close = async (): Promise<void> => {
    o.signal.removeEventListener("abort", stop);
    await disconnect(client);
  };
  try {
    const asOf = await beginSnapshot(client, o.clock);
    const { stream } = client.connection;
    return { client, asOf, close, received: () => (stream instanceof Socket ? stream.bytesRead : 0) };
  } catch (e) {
    await close();
    throw postgresError(o.label, e);
  }
}

function tableOf(
  o: SegmentOptions,
  client: pg.Client,
  asOf: TableFile["asOf"],
  look: Look,
  close: () => Promise<void>,
): SegmentTable {
  const attributeOf = new Map(Object.entries(o.system.attributes).map(([name, column]) => [column, name]));
  let end: ReturnType<TableFile["end"]> = null;
  return {
    label: o.label,
    columns: look.columns.map(({ name }) => attributeOf.get(name) ?? name),
    asOf,
    declaredRows: null,
    async *rows() {
      let rows = 0;
      try {
        for await (const batch of batches(client, o.sql)) {
          const booleans = batch.columns.map((c) => c.type === "boolean");
          rows += batch.rows.length;
          yield batch.rows.map((row) =>
            row.map((value, c) => (booleans[c] ? String(yesNo(value) ?? "") : (value ?? ""))),
          );
        }
      } catch (e) {
        throw postgresError(o.label, e);
      }
      end = { rows, footer: true };
    },
    end: () => end,
    close,
    segment: {
      sql: o.sql,
      look,
      place: placeOf(o.dsn),
      connect: () => begin(o),
    },
  };
}
