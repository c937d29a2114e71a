/** Servers that speak Postgres' protocol and lack some of what Postgres has: a proxy before a real one. */
import { createServer, type Socket, connect as toServer } from "node:net";

/**
 * What the real server is given instead. By SQLSTATE, a statement that it refuses so: transactions are spoilt as by the real
 * thing.
 */
const INSTEAD = {
  "0A000": "create assertion plumbline check (true)",
  "42501": "select rolpassword from pg_authid",
  "42601": "not a statement",
  "42704": "set not_a_parameter = 1",
  "42883": "select not_a_function()",
  /** What is true is written in another way. */
  otherwise: "copy (select null, '', 'c,\"d', 'true', 1.50) to stdout (format csv)",
} as const;
export type How = keyof typeof INSTEAD;
/** How a server refuses a statement; null: it does not. */
export type Lacks = (sql: string) => How | null;

export const copies =
  (how: How): Lacks =>
  (sql) =>
    /^copy\b/i.test(sql) ? how : null;

/** No more than Amazon Redshift's documentation names. @see docs/systems/postgres.md */
export const likeRedshift: Lacks = (sql) => {
  if (/^copy\b|^explain \(|\bno scroll\b/i.test(sql)) return "42601";
  if (/\bsavepoint\b/i.test(sql)) return "0A000";
  if (/cursor_tuple_fraction|intervalstyle|default_transaction_read_only/i.test(sql)) return "42704";
  if (/clock_timestamp|pg_is_in_recovery|pg_stat_ssl|has_schema_privilege/i.test(sql)) return "42883";
  return Number(/^fetch forward (\d+)/i.exec(sql)?.[1] ?? 0) > 1000 ? "0A000" : null;
};

export type LesserServer = {
  readonly url: string;
  /** Statements that it refused, in order. */
  readonly refused: string[];
  /** Names of the parameters with which connections began. */
  readonly parameters: Set<string>;
  close(): Promise<void>;
};

export async function lesserServer(behind: string, lacks: Lacks): Promise<LesserServer> {
  const { hostname, port } = new URL(behind);
  const refused: string[] = [];
  const parameters = new Set<string>();
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const real = toServer(Number(port), hostname);
    for (const socket of [client, real]) {
      open.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        open.delete(socket);
        client.destroy();
        real.destroy();
      });
    }
    real.pipe(client);
    let rest: Buffer = Buffer.alloc(0);
    let begun = false;
    client.on("data", (bytes) => {
      rest = Buffer.concat([rest, Buffer.from(bytes)]);
      // only the first message has no letter before its length
      for (let at = begun ? 1 : 0; rest.length >= at + 4; at = 1) {
        const end = at + rest.readInt32BE(at);
        if (rest.length < end) return;
        const message = rest.subarray(0, end);
        rest = rest.subarray(end);
        if (!begun) {
          const texts = message.toString("utf8", 8).split("\0");
          for (let i = 0; i < texts.length; i += 2) parameters.add(texts[i] ?? "");
        }
        real.write(begun ? passed(message, lacks, refused) : message);
        begun = true;
      }
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a listening server has a port");
  const url = new URL(behind);
  url.host = `127.0.0.1:${address.port}`;
  return {
    url: url.href,
    refused,
    parameters,
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}

/** A message as the server shall see it. @see https://www.postgresql.org/docs/current/protocol-message-formats.html */
function passed(message: Buffer, lacks: Lacks, refused: string[]): Buffer {
  const kind = String.fromCharCode(message[0] ?? 0);
  if (kind !== "Q" && kind !== "P") return message;
  const from = kind === "Q" ? 5 : message.indexOf(0, 5) + 1;
  const to = message.indexOf(0, from);
  const sql = message.toString("utf8", from, to);
  const how = lacks(sql);
  if (how === null) return message;
  refused.push(sql);
  // a statement without parameters
  const tail = kind === "Q" ? Buffer.from([0]) : Buffer.from([0, 0, 0]);
  const body = Buffer.concat([message.subarray(5, from), Buffer.from(INSTEAD[how]), tail]);
  const head = Buffer.from([message[0] ?? 0, 0, 0, 0, 0]);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}
