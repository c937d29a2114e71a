import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgresCollector } from "../../collectors/postgres.ts";
import { BATCH } from "../../systems/postgres/cursor.ts";
import { collectorContract, contextFor, readAll } from "./collector.ts";
import { pgSystem, postgresWorld, sqlTarget, type Warehouse, warehouse } from "./postgres-world.ts";
import { sqlCollectorTests } from "./sql-systems.ts";

collectorContract("Postgres", postgresWorld);

describe("Postgres collector", () => {
  let w: Warehouse;
  beforeAll(async () => {
    w = await warehouse();
    await w.sql(
      "insert into people (email, name, consent, mailable, plan) values ('a@example.test', 'Ana', 'Opted-In', true, 'pro'), ('b@example.test', null, 'unsubscribed', false, 'free'), ('c@example.test', 'Cem', 'maybe later', null, null), (null, 'No address', null, null, 'pro')",
    );
  });
  afterAll(() => w.drop());
  const collector = (more: Parameters<typeof pgSystem>[0] = {}, url = () => w.readerUrl) =>
    postgresCollector(pgSystem(more), { secret: url });

  it("reads consent, mailable, times and attributes by their columns", async () => {
    const c = collector({ attributes: { tier: "plan", first_name: "name", gone: "nowhere" } });
    const read = await readAll(c, [
      sqlTarget(
        "select email, name, consent, mailable, plan, updated_at, 7.50::numeric as spend from people order by n",
      ),
    ]);
    expect(read.rows.map((r) => [r.identifiers.email, r.consent, r.mailable, r.attributes])).toEqual([
      ["a@example.test", "subscribed", true, { tier: "pro", first_name: "Ana", spend: "7.50" }],
      ["b@example.test", "unsubscribed", false, { tier: "free", first_name: null, spend: "7.50" }],
      ["c@example.test", "unknown", null, { tier: null, first_name: "Cem", spend: "7.50" }],
      [undefined, "unknown", null, { tier: "pro", first_name: "No address", spend: "7.50" }],
    ]);
    expect(read.rows[0]?.updatedAt).toBe("2026-01-02T03:04:05.678Z");
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
      "warehouse: active: consent not understood, read as unknown: maybe later",
    ]);
  });

  sqlCollectorTests({
    id: "warehouse",
    database: () => ({ readerDsn: w.readerUrl, writerDsn: w.writerUrl, sql: w.sql }),
    collector,
    sleep: "pg_sleep(3)::text",
    refused: [
      ["a plain write", "delete from people", /not a query/],
      [
        "a hidden write",
        "with gone as (delete from people returning email) select * from gone",
        /tries to write|25006|0A000/,
      ],
      ["a second statement", "select email from people; delete from people", /42601/],
      ["leaving the transaction", "commit", /not a query/],
      ["a comment before a write", "/* x */ -- y\n delete from people", /not a query/],
    ],
  });

  it("never puts data into an error", async () => {
    const read = await readAll(collector(), [sqlTarget("select email, email::int as x from people")]);
    expect(read.ends[0]).toMatchObject({ coverage: "unusable" });
    expect(read.ends[0]?.because).not.toContain("@");
  });

  it("does not count the time that we take between pages against the statement", async () => {
    const c = collector({ statementTimeoutSeconds: 1 });
    let pages = 0;
    for await (const page of c.read(
      [
        sqlTarget(
          `select 'x' || n || '@example.test' as email from generate_series(1, ${2 * BATCH + 7}) as s(n)`,
        ),
      ],
      contextFor(),
    )) {
      pages++;
      for (const end of page.ends)
        expect(end).toMatchObject({ coverage: "complete", enumerated: 2 * BATCH + 7 });
      if (pages === 1) await new Promise((r) => setTimeout(r, 1500));
    }
    expect(pages).toBe(4);
  });

  it("calls the target partial whose connection is lost half-way, and leaves the rest without an end", async () => {
    let first = true;
    const ends = [];
    for await (const page of collector().read(
      [
        sqlTarget("select 'x' || n || '@example.test' as email from generate_series(1, 200000) as s(n)"),
        { kind: "base" },
      ],
      contextFor(),
    )) {
      ends.push(...page.ends);
      if (first)
        await w.sql(
          "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'plumbline' and datname = current_database()",
        );
      first = false;
    }
    expect(ends).toMatchObject([{ target: 0, coverage: "partial" }]);
  });

  it("warns of a role that can write, and of a superuser", async () => {
    expect(await collector().warnings(contextFor())).toEqual([]);
    expect((await collector({}, () => w.writerUrl).warnings(contextFor())).join()).toMatch(/superuser/);
    await w.sql("grant insert on lists to plumbline_test_reader");
    expect((await collector().warnings(contextFor())).join()).toMatch(/can write 1 tables, public\.lists/);
    await w.sql("revoke insert on lists from plumbline_test_reader");
  });

  it("names what is wrong with the connection without showing it", async () => {
    const unreachable = await readAll(
      collector({}, () => "postgres://u:hunter2@127.0.0.1:1/x"),
      [sqlTarget("select 1 as email")],
    );
    expect(unreachable.error).toMatchObject({ kind: "transient" });
    expect(String(unreachable.error)).not.toContain("hunter2");
    const nonsense = await readAll(
      collector({}, () => "postgres://u:hunter2@[bad:5432/x"),
      [sqlTarget("select 1 as email")],
    );
    expect(nonsense.error).toMatchObject({ kind: "config" });
    expect(String(nonsense.error)).not.toContain("hunter2");
  });
});
