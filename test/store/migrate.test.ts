import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { instant } from "../../core/model.ts";
import { openDatabase } from "../../store/database.ts";
import { migrate, pendingMigrations } from "../../store/migrate.ts";
import { SERVERS, type ServerName, testDatabase } from "../setup/database.ts";

const AT = instant(new Date("2026-11-23T06:00:00Z"));

async function emptyDatabase(server: ServerName) {
  const made = await testDatabase(server, true);
  onTestFinished(() => made.drop());
  return made;
}

/** A copy of the migrations that a test may change. */
async function copyOfMigrations(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "plumbline-migrations-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await cp(new URL("../../store/migrations/", import.meta.url), folder, { recursive: true });
  return folder;
}

describe.each(SERVERS)("migrations on %s", (server) => {
  test("twenty simultaneous starters apply each file once", async () => {
    const { url, db } = await emptyDatabase(server);
    const pools = await Promise.all(
      Array.from({ length: 20 }, () => openDatabase({ url, applicationName: "starter", connections: 1 })),
    );
    const applied = await Promise.all(pools.map((pool) => migrate(pool, AT)));
    await Promise.all(pools.map((pool) => pool.close()));
    const { rows } = await db.query<{ name: string }>("select name from migration order by name");
    expect(applied.flat().sort()).toEqual(rows.map((row) => row.name));
    expect(applied.filter((names) => names.length > 0)).toHaveLength(1);
    expect(await pendingMigrations(db)).toEqual([]);
  });

  test("a changed migration is told, with its name and what to do", async () => {
    const { db } = await emptyDatabase(server);
    const folder = await copyOfMigrations();
    await migrate(db, AT, folder);
    await writeFile(join(folder, "20261123T180000Z_first.sql"), "select 1;");
    await expect(migrate(db, AT, folder)).rejects.toThrow(
      /20261123T180000Z_first\.sql was changed after it had been applied → restore/,
    );
  });

  test("a database of a newer version is not touched", async () => {
    const { db } = await emptyDatabase(server);
    const folder = await copyOfMigrations();
    await writeFile(join(folder, "29990101T000000Z_later.sql"), "create table later (a int)");
    await migrate(db, AT, folder);
    await expect(migrate(db, AT)).rejects.toThrow(
      /newer Plumbline \(migration 29990101T000000Z_later\.sql\)/,
    );
  });

  test("a migration that fails leaves nothing of itself", async () => {
    const { db } = await emptyDatabase(server);
    const folder = await copyOfMigrations();
    await writeFile(
      join(folder, "29990101T000000Z_later.sql"),
      "create table later (a int); select * from nowhere;",
    );
    await expect(migrate(db, AT, folder)).rejects.toThrow(/nowhere/);
    const { count } = await db.query("select 1 from pg_class where relname = 'later'");
    expect(count).toBe(0);
    await rm(join(folder, "29990101T000000Z_later.sql"));
    expect(await migrate(db, AT, folder)).toEqual([]);
  });
});
