import { expect, test } from "vitest";
import { openDatabase } from "../../store/database.ts";
import { asAdmin, SERVERS, testDatabase } from "../setup/database.ts";

test.each(SERVERS)("a connection that a test forgets to close fails it, on %s", async (server) => {
  const { url, adminUrl, drop } = await testDatabase(server);
  const forgotten = await openDatabase({ url, applicationName: "the forgotten one" });
  await expect(drop()).rejects.toThrow(/leaked connections to the test database: the forgotten one/);
  await forgotten.close();
  const left = await asAdmin(adminUrl, "select 1 from pg_database where datname = $1", [
    new URL(url).pathname.slice(1),
  ]);
  expect(left).toEqual([]);
});

test("the second server's role is a lesser one", async () => {
  const { db, drop } = await testDatabase("DATABASE_URL with a lesser role");
  const { rows } = await db.query(
    "select rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls from pg_roles where rolname = current_user",
  );
  expect(rows).toEqual([
    { rolsuper: false, rolcreatedb: false, rolcreaterole: false, rolreplication: false, rolbypassrls: false },
  ]);
  await drop();
});
