import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgresCollector } from "../../collectors/postgres.ts";
import { pgSystem, sqlTarget, type Warehouse, warehouse } from "../contract/postgres-world.ts";
import { copies, type LesserServer, lesserServer, likeRedshift } from "./lesser-server.ts";
import { fieldOf, identities, readInto, type Wanted } from "./world.ts";

/** By hand: PLUMBLINE_INTAKE_RUNS=2000. */
const RUNS = Number(process.env.PLUMBLINE_INTAKE_RUNS ?? 40);
const TIMEOUT_MS = Math.max(600_000, RUNS * 2_000);
let folder = "";
let w: Warehouse;
let lesser: readonly LesserServer[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-intake-"));
  w = await warehouse();
  await w.sql(
    "create table things (n int, id text, email text, phone text, customer_id text, consent text, mailable text, bounced text, consent_at text, updated_at text, plan text, flag boolean, at timestamptz, amount numeric)",
  );
  await w.sql("grant select on things to public");
  lesser = [await lesserServer(w.readerUrl, copies("42601")), await lesserServer(w.readerUrl, likeRedshift)];
});
afterAll(async () => {
  for (const server of lesser) await server.close();
  await w.drop();
  rmSync(folder, { recursive: true });
});

const read = (
  sql: readonly string[],
  wanted: readonly Wanted[],
  asBytes: boolean,
  more: Parameters<typeof pgSystem>[0] = {},
  url = w.readerUrl,
) =>
  readInto(
    postgresCollector(pgSystem({ attributes: { tier: "plan" }, ...more }), { secret: () => url }),
    sql.map((text, i) => sqlTarget(text, `a${i}`)),
    wanted,
    folder,
    asBytes,
  );
const result = ({ rows: _, taken: __, ...left }: Awaited<ReturnType<typeof readInto>>) => left;

const text = (usual: string) => fc.option(fieldOf(usual), { freq: 8, nil: null });
const row = fc.record({
  id: text("id"),
  email: text("email"),
  phone: text("phone"),
  customer_id: text("customer_id"),
  consent: text("consent"),
  mailable: text("yesNo"),
  bounced: text("yesNo"),
  consent_at: text("time"),
  updated_at: text("time"),
  plan: text("plan"),
  flag: fc.option(fc.boolean()),
  at: fc.option(
    fc
      .date({ min: new Date("1900-01-01"), max: new Date("2300-01-01"), noInvalidDate: true })
      .map((d) => d.toISOString()),
  ),
  amount: fc.option(fc.integer().map((n) => String(n / 8))),
});
const wanted: fc.Arbitrary<Wanted> = fc.record({
  identity: identities,
  attributes: fc.subarray(["tier", "flag", "at", "amount", "gone", "n"]),
  rules: fc.constantFrom(
    {},
    { tier: { values: ["free", "pro"], pattern: null }, flag: { values: ["true"], pattern: null } },
  ),
  enumerated: fc.subarray(["tier", "flag"]),
  counted: fc.subarray(["tier", "flag"]),
  records: fc.boolean(),
  second: fc.constantFrom(null, "email" as const, "customer_id" as const),
});
const COLUMNS = [
  "id",
  "email",
  "phone",
  "customer_id",
  "consent",
  "mailable",
  "bounced",
  "consent_at",
  "updated_at",
  "plan",
  "flag",
  "at",
  "amount",
];

