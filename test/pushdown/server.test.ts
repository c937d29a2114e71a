import { randomBytes } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { READER, type Warehouse, warehouse } from "../contract/postgres-world.ts";
import { asAdmin } from "../setup/database.ts";
import { compareSegments, counts, type Segment } from "./world.ts";

let w: Warehouse;
beforeAll(async () => {
  w = await warehouse();
  await w.sql("create table lead (n int, email text, plan text)");
  await w.sql("create table client (n int, email text, plan text)");
  await w.sql(`grant select on lead, client to ${READER}`);
});
afterAll(() => w.drop());
beforeEach(async () => {
  await w.sql("truncate lead, client");
  await w.sql("insert into lead select n, 'p' || n || '@x.com', 'pro' from generate_series(1, 500) n");
  await w.sql(
    "insert into client select n, 'P' || n || '@x.com', case when n % 50 = 0 then 'free' else 'pro' end from generate_series(11, 505) n",
  );
});

const of = (sql: string, dsn = w.readerUrl): Segment => ({ dsn, sql });
const LEAD = "select email, plan from lead order by n";
const CLIENT = "select email, plan from client order by n";
const O = { attributes: ["plan"] };

/** Both ways, which have to agree; tells how the first went. */
async function bothWays(segments: readonly Segment[], o: { attributes?: string[]; id?: string } = O) {
  const there = await compareSegments(segments, { ...o, speed: 1 });
  expect(counts(there)).toEqual(counts(await compareSegments(segments, { ...o, speed: null })));
  return there;
}

describe("compared in the database", () => {
  it("only who differs travels", async () => {
    const { report, told } = await bothWays([of(LEAD), of(CLIENT)]);
    expect(told.join()).toMatch(/^compared in the database: 480 people are the same, 35 rows /);
    expect(report.files[1]).toMatchObject({ rows: 495, people: 495, missing: 10, extra: 5 });
    expect(report.files[1]?.attributes[0]).toMatchObject({ compared: 490, equal: 480, differ: 10 });
  });

  it("views, semicolons, comments, brackets and with", async () => {
    await w.sql("create or replace view shown as select * from lead where n <= 400");
    await w.sql(`grant select on shown to ${READER}`);
    for (const sql of [
      "select email, plan from shown; ",
      "select email, plan from shown -- ) as q",
      "(select email, plan from shown /* ) */)",
      "with s as (select * from shown) select email, plan from s order by n limit 300",
      "table shown",
      "values ('p20@x.com', 'pro'), ('p21@x.com', null)",
    ]) {
      const named = sql.startsWith("values")
        ? `select column1 as email, column2 as plan from (${sql}) v`
        : sql;
      const { told } = await bothWays([of(named), of(CLIENT)]);
      expect(told.join()).toMatch(/^compared in the database/);
    }
  });

  it("names that look like SQL stay names", async () => {
    const name = `x"); drop table lead; --`;
    const quoted = `"${name.replaceAll('"', '""')}"`;
    const { report, told } = await bothWays(
      [of(`select email, plan as ${quoted} from lead`), of(`select email, plan as ${quoted} from client`)],
      { attributes: [name] },
    );
    expect(told.join()).toMatch(/^compared in the database/);
    expect(report.files[1]?.attributes[0]).toMatchObject({ equal: 480, differ: 10 });
    expect(await w.sql("select count(*)::int as n from lead")).toEqual([{ n: 500 }]);
  });

  it("one name twice, unused columns, and types that differ between the sides", async () => {
    await bothWays(
      [
        of(
          "select email, n, n::char(5) as plan, n % 2 = 0 as even, '10.0.0.1'::inet as net, email from lead",
        ),
        of("select n::text || ' ' as plan, (n % 2 = 0)::text as even, email, '10.0.0.1' as net from client"),
      ],
      { attributes: ["plan", "even", "net"] },
    );
    await bothWays(
      [
        of("select email, n % 2 = 0 as even, array[n, null] as list, interval '1 day' as span from lead"),
        of(
          "select email, case when n % 2 = 0 then 't' else 'f' end as even, format('{%s,NULL}', n) as list, 'P1D' as span from client",
        ),
      ],
      { attributes: ["even", "list", "span"] },
    );
  });

  it("mapped attributes", async () => {
    const { told } = await bothWays([
      { ...of("select email, plan as tier from lead"), system: { attributes: { plan: "tier" } } },
      of(CLIENT),
    ]);
    expect(told.join()).toMatch(/^compared in the database: 480/);
  });

  it("empty queries, and nobody usable on one side", async () => {
    await bothWays([of(LEAD), of("select email, plan from client where false")]);
    await bothWays([of("select email, plan from lead where false"), of(CLIENT)]);
    const { report, told } = await bothWays([of(LEAD), of("select 'n/a' as email, plan from client")]);
    expect(told.join()).toMatch(/read and compared here: the rows of one segment name nobody/);
    expect(report.verdict).toBe("cant_tell");
  });

  it("shows one moment while both tables change together", async () => {
    const writer = new pg.Client({ connectionString: w.writerUrl });
    await writer.connect();
    await w.sql("truncate lead, client");
    let writing = true;
    const written = (async () => {
      for (let n = 0; writing; n++) {
        await writer.query(
          `begin; insert into lead values (${n}, 'w${n}@x.com', '${n}'); insert into client values (${n}, 'W${n}@x.com', '${n}'); update lead set plan = plan || 'x'; update client set plan = plan || 'x'; commit`,
        );
      }
    })();
    try {
      for (let i = 0; i < 12; i++) {
        const { report, told } = await compareSegments([of(LEAD), of(CLIENT)], { ...O, speed: 1 });
        expect(told.join()).toMatch(/compared in the database|name nobody/);
        if (report.files[0]?.rows !== 0) expect(report.verdict).toBe("same");
      }
    } finally {
      writing = false;
      await written;
      await writer.end();
    }
  });

  it("one truth of a query that is another one each time", async () => {
    const any = "select email, plan from lead order by random() limit 250";
    for (let i = 0; i < 5; i++) {
      const { report } = await compareSegments([of(any), of(CLIENT)], { ...O, speed: 1 });
      const [owner, copy] = report.files;
      expect(owner?.people).toBe(250);
      // who is in both, or in one: everybody once
      expect(report.overlap.reduce((n, g) => n + g.people, 0)).toBe((copy?.missing ?? 0) + 495);
    }
  });
});

