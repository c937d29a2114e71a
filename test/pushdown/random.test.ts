import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Warehouse, warehouse } from "../contract/postgres-world.ts";
import { identifier } from "./identifiers.ts";
import { compareSegments, counts } from "./world.ts";

let w: Warehouse;
beforeAll(async () => {
  w = await warehouse();
  await w.sql(
    "create table entry (side int, n int, email text, customer_id text, a text, b char(4), c boolean)",
  );
  await w.sql("grant select on entry to plumbline_test_reader");
});
afterAll(() => w.drop());

const RUNS = Number(process.env.PLUMBLINE_PUSHDOWN_RUNS ?? 200);

const value = fc.constantFrom(
  null,
  "",
  " ",
  "\u00a0",
  "pro",
  " pro",
  "Pro",
  "é",
  "e\u0301",
  "NULL",
  "a,b",
  "a'b",
  "\\",
  "t",
);
const row = fc.record({
  email: identifier,
  customer_id: identifier,
  a: fc.oneof({ weight: 3, arbitrary: fc.constant("pro") }, { weight: 2, arbitrary: value }),
  b: fc.oneof(
    { weight: 3, arbitrary: fc.constant("ab") },
    { weight: 1, arbitrary: fc.constantFrom(null, "", "abcd") },
  ),
  c: fc.oneof(
    { weight: 3, arbitrary: fc.constant(true) },
    { weight: 1, arbitrary: fc.constantFrom(null, false) },
  ),
});
const side = fc.array(row, { maxLength: 14 });

const pick = (s: number, order: string): string =>
  `select email, customer_id, a, b, c from entry where side = ${s} order by ${order}`;

it(
  `${RUNS} random pairs of tables: the same report with and without comparing in the database`,
  async () => {
    let same = 0;
    await fc.assert(
      fc.asyncProperty(
        side,
        side,
        fc.boolean(),
        fc.constantFrom("email", "customer_id"),
        fc.constantFrom("n", "n desc", "a nulls first, n"),
        fc.constantFrom(0, 1),
        async (one, two, half, id, order, owner) => {
          // half of the pairs share most rows: that is what a comparison usually sees
          const sides = [one, half ? [...one.slice(1), ...two.slice(0, 3)] : two];
          const rows = sides.flatMap((of, s) => of.map((r, n) => ({ side: s, n, ...r })));
          await w.sql("truncate entry");
          await w.sql("insert into entry select * from jsonb_populate_recordset(null::entry, $1)", [
            JSON.stringify(rows),
          ]);
          const segments = [0, 1].map((s) => ({ dsn: w.readerUrl, sql: pick(s, order) }));
          const o = { id, attributes: ["a", "b", "c"], owner };
          const there = await compareSegments(segments, { ...o, speed: 1 });
          expect(counts(there)).toEqual(counts(await compareSegments(segments, { ...o, speed: null })));
          if (/: [1-9].* people are the same/.test(there.told.join())) same++;
        },
      ),
      { numRuns: RUNS },
    );
    // else nothing was proved
    expect(same).toBeGreaterThan(RUNS / 10);
  },
  RUNS * 2_000,
);
