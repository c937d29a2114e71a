import { randomBytes } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";
import { type Database, openDatabase } from "../../store/database.ts";
import { grantRole } from "../../store/grant-role.ts";

/** Store tests run on both: `describe.each(SERVERS)`. */
export const SERVERS = ["embedded", "DATABASE_URL with a lesser role"] as const;
export type ServerName = (typeof SERVERS)[number];

/** `owner`: one role does everything. `lesser`: as in production, migrations have a role of their own. */
export type TestRole = "owner" | "lesser";

/** PLUMBLINE_TEST_ROLE=lesser runs every test that does not say otherwise as the lesser role. */
const usualRole = (): TestRole => (process.env.PLUMBLINE_TEST_ROLE === "lesser" ? "lesser" : "owner");

export type TestDatabase = {
  readonly url: string;
  /** As the owner of the tables; the same as `url` unless the role is `lesser`. */
  readonly ownerUrl: string;
  /** Superuser of the same server, for what only tests do. */
  readonly adminUrl: string;
  readonly db: Database;
  /** One statement as the owner of the tables: to empty them between tests. */
  asOwner(text: string): Promise<void>;
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
export async function testDatabase(
  server: ServerName = "embedded",
  empty = false,
  as: TestRole = usualRole(),
): Promise<TestDatabase> {
  const { url: base, adminUrl, template } = inject(server === "embedded" ? "embedded" : "foreign");
  const name = `t_${randomBytes(6).toString("hex")}`;
  const owner = new URL(base).username;
  await asAdmin(
    adminUrl,
    `create database ${name} owner ${owner} template ${empty ? "template0" : template} strategy file_copy`,
  );
  const url = new URL(base);
  url.pathname = name;
  const ownerUrl = url.href;
  if (as === "lesser") {
    const owner = await openDatabase({ url: ownerUrl, applicationName: "plumbline test", connections: 1 });
    url.username = await lesserRole(adminUrl, url);
    await grantRole(owner, url.username);
    await owner.close();
  }
  const db = await openDatabase({ url: url.href, applicationName: "plumbline test" });
  return {
    url: url.href,
    ownerUrl,
    adminUrl,
    db,
    asOwner: async (text) => void (await asAdmin(ownerUrl, text)),
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

/** Made once for each server, with the password of the owner. */
async function lesserRole(adminUrl: string, { username, password }: URL): Promise<string> {
  const role = `${username}_runs`;
  const secret = decodeURIComponent(password);
  await asAdmin(
    adminUrl,
    `do $do$ begin create role ${role} login nosuperuser nocreatedb nocreaterole password '${secret}'; exception when duplicate_object or unique_violation then null; end $do$`,
  );
  return role;
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