describe("read and compared here", () => {
  it("segments of two databases of one server", async () => {
    const other = await warehouse();
    try {
      await other.sql("insert into people (email, plan) values ('p1@x.com', 'pro')");
      const { told } = await bothWays([of(LEAD), of("select email, plan from people", other.readerUrl)]);
      expect(told).toEqual([
        "read and compared here: the segments are not in one database, read by one role",
      ]);
    } finally {
      await other.drop();
    }
  });

  it("segments that two roles read: each sees its own rows", async () => {
    const role = `r_${randomBytes(5).toString("hex")}`;
    await w.sql(`create role ${role} login password 'only for tests'`);
    try {
      await w.sql(`grant select on client to ${role}`);
      await w.sql("alter table client enable row level security");
      await w.sql(`create policy mine on client to ${role} using (n <= 200)`);
      const url = new URL(w.readerUrl);
      url.username = role;
      const { report, told } = await bothWays([of(LEAD), of(CLIENT, url.href)]);
      expect(told.join()).toMatch(/not in one database, read by one role/);
      expect(report.files[1]?.rows).toBe(190);
    } finally {
      await w.sql("drop policy if exists mine on client");
      await w.sql("alter table client disable row level security");
      await w.sql(`revoke all on client from ${role}`);
      await w.sql(`drop role ${role}`);
    }
  });

  it("three segments, phone numbers, and a fast link", async () => {
    const three = await bothWays([of(LEAD), of(CLIENT), of(CLIENT)]);
    expect(three.told.join()).toMatch(/more than two segments/);
    const phones = "select '+44 20 7946 ' || lpad(n::text, 4, '0') as phone from lead";
    const { told } = await bothWays([of(phones), of(phones)], { id: "phone" });
    expect(told.join()).toMatch(/phone numbers have too many spellings/);
    const fast = await compareSegments([of(LEAD), of(CLIENT)], { ...O, speed: 1e12 });
    expect(fast.told.join()).toMatch(/^read and compared here: about .* rows of .* bytes at /);
  });

  it.each([
    ["refuses", "raise exception 'no'"],
    ["takes too long", "perform pg_sleep(30)"],
    ["ends the connection", "perform pg_terminate_backend(pg_backend_pid())"],
  ])("a server that %s only then: everything is read, nothing is partial", async (_, what) => {
    await w.sql(
      `create or replace function moody(t text) returns text language plpgsql security definer as $$ begin
         if exists (select from pg_cursors where statement like '%materialized%') then ${what}; end if; return t; end $$`,
    );
    const moody = "select moody(email) as email, plan from lead where n <= 3 order by n";
    const timeout = { system: { statementTimeoutSeconds: 1 } };
    const { told, report } = await bothWays([
      { ...of(moody), ...timeout },
      { ...of(CLIENT), ...timeout },
    ]);
    expect(told.join()).toMatch(/^read and compared here, since the server did not compare them: /);
    expect(report.files.map((f) => f.coverage)).toEqual(["complete", "complete"]);
  });

  it("a query that cannot stand in brackets, and none that closes them", async () => {
    const { told } = await bothWays([of(`${LEAD}; -- the end`), of(CLIENT)]);
    expect(told.join()).toMatch(/^read and compared here, since the server did not compare them: .*42601/);
    const closing = "select email, plan from lead) as q, (select email from lead";
    await expect(compareSegments([of(closing), of(CLIENT)], { speed: 1 })).rejects.toThrow(/42601/);
  });

  it("a database that does not keep UTF-8", async () => {
    const name = `w_${randomBytes(5).toString("hex")}`;
    await asAdmin(
      w.writerUrl,
      `create database ${name} template template0 encoding 'LATIN1' lc_collate 'C' lc_ctype 'C' locale_provider libc`,
    );
    const url = new URL(w.writerUrl);
    url.pathname = name;
    try {
      const sql = "select 'é@x.com' as email union all select 'ann@x.com'";
      const { told } = await bothWays([of(sql, url.href), of(sql, url.href)], {});
      expect(told.join()).toMatch(/does not keep UTF-8/);
    } finally {
      await asAdmin(w.writerUrl, `drop database ${name} with (force)`);
    }
  });
});
