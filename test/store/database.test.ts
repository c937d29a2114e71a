import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type Database, openDatabase } from "../../store/database.ts";
import { asAdmin, SERVERS, type TestDatabase, testDatabase } from "../setup/database.ts";

const PASSWORD = "hunter2-canary";

describe.each(SERVERS)("the connection to %s", (server) => {
  let made: TestDatabase;
  beforeAll(async () => {
    made = await testDatabase(server);
    await made.db.query(
      "create table pair (id int primary key, email text unique, n int not null default 0)",
    );
    await made.db.query("insert into pair (id) values (1), (2)");
  });
  afterAll(() => made.drop());

  const with_ = (change: (url: URL) => void): string => {
    const url = new URL(made.url);
    change(url);
    return url.href;
  };
  const failing = async (url: string): Promise<Error & { kind: string }> => {
    const opened = openDatabase({ url, applicationName: "test" });
    return opened.then(
      async (db) => {
        await db.close();
        throw new Error("it opened");
      },
      (error: Error & { kind: string }) => error,
    );
  };

  test("says what is wrong, with host and database and without the password", async () => {
    const wrongPassword = await failing(
      with_((u) => {
        u.password = PASSWORD;
      }),
    );
    const noDatabase = await failing(
      with_((u) => {
        u.pathname = "/nowhere";
      }),
    );
    const noServer = await failing(
      with_((u) => {
        u.port = "1";
        u.password = PASSWORD;
      }),
    );
    const noHost = await failing(
      with_((u) => {
        u.hostname = "db.invalid";
        u.password = PASSWORD;
      }),
    );
    const noAddress = await failing(`not an address ${PASSWORD}`);
    expect([wrongPassword, noDatabase, noServer, noHost, noAddress].map((e) => e.kind)).toEqual([
      "auth",
      "config",
      "transient",
      "transient",
      "config",
    ]);
    expect(wrongPassword.message).toMatch(
      /^database 127\.0\.0\.1:\d+\/t_\w+: the user name or password was refused \(28P01\) → check the credentials/,
    );
    expect(noServer.message).toMatch(
      /^database 127\.0\.0\.1:1\/t_\w+: it cannot be reached \(ECONNREFUSED\)/,
    );
    for (const error of [wrongPassword, noDatabase, noServer, noHost, noAddress]) {
      expect(`${error.message} ${JSON.stringify(error.cause)} ${error.stack}`).not.toContain(PASSWORD);
    }
  });

  test("never repeats a value that the database quotes", async () => {
    await made.db.query("update pair set email = 'canary@example.com' where id = 1");
    for (const query of [
      "update pair set email = 'canary@example.com' where id = 2",
      "select 'canary@example.com'::int",
    ]) {
      const error = await made.db.query(query).catch((e: Error) => e);
      expect(error).toMatchObject({ kind: "permanent" });
      const told =
        error instanceof Error ? `${error.message} ${JSON.stringify(error.cause)} ${error.stack}` : "";
      expect(told).not.toContain("canary");
    }
  });

  test("a connection cut in the middle of a transaction is an error; the pool goes on", async () => {
    const cut = made.db.tx(async (sql) => {
      await sql.query("update pair set n = 100 where id = 1");
      const { rows } = await sql.query<{ pid: number }>("select pg_backend_pid() as pid");
      await asAdmin(made.adminUrl, "select pg_terminate_backend($1, 5000)", [rows[0]?.pid]);
      await sql.query("update pair set n = 100 where id = 2");
    });
    await expect(cut).rejects.toMatchObject({ kind: "transient" });
    const { rows } = await made.db.query<{ n: number }>("select n from pair order by id");
    expect(rows).toEqual([{ n: 0 }, { n: 0 }]);
  });

  test("idle connections that are cut are replaced", async () => {
    await Promise.all(Array.from({ length: 5 }, () => made.db.query("select pg_sleep(0.05)")));
    await asAdmin(
      made.adminUrl,
      "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1",
      [new URL(made.url).pathname.slice(1)],
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await made.db.query("select 1")).count).toBe(1);
  });

  test("a failed transaction leaves nothing, and its connection is clean", async () => {
    await expect(
      made.db.tx(async (sql) => {
        await sql.query("update pair set n = 7");
        throw new RangeError("no");
      }),
    ).rejects.toThrow(RangeError);
    expect((await made.db.query("select 1 from pair where n = 7")).count).toBe(0);
  });

  test("two transactions in each other's way both get done", async () => {
    const swap = (first: number, second: number) =>
      made.db.tx(async (sql) => {
        await sql.query("update pair set n = n + 1 where id = $1", [first]);
        await new Promise((resolve) => setTimeout(resolve, 100));
        await sql.query("update pair set n = n + 1 where id = $1", [second]);
      });
    await Promise.all([swap(1, 2), swap(2, 1)]);
    expect((await made.db.query("select n from pair order by id")).rows).toEqual([{ n: 2 }, { n: 2 }]);
  });

  test("a query that takes too long is cancelled and told", async () => {
    const db = await open({ statementTimeoutMs: 100 });
    await expect(db.query("select pg_sleep(5)")).rejects.toThrow(
      /took too long and was cancelled \(57014\) → try again/,
    );
  });

  test("a replica is told as read only", async () => {
    const db = await open({ connections: 1 });
    await db.query("set default_transaction_read_only = on");
    await expect(db.query("insert into pair (id) values (3)")).rejects.toThrow(
      /it is read only \(25006\) → point DATABASE_URL to the primary/,
    );
  });

  test("times are ISO text, whole numbers are numbers", async () => {
    const { rows } = await made.db.query(
      "select '2026-11-23 07:04:00.5+01'::timestamptz as at, 9007199254740991::bigint as n, count(*) as c, '-infinity'::timestamptz as never from pair",
    );
    expect(rows).toEqual([{ at: "2026-11-23T06:04:00.500Z", n: 9007199254740991, c: 2, never: null }]);
  });

  async function open(over: object): Promise<Database> {
    const db = await openDatabase({ url: made.url, applicationName: "test", ...over });
    onTestFinished(() => db.close());
    return db;
  }
});
