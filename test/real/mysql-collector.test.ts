import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mysqlCollector } from "../../collectors/mysql.ts";
import { contextFor, readAll } from "../contract/collector.ts";
import { sqlTarget } from "../contract/postgres-world.ts";
import { sqlCollectorTests } from "../contract/sql-systems.ts";
import { type RealDatabase, type RealMariadb, startRealMariadb } from "./mariadb-server.ts";
import { mysqlSystem, shop } from "./mysql-world.ts";

const mariadb = await startRealMariadb();

describe.skipIf(mariadb === null)("MySQL collector on the real MariaDB", () => {
  const real = mariadb as RealMariadb;
  let db: RealDatabase;
  beforeAll(async () => {
    db = await shop(real);
    await db.sql(`insert into people (email, name, consent, mailable, plan) values
      ('a@example.test', 'Ana', 'Opted-In', 1, 'pro'), ('b@example.test', null, 'unsubscribed', 0, 'free'),
      ('c@example.test', 'Cem', 'maybe later', null, null), (null, 'No address', null, null, 'pro')`);
  });
  afterAll(async () => {
    await db.drop();
    await real.stop();
  });
  const collector = (more: Parameters<typeof mysqlSystem>[0] = {}, dsn = () => db.readerDsn) =>
    mysqlCollector(mysqlSystem(more), { secret: dsn });

  it("reads consent, mailable, times and attributes by their columns", async () => {
    const c = collector({ attributes: { tier: "plan", first_name: "name", gone: "nowhere" } });
    const read = await readAll(c, [
      sqlTarget(
        "select email, name, consent, mailable, plan, updated_at, 7.50 as spend from people order by n",
      ),
    ]);
    expect(read.rows.map((r) => [r.identifiers.email, r.consent, r.mailable, r.attributes])).toEqual([
      ["a@example.test", "subscribed", true, { tier: "pro", first_name: "Ana", spend: "7.50" }],
      ["b@example.test", "unsubscribed", false, { tier: "free", first_name: null, spend: "7.50" }],
      ["c@example.test", "unknown", null, { tier: null, first_name: "Cem", spend: "7.50" }],
      [undefined, "unknown", null, { tier: "pro", first_name: "No address", spend: "7.50" }],
    ]);
    expect(read.ends[0]?.fields).toEqual({
      email: "text",
      name: "text",
      consent: "text",
      mailable: "boolean",
      plan: "text",
      updated_at: "timestamp",
      spend: "number",
    });
    expect(await c.warnings(contextFor())).toEqual([
      "shop: active: consent not understood, read as unknown: maybe later",
    ]);
  });

  it("keeps every value as the server has it: large numbers, bits, bytes, zero dates, any script", async () => {
    await db.sql(`create table odd (email varchar(99), big bigint, price decimal(30,10), flag bit(1), bits bit(12),
      yes tinyint(1), odd_yes tinyint(1), small tinyint, at datetime(3), stamp timestamp(6) null, never datetime, day date,
      uuid binary(16), raw varbinary(20), j json, kind enum('x','y'))`);
    await real.sql("set @before = @@sql_mode");
    await db.sql(`set statement sql_mode = '' for insert into odd values ('zoë@example.test', 9223372036854775807,
      '12345678901234567890.0123456789', b'1', b'100000001', 1, 5, 7, '2026-01-02 03:04:05.678', '2026-01-02 03:04:05.678901',
      '0000-00-00', '0000-00-00', 0x00112233445566778899aabbccddeeff, 'héllo', '{"a": 1}', 'y')`);
    const read = await readAll(collector({ attributes: {} }), [sqlTarget("select * from odd")]);
    expect(read.rows[0]?.identifiers.email).toBe("zoë@example.test");
    expect(read.rows[0]?.attributes).toEqual({
      big: "9223372036854775807",
      price: "12345678901234567890.0123456789",
      flag: "true",
      bits: "257",
      yes: "true",
      odd_yes: "5",
      small: "7",
      at: "2026-01-02 03:04:05.678",
      stamp: expect.stringMatching(/^2026-01-0[123] \d\d:\d\d:05\.678901$/),
      never: null,
      day: null,
      uuid: "00112233445566778899aabbccddeeff",
      raw: "héllo",
      j: '{"a": 1}',
      kind: "y",
    });
  });

  it("reads a TIMESTAMP in UTC, wherever the server thinks that it is", async () => {
    const [row] = await db.sql(
      "select cast(unix_timestamp(updated_at) * 1000 as decimal(20, 0)) as ms from people limit 1",
    );
    const zone = await real.sql("select @@global.time_zone as z");
    await real.sql("set global time_zone = '+05:30'");
    try {
      const read = await readAll(collector(), [sqlTarget("select email, updated_at from people limit 1")]);
      expect(Date.parse(read.rows[0]?.updatedAt ?? "")).toBe(Number(row?.ms));
    } finally {
      await real.sql("set global time_zone = ?", [zone[0]?.z]);
    }
  });

  sqlCollectorTests({
    id: "shop",
    database: () => db,
    collector,
    sleep: "sleep(5)",
    refused: [
      ["a plain write", "delete from people", /not a query/],
      ["a write behind a with", "with x as (select 1) delete from people", /1792|1064/],
      ["a second statement", "select email from people; delete from people", /1064/],
      ["leaving the transaction", "commit", /not a query/],
      ["a comment before a write", "/* x */ -- y\n # z\n delete from people", /not a query/],
      ["a comment that runs", "/*! delete from people */ select 1", /comment that the server would run/],
      ["a comment that MariaDB runs", "/*M! delete from people */ select 1", /comment that the server/],
      ["a lock", "select email from people for update", /1792/],
      ["a file on the server", "select email into outfile '/tmp/x' from people", /writes a file/],
    ],
  });

  it("sees one moment in all targets, whatever happens meanwhile", async () => {
    const enumerated: number[] = [];
    for await (const page of collector().read(
      [sqlTarget("select email from people"), sqlTarget("select email from people", "again")],
      contextFor(),
    )) {
      for (const end of page.ends) enumerated.push(end.enumerated);
      if (enumerated.length === 1 && page.ends.length > 0)
        await db.sql("insert into people (email) values ('late@example.test')");
    }
    await db.sql("delete from people where email = 'late@example.test'");
    expect(enumerated).toEqual([4, 4]);
  });

  it("does not count the time that we take between batches against the statement", async () => {
    let pages = 0;
    for await (const page of collector({ statementTimeoutSeconds: 1 }).read(
      [sqlTarget("select concat('x', seq, '@example.test') as email from seq_1_to_200000")],
      contextFor(),
    )) {
      pages++;
      for (const end of page.ends) expect(end).toMatchObject({ coverage: "complete", enumerated: 200_000 });
      if (pages === 1) await new Promise((r) => setTimeout(r, 1500));
    }
    expect(pages).toBe(42);
  });

  it("calls an answer partial that a clause or a default of the server cut short", async () => {
    const cut = await readAll(collector(), [
      sqlTarget("select email from people order by n limit rows examined 2"),
    ]);
    expect(cut.ends[0]).toMatchObject({ because: expect.stringContaining("LIMIT ROWS EXAMINED") });
    expect(cut.ends[0]?.coverage).not.toBe("complete");
    await real.sql("set global sql_select_limit = 1");
    const read = await readAll(collector(), [sqlTarget("select email from people")]);
    await real.sql("set global sql_select_limit = default");
    expect(read.ends[0]).toMatchObject({ coverage: "complete", enumerated: 4 });
  });

  it("calls the target partial whose connection is ended half-way, and leaves the rest without an end", async () => {
    let first = true;
    const ends = [];
    for await (const page of collector().read(
      [
        sqlTarget("select concat('x', seq, repeat('y', 200), '@example.test') as email from seq_1_to_300000"),
        { kind: "base" },
      ],
      contextFor(),
    )) {
      ends.push(...page.ends);
      const reader = first
        ? await real.sql("select id from information_schema.processlist where user like '%\\_r'")
        : [];
      for (const { id } of reader) await real.sql(`kill ${id}`);
      first = false;
    }
    expect(ends).toMatchObject([{ target: 0, coverage: "partial" }]);
  });

  it("stops in the middle of a long statement", async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 200);
    const began = Date.now();
    const read = await readAll(
      collector(),
      [sqlTarget("select email, sleep(5) as s from people")],
      contextFor(stop.signal),
    );
    expect(read.error).toMatchObject({ kind: "interrupted" });
    expect(Date.now() - began).toBeLessThan(3000);
    const left = await real.sql(
      "select id from information_schema.processlist where user like '%\\_r' and info like '%sleep%'",
    );
    expect(left).toEqual([]);
  });

  it("warns of a user who can do more than read", async () => {
    expect(await collector().warnings(contextFor())).toEqual([]);
    expect((await collector({}, () => db.writerDsn).warnings(contextFor())).join()).toMatch(
      /more rights than reading needs \(insert, update, delete\)/,
    );
  });

  it("names what is wrong with the connection without showing it", async () => {
    const failing = async (dsn: string) =>
      (
        await readAll(
          collector({}, () => dsn),
          [sqlTarget("select 1 as email")],
        )
      ).error;
    expect(await failing("mysql://u:hunter2@127.0.0.1:1/x")).toMatchObject({ kind: "transient" });
    for (const dsn of [
      "mysql://u:hunter2@[bad:3306/x",
      "postgres://u:hunter2@127.0.0.1/x",
      "mysql://u:hunter2@127.0.0.1/x?allowLoadLocalInfile=1",
      db.readerDsn.replace(/\/\w+$/, "/no_such_database"),
    ]) {
      const error = await failing(dsn);
      expect(String(error)).not.toContain("hunter2");
      expect(["config", "auth"]).toContain((error as { kind: string }).kind);
    }
    expect(await failing(`${db.readerDsn}?sslmode=verify-full`)).toMatchObject({
      kind: "config",
      message: expect.stringContaining("no encrypted connection"),
    });
  });
});
