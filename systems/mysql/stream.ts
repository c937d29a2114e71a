import type { FieldPacket } from "mysql2";
import { AuditorError } from "../../core/errors.ts";
import type { Column, TextRow } from "../sql/row.ts";
import { type Decoder, decoder } from "./columns.ts";
import { type Client, killStatement, sever, socketOf } from "./connect.ts";

/** Rows a batch. 5,000 rows of a handful of columns are about a megabyte. */
export const BATCH = 5_000;
export type Batch = { readonly columns: readonly Column[]; readonly rows: readonly TextRow[] };

/** MariaDB's LIMIT ROWS EXAMINED ends an answer early, with no more than this warning. */
const CUT_SHORT = "1931";

/**
 * The rows of one query, a batch at a time as they arrive; the last batch is shorter than `size`, down to none. Ends only
 * when the server says that this was the last row, throws otherwise.
 *
 * The server's own statement limit would also count the time that we take between batches (seen with MariaDB 10.11), so
 * each batch is timed here and a statement that is too slow is ended through a second connection.
 */
export async function* batches(client: Client, sql: string, size: number = BATCH): AsyncGenerator<Batch> {
  const stream = client.connection.query({ sql, rowsAsArray: true }).stream({ highWaterMark: size });
  let decode: Decoder | null = null;
  stream.on("fields", (fields: FieldPacket[] | undefined) => {
    if (Array.isArray(fields)) decode = decoder(fields);
  });
  // the driver tells a lost connection to callbacks only: a stream would wait for ever
  const socket = socketOf(client.connection);
  const onClose = () => stream.destroy(new Error("connection lost"));
  socket?.once("close", onClose);
  const watch = watcher(client);
  try {
    let rows: TextRow[] = [];
    watch.start();
    for await (const row of stream) {
      const known = decode as Decoder | null;
      if (known === null || !Array.isArray(row)) break;
      rows.push(known.row(row));
      if (rows.length < size) continue;
      watch.stop();
      yield { columns: known.columns, rows };
      rows = [];
      watch.start();
    }
    watch.stop();
    const known = decode as Decoder | null;
    if (known === null)
      throw new AuditorError("config", client.where, "the query returns no rows", "write it as a select");
    await proveWhole(client);
    yield { columns: known.columns, rows };
  } finally {
    watch.stop();
    socket?.off("close", onClose);
    stream.destroy();
  }
}

/** Times the server's part of the work, and ends the statement when it takes too long. */
function watcher(client: Client): { start(): void; stop(): void } {
  let timer: NodeJS.Timeout | null = null;
  return {
    start() {
      timer = setTimeout(() => {
        // if even that cannot be asked for, the read must not hang
        killStatement(client).catch(() => sever(client));
      }, client.limitMs);
      timer.unref();
    },
    stop() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
  };
}

async function proveWhole(client: Client): Promise<void> {
  const [rows] = await client.connection.promise().query("show warnings");
  const codes = Array.isArray(rows) ? rows.map((r: unknown) => (Array.isArray(r) ? String(r[1]) : "")) : [];
  if (codes.includes(CUT_SHORT))
    throw new AuditorError(
      "config",
      client.where,
      "the server cut the answer short (LIMIT ROWS EXAMINED)",
      "take that clause out of the SQL",
    );
}
