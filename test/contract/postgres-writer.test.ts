import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { audienceId } from "../../core/model.ts";
import { postgresWriter } from "../../sync/writers/postgres.ts";
import { contextFor } from "./collector.ts";
import {
  pgSystem,
  postgresWriterWorld,
  SEGMENT_SQL,
  type Warehouse,
  WRITE,
  warehouse,
} from "./postgres-world.ts";
import { changeFor, writerContract } from "./writer.ts";

writerContract("Postgres", postgresWriterWorld);

describe("Postgres writer", () => {
  let w: Warehouse;
  beforeAll(async () => {
    w = await warehouse();
    await w.sql(
      "create table numbers (customer_id bigint primary key, score int check (score < 100), state text)",
    );
  });
  afterAll(() => w.drop());
  const system = (more: Partial<typeof WRITE> = {}) => pgSystem({ write: { ...WRITE, ...more } });
  const writer = (more: Partial<typeof WRITE> = {}, url = () => w.writerUrl) =>
    postgresWriter(system(more), { secret: url });
  const source = { sql: SEGMENT_SQL };

  it("never softens a complaint or an erasure to an opt-out", async () => {
    await w.sql(
      "insert into people (email, consent) values ('c@example.test', 'complained'), ('e@example.test', 'erased'), ('s@example.test', 'subscribed')",
    );
    const changes = ["c", "e", "s"].map((n) =>
      changeFor({ system: system().id }, "suppress", `${n}@example.test`),
    );
    const outcomes = await writer().apply(changes, source, contextFor());
    expect(outcomes.map((o) => o.status)).toEqual(["noop", "noop", "applied"]);
    const rows = await w.sql(
      "select consent from people where email in ('c@example.test', 'e@example.test', 's@example.test') order by email",
    );
    expect(rows.map((r) => r.consent)).toEqual(["complained", "erased", "unsubscribed"]);
  });

  it("fails the one value that does not fit, and writes the others", async () => {
    await w.sql("insert into numbers values (1, 1, null), (2, 2, null), (3, 3, null)");
    const attributes = { table: "numbers", key: "customer_id", columns: { score: "score" } };
    const set = (id: string, value: string) =>
      changeFor({ system: system().id }, "set", "x@example.test", {
        attribute: "score",
        value,
        identifiers: { customer_id: id },
      });
    const outcomes = await writer({ attributes }).apply(
      [set("1", "50"), set("2", "500"), set("3", "abc")],
      source,
      contextFor(),
    );
    expect(outcomes.map((o) => o.status)).toEqual(["applied", "failed", "failed"]);
    expect(JSON.stringify(outcomes)).not.toMatch(/abc|500/);
    expect((await w.sql("select score from numbers order by 1")).map((r) => r.score)).toEqual([2, 3, 50]);
  });

  it("treats what people are called as data", async () => {
    const nasty = "o'neil');drop/**/table/**/people;--@example.test";
    await writer().apply(
      [
        changeFor({ system: system().id }, "add", nasty),
        changeFor({ system: system().id }, "add", "o'neil@example.test"),
      ],
      source,
      contextFor(),
    );
    expect((await w.sql("select count(*)::int as n from people"))[0]?.n).toBeGreaterThan(0);
    expect(await w.sql("select email from lists where email = 'o''neil@example.test'")).toHaveLength(1);
  });

  it("can be tried again when it could not connect, and says what right is missing", async () => {
    const add = [changeFor({ system: system().id }, "add", "a@example.test")];
    expect(
      await writer({}, () => "postgres://u@127.0.0.1:1/x").apply(add, source, contextFor()),
    ).toMatchObject([{ status: "retry" }]);
    expect(await writer({}, () => w.readerUrl).apply(add, source, contextFor())).toMatchObject([
      { status: "failed" },
    ]);
    await expect(writer({}, () => w.readerUrl).probe(contextFor())).rejects.toMatchObject({
      kind: "auth",
      message: expect.stringContaining("may not insert"),
    });
    await expect(
      writer({ membership: { table: "gone", key: "email" } }).probe(contextFor()),
    ).rejects.toMatchObject({ kind: "config" });
  });

  it("waits for nobody for ever: behind a lock the change is given back", async () => {
    await w.sql("insert into people (email, consent) values ('locked@example.test', 'subscribed')");
    const blocker = w.sql(
      "begin; update people set name = 'x' where email = 'locked@example.test'; select pg_sleep(3); commit",
    );
    await new Promise((r) => setTimeout(r, 300));
    const slow = postgresWriter({ ...system(), statementTimeoutSeconds: 1 }, { secret: () => w.writerUrl });
    expect(
      await slow.apply(
        [changeFor({ system: system().id }, "suppress", "locked@example.test")],
        source,
        contextFor(),
      ),
    ).toMatchObject([{ status: "retry" }]);
    await blocker;
  });

  it("keeps the lists of several audiences in one table apart", async () => {
    const add = changeFor({ system: system().id }, "add", "two@example.test");
    await writer().apply([add, { ...add, audience: audienceId("vip") }], source, contextFor());
    expect(await w.sql("select list from lists where email = 'two@example.test' order by 1")).toEqual([
      { list: "active" },
      { list: "vip" },
    ]);
  });
});
