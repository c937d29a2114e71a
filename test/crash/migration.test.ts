import { readdir, readFile } from "node:fs/promises";
import { afterAll, expect, it } from "vitest";
import { finish, start } from "../e2e/processes.ts";
import { testDatabase } from "../setup/database.ts";
import { describeSchema } from "../store/describe-schema.ts";

let kills = 0;
afterAll(() => void process.stdout.write(`Migrations: ${kills} kills\n`));

const folder = new URL("../../store/", import.meta.url);

it("kill -9 before, inside and after every migration: the next start completes, and the tables are as they should be", async () => {
  const names = (await readdir(new URL("migrations/", folder))).filter((n) => n.endsWith(".sql")).sort();
  const database = await testDatabase("embedded", true);
  const env = { DATABASE_URL: database.url, PLUMBLINE_LOG: "warn" };
  const dies = async (failpoint: string): Promise<void> => {
    const child = start(["migrate"], { ...env, PLUMBLINE_FAILPOINT: failpoint });
    expect(await child.ended, `${failpoint} ${child.err()}`).toEqual([null, "SIGKILL"]);
    kills += 1;
  };
  const applied = async (): Promise<readonly string[]> =>
    (await database.db.query<{ name: string }>("select name from migration order by name")).rows.map(
      (r) => r.name,
    );

  await dies("migration.started");
  for (const [i] of names.entries()) {
    await dies("migration.changed");
    expect(await applied(), "a migration that was cut off left nothing").toEqual(names.slice(0, i));
    await dies("migration.committed");
    expect(await applied()).toEqual(names.slice(0, i + 1));
  }
  const last = await finish(["migrate"], env);
  expect(last).toMatchObject({ code: 0, out: "The database is up to date.\n" });
  expect((await readFile(new URL("schema.sql", folder), "utf8")).split("\n\n").slice(1).join("\n\n")).toBe(
    await describeSchema(database.db),
  );
  await database.drop();
});
