import { afterAll, beforeAll, describe, expect, it } from "vitest";
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
import { neverSoftens, rightsAndLists, type SqlWriterWorld } from "./sql-systems.ts";
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

  const world: SqlWriterWorld = {
    system: system(),
    segment: SEGMENT_SQL,
    database: () => ({ readerDsn: w.readerUrl, writerDsn: w.writerUrl, sql: w.sql }),
    writer,
    unreachable: "postgres://u@127.0.0.1:1/x",
  };
  neverSoftens(world);

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

  rightsAndLists(world);
});
