import { isUtf8 } from "node:buffer";
import type pg from "pg";
import type { Column, TextRow } from "../sql/row.ts";
import { columnsOf } from "./columns.ts";
import { declareCursor } from "./cursor.ts";
import { isDeclined } from "./error.ts";

/** Between two blocks the pages are served. */
const BLOCK_BYTES = 1 << 17;
/** So many looks at a server that has sent nothing since the first of them, and the statement is cancelled. */
const LOOKS = 4;

/**
 * Columns of a query, without running it. Refuses what is not one query, as `batches` does. Needs a transaction, and takes the
 * name `plumbline` in it.
 */
export async function queryColumns(client: pg.Client, sql: string): Promise<readonly Column[]> {
  await declareCursor(client, sql);
  const { fields } = await client.query("fetch forward 0 from plumbline");
  await client.query("close plumbline");
  return columnsOf(fields);
}

/** One row of nothing, empty text, and all that has to be quoted; and what Postgres makes of it. */
const TRIAL = `select null::text as a, ''::text as b, 'c,"d'::text as e, true as f, 1.50::numeric as g`;
const TRIAL_CSV = ',"","c,""d",t,1.50\n';

/**
 * Does this server give the rows of a query with `copy`, and as Postgres writes them? Tried with a query of ours that reads
 * no table, and outside of any transaction: so a no is the server's no to `copy`, hides nothing that it has to say of
 * somebody's query, and spoils nothing.
 */
export async function givesCopies(client: pg.Client): Promise<boolean> {
  const copy = client.query(new CopyOut(`copy (${TRIAL}) to stdout (format csv)`));
  const blocks: Buffer[] = [];
  try {
    for (let block = await copy.next(); block !== null; block = await copy.next()) blocks.push(block);
  } catch (e) {
    if (isDeclined(e)) return false;
    throw e;
  }
  return Buffer.concat(blocks).toString() === TRIAL_CSV;
}

const bare = (sql: string): string => sql.replace(/[\s;]+$/, "");

/**
 * The rows of a query as the server writes them in CSV, some at a time, whole rows only. Ends only when the server said that it
 * is done, throws otherwise. What is not UTF-8 (of a database without an encoding) becomes U+FFFD, as in text.
 *
 * The server's statement timeout would count the time that we take too; so it is off, and a server that sends nothing for as long,
 * while we wait, has its statement cancelled.
 *
 * @param cancel asks the server on another connection to cancel what this one runs
 */
export async function* copyBlocks(
  client: pg.Client,
  sql: string,
  timeoutSeconds: number,
  cancel: () => Promise<void>,
): AsyncGenerator<Buffer> {
  await client.query("set local statement_timeout = 0");
  // a comment at the query's end must not swallow the bracket
  const copy = client.query(new CopyOut(`copy (${bare(sql)}\n) to stdout (format csv)`));
  let seen = -1;
  let looks = 0;
  const watch = setInterval(
    () => {
      looks = copy.waiting && copy.received === seen ? looks + 1 : 0;
      seen = copy.received;
      if (looks === LOOKS) void cancel();
    },
    (timeoutSeconds * 1000) / LOOKS,
  );
  let ended = false;
  try {
    for (let block = await copy.next(); block !== null; block = await copy.next())
      yield isUtf8(block) ? block : Buffer.from(block.toString("utf8"));
    ended = true;
  } finally {
    clearInterval(watch);
    // what is on its way has to be read before the connection can be used again
    if (!ended) copy.forget();
  }
  await client.query(`set local statement_timeout = ${timeoutSeconds * 1000}`);
}

/** A `copy … to stdout` as the driver runs it: rows are gathered into blocks, and nothing more is read while one waits. */
class CopyOut implements pg.Submittable {
  readonly #text: string;
  #connection: pg.Connection | null = null;
  #block = Buffer.allocUnsafe(BLOCK_BYTES * 2);
  #used = 0;
  #end: "done" | Error | null = null;
  #wake: (() => void) | null = null;
  #forgotten = false;
  received = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Is it the server's turn? */
  get waiting(): boolean {
    return this.#wake !== null;
  }

  submit(connection: pg.Connection): void {
    this.#connection = connection;
    connection.stream.cork();
    connection.parse({ name: "", text: this.#text, types: [] }, true);
    connection.bind({}, true);
    connection.execute({}, true);
    connection.sync();
    connection.stream.uncork();
  }

  handleCopyData({ chunk }: { readonly chunk: Buffer }): void {
    if (this.#forgotten) return;
    const needed = this.#used + chunk.length;
    if (needed > this.#block.length) {
      const larger = Buffer.allocUnsafe(needed * 2);
      this.#block.copy(larger, 0, 0, this.#used);
      this.#block = larger;
    }
    this.#block.set(chunk, this.#used);
    this.#used = needed;
    this.received += chunk.length;
    if (needed < BLOCK_BYTES) return;
    this.#connection?.stream.pause();
    this.#tell();
  }

  handleCommandComplete(): void {
    // the end of the statement; that of the exchange follows
  }

  handleReadyForQuery(): void {
    this.#end ??= "done";
    this.#over();
  }

  handleError(error: Error): void {
    this.#end ??= error;
    this.#over();
  }

  /** The end may stand in the bytes that filled a block: whatever comes next on this connection has to be read again. */
  #over(): void {
    this.#connection?.stream.resume();
    this.#tell();
  }

  #tell(): void {
    this.#wake?.();
    this.#wake = null;
  }

  /** The next block; null: the server said that it is done. Rows that came before an error are given first. */
  async next(): Promise<Buffer | null> {
    while (this.#used < BLOCK_BYTES && this.#end === null) {
      const told = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#connection?.stream.resume();
      await told;
    }
    if (this.#used > 0) {
      const block = this.#block.subarray(0, this.#used);
      this.#block = Buffer.allocUnsafe(BLOCK_BYTES * 2);
      this.#used = 0;
      return block;
    }
    if (this.#end instanceof Error) throw this.#end;
    return null;
  }

  /** Reads on without keeping anything. */
  forget(): void {
    this.#forgotten = true;
    this.#connection?.stream.resume();
  }
}

const QUOTE = 34;
const COMMA = 44;
const NEWLINE = 10;

/** Whole rows of the server's CSV as text: nothing between two commas is null, two quotes are empty text. */
export function rowsOfCopy(bytes: Buffer): TextRow[] {
  const rows: TextRow[] = [];
  let row: (string | null)[] = [];
  for (let at = 0; at < bytes.length; ) {
    let end = at;
    if (bytes[at] === QUOTE) {
      end = bytes.indexOf(QUOTE, at + 1);
      while (bytes[end + 1] === QUOTE) end = bytes.indexOf(QUOTE, end + 2);
      row.push(bytes.toString("utf8", at + 1, end).replaceAll('""', '"'));
      end++;
    } else {
      while (bytes[end] !== COMMA && bytes[end] !== NEWLINE) end++;
      row.push(end === at ? null : bytes.toString("utf8", at, end));
    }
    if (bytes[end] === NEWLINE) {
      rows.push(row);
      row = [];
    }
    at = end + 1;
  }
  return rows;
}
