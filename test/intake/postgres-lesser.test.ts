import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { postgresCollector } from "../../collectors/postgres.ts";
import { contextFor } from "../contract/collector.ts";
import { pgSystem, READER, sqlTarget, type Warehouse, warehouse } from "../contract/postgres-world.ts";
import { copies, type Lacks, type LesserServer, lesserServer, likeRedshift } from "./lesser-server.ts";
import { readInto, type Wanted } from "./world.ts";

let folder = "";
let w: Warehouse;
const servers: LesserServer[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-lesser-"));
  w = await warehouse();
  await w.sql("create table things (n int, email text, plan text)");
  await w.sql(
    "insert into things select i, 'p' || i || '@x.com', case i % 4 when 0 then null when 1 then '' else 'p' || i % 7 end from generate_series(1, 4321) i",
  );
  await w.sql("create table closed (email text, plan text)");
  await w.sql(`grant select on things to ${READER}`);
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});
afterAll(async () => {
  await w.drop();
  rmSync(folder, { recursive: true });
});

const start = async (lacks: Lacks): Promise<LesserServer> => {
  const server = await lesserServer(w.readerUrl, lacks);
  servers.push(server);
  return server;
};
const plain: Wanted = { identity: "email", attributes: ["plan"] };
const read = (url: string, asBytes: boolean, ...sql: readonly string[]) =>
  readInto(
    postgresCollector(pgSystem(), { secret: () => url }),
    sql.map((text, i) => sqlTarget(text, `a${i}`)),
    sql.map(() => plain),
    folder,
    asBytes,
  );
const THINGS = "select email, plan from things order by n";
const BROKEN = "select email, 1 / (n - 3000) as plan from things order by n";
/** What is left, whichever way it came. */
const result = ({ rows: _, taken: __, warnings: ___, ...left }: Awaited<ReturnType<typeof read>>) => left;

const kinds: readonly (readonly [string, Lacks])[] = [
  ["does not know COPY", copies("42601")],
  ["does not do COPY", copies("0A000")],
  ["allows no COPY", copies("42501")],
  ["writes CSV otherwise", copies("otherwise")],
  ["is like Redshift", likeRedshift],
];
describe.each(kinds)("a server that %s", (_, lacks) => {
  it("is read through a cursor, with the same sets and spools", async () => {
    const server = await start(lacks);
    const there = await read(server.url, true, THINGS, THINGS);
    expect([there.rows, there.taken]).toEqual([2 * 4321, 0]);
    const directly = await read(w.readerUrl, true, THINGS, THINGS);
    expect(directly.taken).toBe(2 * 4321);
    expect(result(there)).toEqual(result(directly));
    expect(result(there)).toEqual(result(await read(server.url, false, THINGS, THINGS)));
  });

  it("is asked once in a process, and it is told once", async () => {
    const server = await start(lacks);
    const told: string[] = [];
    const log = { info: (event: string) => void told.push(event), warn: () => undefined };
    const intake = { open: () => null };
    for (let i = 0; i < 3; i++) {
      const context = { ...contextFor(), log, intake };
      const collector = postgresCollector(pgSystem(), { secret: () => server.url });
      for await (const page of collector.read([sqlTarget(THINGS), sqlTarget(THINGS)], context))
        for (const end of page.ends) expect(end.coverage).toBe("complete");
    }
    expect(told).toEqual(["database.no_copy"]);
    expect(server.refused.filter((sql) => sql.startsWith("copy"))).toHaveLength(1);
  });

  it("says what is wrong with a query as Postgres does, and the next one is read", async () => {
    const server = await start(lacks);
    const wrong = [
      "select email, plan from closed",
      "select mail as email, plan from things",
      "select email, plan from things; delete from things",
      "select email plan from from things",
      "with gone as (delete from things returning email, plan) select * from gone",
      BROKEN,
    ];
    for (const sql of wrong) {
      const there = await read(server.url, true, sql, THINGS);
      const directly = await read(w.readerUrl, false, sql, THINGS);
      const words = (because: string | undefined) => because?.replace(/^\d+ rows/, "n rows");
      expect(words(there.ends[0]?.because)).toBe(words(directly.ends[0]?.because));
      expect(there.ends[0]?.coverage).toBe(directly.ends[0]?.coverage);
      expect(there.ends[1]).toEqual(directly.ends[1]);
      expect(there.ends[1]).toMatchObject({ coverage: "complete", enumerated: 4321 });
    }
  });

  it("is connected to without parameters that a pooler refuses", async () => {
    const server = await start(lacks);
    await read(server.url, true, THINGS);
    expect([...server.parameters].filter((name) => !["", "user", "database"].includes(name)).sort()).toEqual([
      "application_name",
      "client_encoding",
    ]);
  });
});

it("a server like Redshift: what follows a failed query shows a later moment, and says so", async () => {
  const server = await start(likeRedshift);
  const collector = postgresCollector(pgSystem(), { secret: () => server.url });
  let second = 0;
  const clock = { now: () => new Date(1000 * second++) };
  const moments: string[] = [];
  for await (const page of collector.read([sqlTarget(THINGS), sqlTarget(BROKEN), sqlTarget(THINGS)], {
    ...contextFor(),
    clock,
  })) {
    for (const _ of page.ends) moments.push(page.asOf);
  }
  expect(moments).toEqual([
    "1970-01-01T00:00:00.000Z",
    "1970-01-01T00:00:00.000Z",
    "1970-01-01T00:00:01.000Z",
  ]);
});

it("a server like Redshift: nothing is written by what it reads, and a write is refused", async () => {
  const server = await start(likeRedshift);
  await w.sql(
    "create or replace function add_one() returns text language sql as $$ insert into things values (0, 'w@x.com', 'w') returning email $$",
  );
  await w.sql(`grant insert on things to ${READER}`);
  const there = await read(server.url, true, "select add_one() as email, 'x' as plan");
  await w.sql(`revoke insert on things from ${READER}`);
  expect(there.ends[0]).toMatchObject({ coverage: "unusable", because: expect.stringContaining("25006") });
  expect(await w.sql("select 1 from things where n = 0")).toEqual([]);
});

it("a server like Redshift: a statement that runs too long is ended by it", async () => {
  const server = await start(likeRedshift);
  const collector = postgresCollector(pgSystem({ statementTimeoutSeconds: 1 }), { secret: () => server.url });
  const targets = [sqlTarget("select 'a@x.com' as email, pg_sleep(20)::text as plan"), sqlTarget(THINGS)];
  const left = await readInto(collector, targets, [plain, plain], folder, true);
  expect(left.ends).toMatchObject([
    { coverage: "unusable", because: expect.stringContaining("longer than its limit") },
    { coverage: "complete", enumerated: 4321 },
  ]);
});

it("a server like Redshift: a person is told that nobody knows what the role may write", async () => {
  const server = await start(likeRedshift);
  const collector = postgresCollector(pgSystem(), { secret: () => server.url });
  expect(await collector.warnings(contextFor())).toEqual([
    "warehouse: this server does not say what the role can write; see that it may only read",
  ]);
});
