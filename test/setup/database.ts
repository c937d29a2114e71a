import { randomBytes } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";
import { type Database, openDatabase } from "../../store/database.ts";

/** Store tests run on both: `describe.each(SERVERS)`. */
export const SERVERS = ["embedded", "DATABASE_URL with a lesser role"] as const;
export type ServerName = (typeof SERVERS)[number];

export type TestDatabase = {
  readonly url: string;
  /** Superuser of the same server, for what only tests do. */
  readonly adminUrl: string;
  readonly db: Database;
  /** Closes `db` and drops the database; fails when somebody else still holds a connection to it. */
  drop(): Promise<void>;
};

/** A pool whose last connections may be cut while they still say goodbye: `drop … with (force)` comes right after `end`. */
export function testPool(url: string, max: number): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max });
  pool.on("error", () => undefined);
  return pool;
}

/** Runs one statement as superuser of the test server. */
export async function asAdmin(
  adminUrl: string,
  text: string,
  values: readonly unknown[] = [],
): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text, [...values])).rows;
  } finally {
    await client.end();
  }
}

/**
 * A migrated database of its own, cloned from the run's template (about 50 ms). Its role owns it and nothing else.
 * Needs `globalSetup: test/setup/postgres.ts`.
 *
 * @param server which of the two test servers
 * @param empty true: a database without any table, for tests of the migrations
 */
export async function testDatabase(server: ServerName = "embedded", empty = false): Promise<TestDatabase> {
  const { url: base, adminUrl, template } = inject(server === "embedded" ? "embedded" : "foreign");
  const name = `t_${randomBytes(6).toString("hex")}`;
  const owner = new URL(base).username;
  await asAdmin(
    adminUrl,
    `create database ${name} owner ${owner} template ${empty ? "template0" : template} strategy file_copy`,
  );
  const url = new URL(base);
  url.pathname = name;
  const db = await openDatabase({ url: url.href, applicationName: "plumbline test" });
  return {
    url: url.href,
    adminUrl,
    db,
    async drop() {
      await db.close();
      const leaked = await leftConnections(adminUrl, name);
      await asAdmin(adminUrl, `drop database ${name} with (force)`);
      if (leaked.length > 0)
        throw new Error(
          `leaked connections to the test database: ${leaked.join(", ")}; close every pool before drop()`,
        );
    },
  };
}

/** The server notices a closed connection a moment later, so it gets half a second. */
async function leftConnections(adminUrl: string, name: string): Promise<readonly string[]> {
  let names: readonly string[] = [];
  for (let attempt = 0; attempt < 10; attempt++) {
    const rows = await asAdmin(
      adminUrl,
      "select application_name from pg_stat_activity where datname = $1 order by 1",
      [name],
    );
    names = rows.map((row) => String(row.application_name));
    if (names.length === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return names;
}
