import { createHash, randomBytes } from "node:crypto";
import pg from "pg";
import { consentIn, exists, inList, type Packed, planIn } from "./packed.ts";
import { LISTS, type Population } from "./population.ts";

export type Warehouse = {
  /** A role that may only read. */
  readonly dsn: string;
  readonly writeDsn: string;
  /** Writes what changed between two days. `at`: when the nightly load ran. */
  load(
    before: Uint16Array,
    now: Uint16Array,
    population: Population,
    at: Date,
    optedOutAt: (i: number) => Date | null,
  ): Promise<void>;
  close(): Promise<void>;
  /** Removes the database and its roles. */
  drop(): Promise<void>;
};

const SCHEMA = `
  create table customers (
    customer_id text not null, email text not null, first_name text, plan text not null, country text not null,
    consent text not null, consent_at timestamptz, created_at timestamptz not null, updated_at timestamptz not null
  );
  create table segment_members (segment text not null, customer_id text not null);`;

/** Made after the first load: checking a million people one by one takes three times as long. */
const CONSTRAINTS = `
  alter table customers add primary key (customer_id), add unique (email);
  alter table segment_members add primary key (segment, customer_id), add foreign key (customer_id) references customers;
  analyze customers, segment_members;`;

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** The company's own database, named after the demo's folder so that several demos can share a server. */
export async function openWarehouse(adminUrl: string, folder: string, resume: boolean): Promise<Warehouse> {
  const name = `harbour_pine_${createHash("sha256").update(folder).digest("hex").slice(0, 10)}`;
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    const known = (await admin.query("select 1 from pg_database where datname = $1", [name])).rowCount === 1;
    if (known && !resume) await admin.query(`drop database ${quoted(name)} with (force)`);
    if (!known || !resume) await admin.query(`create database ${quoted(name)}`);
  } finally {
    await admin.end();
  }
  const url = (user?: { name: string; password: string }): string => {
    const u = new URL(adminUrl);
    u.pathname = `/${name}`;
    if (user) [u.username, u.password] = [user.name, user.password];
    return u.toString();
  };
  const pool = new pg.Pool({ connectionString: url(), max: 1 });
  pool.on("error", () => undefined);
  if ((await pool.query("select to_regclass('customers') as there")).rows[0]?.there === null)
    await pool.query(SCHEMA);
  const [reader, writer] = [
    await role(pool, `${name}_reader`, "select"),
    await role(pool, `${name}_writer`, "select, update"),
  ];

  return {
    dsn: url(reader ?? undefined),
    writeDsn: url(writer ?? undefined),
    load: (before, now, population, at, optedOutAt) => load(pool, before, now, population, at, optedOutAt),
    close: () => pool.end(),
    async drop() {
      await pool.end();
      const client = new pg.Client({ connectionString: adminUrl });
      await client.connect();
      try {
        await client.query(`drop database if exists ${quoted(name)} with (force)`);
        for (const made of [reader, writer])
          if (made) await client.query(`drop role if exists ${quoted(made.name)}`);
      } finally {
        await client.end();
      }
    },
  };
}

/** A role with a new password; null where the server does not let us make one, then the admin's own is used. */
async function role(
  pool: pg.Pool,
  name: string,
  rights: string,
): Promise<{ name: string; password: string } | null> {
  const password = randomBytes(18).toString("base64url");
  try {
    const there = (await pool.query("select 1 from pg_roles where rolname = $1", [name])).rowCount === 1;
    await pool.query(`${there ? "alter" : "create"} role ${quoted(name)} login password '${password}'`);
    await pool.query(`grant ${rights} on customers, segment_members to ${quoted(name)}`);
    return { name, password };
  } catch (e) {
    if (e instanceof pg.DatabaseError && e.code === "42501") return null;
    throw e;
  }
}

/** People in one statement: few enough that their parameters are no burden, enough that a million are not many. */
const BATCH = 5_000;

async function load(
  pool: pg.Pool,
  before: Uint16Array,
  now: Uint16Array,
  population: Population,
  at: Date,
  optedOutAt: (i: number) => Date | null,
): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("begin");
    const known = await client.query(
      "select from pg_constraint where conrelid = 'customers'::regclass and contype = 'p'",
    );
    const first = known.rowCount === 0;
    let written = Promise.resolve();
    for (const changes of batches(before, now)) {
      const rows = rowsOf(changes, before, now, population, at, optedOutAt);
      // The next rows are made while the server writes these.
      await written;
      written = write(client, rows, first);
      written.catch(() => undefined); // told by the next await
    }
    await written;
    if (first) await client.query(CONSTRAINTS);
    await client.query("commit");
  } catch (e) {
    await client.query("rollback");
    throw e;
  } finally {
    client.release();
  }
}

/** People whose record changed, some thousands at a time. */
function* batches(before: Uint16Array, now: Uint16Array): Generator<readonly number[]> {
  let batch: number[] = [];
  for (let i = 0; i < now.length; i++) {
    const is = now[i] ?? 0;
    if (is === (before[i] ?? 0) || !exists(is)) continue;
    if (batch.push(i) < BATCH) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}

/** Columns, as the statements take them. */
type Rows = {
  readonly customers: readonly unknown[][];
  readonly added: readonly [string[], string[]];
  readonly removed: readonly [string[], string[]];
};

function rowsOf(
  changes: readonly number[],
  before: Uint16Array,
  now: Uint16Array,
  population: Population,
  at: Date,
  optedOutAt: (i: number) => Date | null,
): Rows {
  const customers: unknown[][] = [[], [], [], [], [], [], [], []];
  const added: [string[], string[]] = [[], []];
  const removed: [string[], string[]] = [[], []];
  for (const i of changes) {
    const [was, is]: [Packed, Packed] = [before[i] ?? 0, now[i] ?? 0];
    const person = population.person(i);
    const row = [
      person.customerId,
      person.email,
      person.firstName,
      planIn(is),
      person.country,
      consentIn(is),
      consentIn(is) === "subscribed" ? null : (optedOutAt(i)?.toISOString() ?? null),
      at.toISOString(),
    ];
    for (const [c, value] of row.entries()) customers[c]?.push(value);
    for (const list of LISTS) {
      if (inList(was, list) === inList(is, list)) continue;
      const change = inList(is, list) ? added : removed;
      change[0].push(list);
      change[1].push(person.customerId);
    }
  }
  return { customers, added, removed };
}

/** @param first the tables are empty, and without the constraints that a conflict could be with */
async function write(client: pg.PoolClient, rows: Rows, first: boolean): Promise<void> {
  await client.query(
    `insert into customers (customer_id, email, first_name, plan, country, consent, consent_at, created_at, updated_at)
     select id, email, first_name, plan, country, consent, consent_at, at, at
     from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::timestamptz[])
       as row (id, email, first_name, plan, country, consent, consent_at, at)
     ${first ? "" : UPDATE}`,
    [...rows.customers],
  );
  await client.query(
    `insert into segment_members (segment, customer_id) select * from unnest($1::text[], $2::text[])
     ${first ? "" : "on conflict do nothing"}`,
    [...rows.added],
  );
  if (first) return;
  await client.query(
    `delete from segment_members m using unnest($1::text[], $2::text[]) as gone (segment, customer_id)
     where m.segment = gone.segment and m.customer_id = gone.customer_id`,
    [...rows.removed],
  );
}

const UPDATE = `on conflict (customer_id) do update set
  plan = excluded.plan, consent = excluded.consent, consent_at = excluded.consent_at, updated_at = excluded.updated_at`;