describe("Postgres as bytes", () => {
  it(
    "leaves the same sets, spools, counts, warnings and ends as rows do",
    async () => {
      let taken = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.array(row, { maxLength: 40 }),
          fc.subarray(COLUMNS, { minLength: 1 }),
          fc.constantFrom("email", "customer_id", "phone"),
          wanted,
          wanted,
          async (rows, some, identity, one, two) => {
            await w.sql("truncate things");
            await w.sql(
              "insert into things select (row_number() over ()), r.id, r.email, r.phone, r.customer_id, r.consent, r.mailable, r.bounced, r.consent_at, r.updated_at, r.plan, r.flag, r.at, r.amount from json_to_recordset($1::json) as r(id text, email text, phone text, customer_id text, consent text, mailable text, bounced text, consent_at text, updated_at text, plan text, flag boolean, at timestamptz, amount numeric)",
              [JSON.stringify(rows)],
            );
            const columns = [...new Set([...some, identity])];
            const queries = [
              `select ${columns.join(", ")} from things order by n -- all of them`,
              "select * from things order by n;",
            ];
            const fast = await read(queries, [one, two], true);
            taken += fast.taken;
            expect(result(fast)).toEqual(result(await read(queries, [one, two], false)));
            for (const { url } of lesser) {
              const left = await read(queries, [one, two], true, {}, url);
              expect(left.taken).toBe(0);
              const unasked =
                "warehouse: this server does not say what the role can write; see that it may only read";
              expect({ ...left, warnings: left.warnings.filter((words) => words !== unasked) }).toMatchObject(
                result(fast),
              );
            }
          },
        ),
        { numRuns: RUNS },
      );
      expect(taken).toBeGreaterThan(RUNS);
    },
    TIMEOUT_MS,
  );

  const plain: Wanted = { identity: "email", attributes: ["tier"] };

  it("takes many blocks, and a row too large for it as a row", async () => {
    await w.sql("truncate things");
    await w.sql(
      "insert into things (n, email, plan) select i, 'p' || i || '@x.com', case i when 30000 then repeat('\"long\n', 300000) else 'p' || i % 5 end from generate_series(1, 60000) i",
    );
    const sql = ["select email, plan from things order by n"];
    const fast = await read(sql, [plain], true);
    expect([fast.rows > 0, fast.taken > 30_000, fast.rows + fast.taken]).toEqual([true, true, 60_000]);
    expect(result(fast)).toEqual(result(await read(sql, [plain], false)));
  });

  it("ends where the last row fills a block", async () => {
    for (const rows of [130, 131, 132, 262]) {
      const sql = `select 'a' || i || '@x.com' as email, repeat('x', 990) as plan from generate_series(100, ${99 + rows}) i`;
      expect((await read([sql, sql], [plain, plain], true)).ends).toMatchObject([
        { coverage: "complete", enumerated: rows },
        { coverage: "complete", enumerated: rows },
      ]);
    }
  });

  it("cancels a statement that runs too long, and goes on with the next", async () => {
    const left = await read(
      ["select 'a@x.com' as email, pg_sleep(20)::text as plan", "select 'a@x.com' as email, 'pro' as plan"],
      [plain, plain],
      true,
      { statementTimeoutSeconds: 1 },
    );
    expect(left.ends).toMatchObject([
      { coverage: "unusable", because: expect.stringContaining("longer than its limit") },
      { coverage: "complete", enumerated: 1 },
    ]);
  });

  it.each([
    [
      "what fails in the middle",
      "select 'p' || i || '@x.com' as email, 1 / (i - 50000) as plan from generate_series(1, 60000) i",
      /22012/,
    ],
    ["a second statement", "select 'a' as email, 'b' as plan; delete from things", /42601/],
    [
      "a bracket that ends early",
      "select 1 as email, 2 as plan) to stdout; delete from things; copy (select 1",
      /42601/,
    ],
    [
      "a write inside",
      "with gone as (delete from things returning email, plan) select * from gone",
      /25006|0A000/,
    ],
    ["no identifier", "select 1 as a, 2 as b", /no column email/],
  ])("%s: the same end as with rows, and the next target is read", async (_, sql, words) => {
    const all = [sql, "select 'a@x.com' as email, 'pro' as plan"];
    const fast = await read(all, [plain, plain], true);
    const slow = await read(all, [plain, plain], false);
    expect(fast.ends[0]?.because).toMatch(words);
    expect(fast.ends[0]?.coverage).toBe(slow.ends[0]?.coverage);
    expect(fast.ends[1]).toEqual(slow.ends[1]);
    expect(fast.ends[1]?.coverage).toBe("complete");
  });

  it("a connection that the server ends is a partial read", async () => {
    await expect(
      w
        .sql("select 1")
        .then(() =>
          read(
            [
              "select 'p' || i || '@x.com' as email, case when i = 90000 then pg_terminate_backend(pg_backend_pid())::text end as plan from generate_series(1, 100000) i",
            ],
            [plain],
            true,
          ),
        ),
    ).resolves.toMatchObject({
      ends: [{ coverage: "partial", because: expect.stringContaining("rows were read, then") }],
    });
  });
});
