import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { at as failpoint } from "../config/failpoint.ts";
import { AuditorError } from "../core/errors.ts";
import type { Instant } from "../core/model.ts";
import type { Database, Sql } from "./database.ts";

/** Beside the source and, copied by the build, beside the compiled code. */
const FOLDER = fileURLToPath(new URL("./migrations/", import.meta.url));
const LOCK = 7_586_100;
const NAME = /^\d{8}T\d{6}Z_[a-z0-9_]+\.sql$/;

type Migration = { readonly name: string; readonly text: string; readonly checksum: string };

async function readMigrations(folder: string): Promise<readonly Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".sql")).sort();
  return Promise.all(
    names.map(async (name) => {
      if (!NAME.test(name)) {
        throw new AuditorError(
          "config",
          name,
          "a migration is named by its UTC time",
          "name it like 20261123T180000Z_what_it_does.sql",
        );
      }
      const text = await readFile(`${folder}/${name}`, "utf8");
      return { name, text, checksum: createHash("sha256").update(text).digest("hex") };
    }),
  );
}

/**
 * Brings the database up to date: every file not yet applied, in the order of its name, each in a transaction of
 * its own. Any number of programs may start at once; an advisory lock lets one do it. There is no way back.
 *
 * @returns names of what was applied now
 * @throws AuditorError config: an applied migration is not there any more (a newer Plumbline made this database)
 *   or was changed afterwards
 */
export async function migrate(
  db: Database,
  at: Instant,
  folder: string = FOLDER,
): Promise<readonly string[]> {
  const migrations = await readMigrations(folder);
  return db.session(async (sql) => {
    await sql.query("select pg_advisory_lock($1)", [LOCK]);
    // looked up first: a lesser role may not even say `create table if not exists`
    if (!(await hasMigrations(sql))) {
      await mayMigrate(sql, db.where, migrations.length);
      await sql.query(
        "create table migration (name text primary key, checksum text not null, applied_at timestamptz not null)",
      );
    }
    const { rows } = await sql.query<{ name: string; checksum: string }>(
      "select name, checksum from migration order by name",
    );
    const applied = new Map(rows.map((row) => [row.name, row.checksum]));
    compare(db.where, migrations, applied);
    failpoint("migration.started");
    const pending = migrations.filter((m) => !applied.has(m.name));
    if (pending.length > 0) await mayMigrate(sql, db.where, pending.length);
    for (const migration of pending) await apply(sql, migration, at);
    return pending.map((m) => m.name);
  });
}

const hasMigrations = async (db: Sql): Promise<boolean> =>
  (await db.query("select 1 from pg_class where oid = to_regclass('migration')")).count > 0;

/** @throws AuditorError not_allowed: the role that runs the product is not the one that owns the tables */
async function mayMigrate(sql: Sql, where: string, pending: number): Promise<void> {
  const { rows } = await sql.query<{ may: boolean }>(
    `select has_schema_privilege(current_schema(), 'create')
      and coalesce((select pg_has_role(relowner, 'member') from pg_class where oid = to_regclass('migration')), true) as may`,
  );
  if (rows[0]?.may === true) return;
  throw new AuditorError(
    "not_allowed",
    where,
    `it lacks ${pending} ${pending === 1 ? "migration" : "migrations"}, and this role may not change tables`,
    "run `plumbline migrate` with MIGRATE_DATABASE_URL naming the owner of the tables",
  );
}

/** Names of migrations that are still to be applied; for `doctor` and `readyz`. */
export async function pendingMigrations(db: Sql): Promise<readonly string[]> {
  const migrations = await readMigrations(FOLDER);
  if (!(await hasMigrations(db))) return migrations.map((m) => m.name);
  const { rows } = await db.query<{ name: string }>("select name from migration");
  const applied = new Set(rows.map((row) => row.name));
  return migrations.filter((m) => !applied.has(m.name)).map((m) => m.name);
}

function compare(
  where: string,
  migrations: readonly Migration[],
  applied: ReadonlyMap<string, string>,
): void {
  const known = new Map(migrations.map((m) => [m.name, m.checksum]));
  for (const [name, checksum] of applied) {
    const file = known.get(name);
    if (file === checksum) continue;
    throw file === undefined
      ? new AuditorError(
          "config",
          where,
          `it was made by a newer Plumbline (migration ${name})`,
          "start that version, or restore a backup from before it",
        )
      : new AuditorError(
          "config",
          where,
          `migration ${name} was changed after it had been applied`,
          "restore the file as it was and put the change into a new one",
        );
  }
}

async function apply(sql: Sql, migration: Migration, at: Instant): Promise<void> {
  await sql.query("begin");
  try {
    await sql.query(migration.text);
    failpoint("migration.changed");
    await sql.query("insert into migration (name, checksum, applied_at) values ($1, $2, $3)", [
      migration.name,
      migration.checksum,
      at,
    ]);
    await sql.query("commit");
    failpoint("migration.committed");
  } catch (cause) {
    await sql.query("rollback");
    throw cause;
  }
}
