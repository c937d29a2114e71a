import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mysqlWriter } from "../../sync/writers/mysql.ts";
import { contextFor } from "../contract/collector.ts";
import { neverSoftens, rightsAndLists, type SqlWriterWorld } from "../contract/sql-systems.ts";
import { changeFor } from "../contract/writer.ts";
import { type RealDatabase, type RealMariadb, startRealMariadb } from "./mariadb-server.ts";
import { MYSQL_WRITE, mysqlSystem, SHOP_SQL, shop } from "./mysql-world.ts";

const mariadb = await startRealMariadb();

describe.skipIf(mariadb === null)("MySQL writer on the real MariaDB", () => {
  const real = mariadb as RealMariadb;
  let db: RealDatabase;
  beforeAll(async () => {
    db = await shop(real);
    await db.sql(`create table facts (customer_id bigint primary key, score int, check (score < 100), vip tinyint(1), flag bit(1),
      seen datetime(3), word varchar(5))`);
    await db.sql(
      "insert into facts (customer_id, score, vip, flag) values (1, 1, 0, 0), (2, 2, 0, 0), (3, 3, 0, 0)",
    );
  });
  afterAll(async () => {
    await db.drop();
    await real.stop();
  });
  const system = (more: Partial<typeof MYSQL_WRITE> = {}) =>
    mysqlSystem({ write: { ...MYSQL_WRITE, ...more } });
  const writer = (more: Partial<typeof MYSQL_WRITE> = {}, dsn = () => db.writerDsn) =>
    mysqlWriter(system(more), { secret: dsn });
  const source = { sql: SHOP_SQL };
  const attributes = {
    table: "facts",
    key: "customer_id",
    columns: { score: "score", vip: "vip", flag: "flag", seen: "seen", word: "word" },
  };
  const set = (id: string, attribute: string, value: string | null) =>
    changeFor({ system: system().id }, "set", "x@example.test", {
      attribute,
      value,
      identifiers: { customer_id: id },
    });
  const apply = async (...args: Parameters<typeof set>) =>
    (await writer({ attributes }).apply([set(...args)], source, contextFor()))[0]?.status;

  const world: SqlWriterWorld = {
    system: system(),
    segment: SHOP_SQL,
    database: () => db,
    writer,
    unreachable: "mysql://u@127.0.0.1:1/x",
  };
  neverSoftens(world);

  it("fails the one value that does not fit, and writes the others whole", async () => {
    const outcomes = await writer({ attributes }).apply(
      [set("1", "score", "50"), set("2", "score", "500"), set("3", "score", "abc")],
      source,
      contextFor(),
    );
    expect(outcomes.map((o) => o.status)).toEqual(["applied", "failed", "failed"]);
    expect(JSON.stringify(outcomes)).not.toMatch(/abc|500/);
    expect((await db.sql("select score from facts order by 1")).map((r) => r.score)).toEqual([2, 3, 50]);
    // a server that is not strict would cut it to five letters
    await real.sql("set global sql_mode = ''");
    expect(await apply("1", "word", "too long")).toBe("failed");
    await real.sql("set global sql_mode = default");
  });

  it("writes what an audit shows of booleans, bits and times, and knows it again", async () => {
    for (const [attribute, value] of [
      ["vip", "true"],
      ["flag", "true"],
      ["seen", "2026-01-02T03:04:05.678Z"],
      ["word", "Pro"],
    ] as const) {
      expect([attribute, await apply("2", attribute, value)]).toEqual([attribute, "applied"]);
      expect([attribute, await apply("2", attribute, value)]).toEqual([attribute, "noop"]);
    }
    // the same to the column's collation, but not the same
    expect(await apply("2", "word", "pro")).toBe("applied");
    const [row] = await db.sql(
      "select vip, flag + 0 as flag, cast(seen as char) as seen, word from facts where customer_id = 2",
    );
    expect(row).toEqual({ vip: 1, flag: 1, seen: "2026-01-02 03:04:05.678", word: "pro" });
  });

  it("takes nobody for somebody whose address only looks alike to a collation", async () => {
    await db.sql(
      "insert into people (email, consent) values ('jose@example.test', 'subscribed'), ('josé@example.test', 'subscribed')",
    );
    await db.sql("insert into lists values ('active', 'jose@example.test')");
    const change = (op: "suppress" | "remove" | "add") =>
      changeFor({ system: system().id }, op, "josé@example.test");
    const outcomes = [];
    for (const op of ["suppress", "remove", "add"] as const)
      outcomes.push(...(await writer().apply([change(op)], source, contextFor())));
    // the key of lists takes the two for one, so the second cannot be added: that is no success
    expect(outcomes.map((o) => o.status)).toEqual(["applied", "noop", "failed"]);
    const rows = await db.sql("select email, consent from people where email like 'jos%' order by n");
    expect(rows.map((r) => [r.email, r.consent])).toEqual([
      ["jose@example.test", "subscribed"],
      ["josé@example.test", "unsubscribed"],
    ]);
    expect(await db.sql("select email from lists where list = 'active'")).toEqual([
      { email: "jose@example.test" },
    ]);
  });

  it("treats what people are called as data, whatever backslashes mean", async () => {
    const odd = ["o'neil@example.test", "back\\slash'@example.test"];
    await real.sql("set global sql_mode = concat(@@global.sql_mode, ',NO_BACKSLASH_ESCAPES,ANSI_QUOTES')");
    try {
      const adds = odd.map((email) => changeFor({ system: system().id }, "add", email));
      await writer().apply(adds, source, contextFor());
      const states = await writer().readBack(adds, source, contextFor());
      expect(states).toHaveLength(2);
    } finally {
      await real.sql("set global sql_mode = default");
    }
    expect(await db.sql("select email from lists where email = ?", [odd[0]])).toHaveLength(1);
    expect((await db.sql("select count(*) as n from people"))[0]?.n).toBe(5);
  });

  it("waits for nobody for ever: behind a lock the change is given back", async () => {
    await db.sql("insert into people (email, consent) values ('locked@example.test', 'subscribed')");
    const name = new URL(db.readerDsn).pathname.slice(1);
    const blocker = real.sql(
      `begin not atomic start transaction; update ${name}.people set name = 'x' where email = 'locked@example.test'; do sleep(3); commit; end`,
    );
    await new Promise((r) => setTimeout(r, 300));
    const slow = mysqlWriter({ ...system(), statementTimeoutSeconds: 1 }, { secret: () => db.writerDsn });
    const suppress = changeFor({ system: system().id }, "suppress", "locked@example.test");
    expect(await slow.apply([suppress], source, contextFor())).toMatchObject([{ status: "retry" }]);
    await blocker;
  });

  rightsAndLists(world);
});
