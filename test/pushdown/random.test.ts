import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Warehouse, warehouse } from "../contract/postgres-world.ts";
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

/** Few stems, so that the two sides meet; every kind of spelling that might be folded wrongly. */
const STEMS = [
  "ann@x.com",
  "bob@mail.example.test",
  "é@x.com",
  "e\u0301@x.com",
  "İ@x.com",
  "i\u0307@x.com",
  "ı@x.com",
  "σς@x.com",
  "ΣΣ@x.com",
  "ß@x.com",
  "\u212a@x.com",
  "k@x.com",
  "a@b..com",
  "a@-b.com",
  "a@b-.com",
  "a@b",
  "a@b@c.com",
  "a.@x.com",
  "o'neil@x.com",
  "o\\neil@x.com",
  `${"l".repeat(64)}@x.com`,
  `${"l".repeat(65)}@x.com`,
  `a@${"d".repeat(63)}.com`,
  `a@${"d".repeat(64)}.com`,
  `${"v".repeat(300)}@x.com`,
  "n/a",
  "null",
  "17",
  "C-17",
  "c-17",
  "C 17",
  "",
  "x'); drop table entry; --",
  "zero\u200bwidth@x.com",
  "tab\tin@x.com",
];
const AROUND = [
  "",
  " ",
  "\t",
  "\n",
  "\u00a0",
  "\u2003",
  "\u3000",
  "\ufeff",
  "\u0085",
  "\u200b",
  "\r\n ",
  "'",
  "\u001f",
];
const identifier = fc.oneof(
  { weight: 1, arbitrary: fc.constant(null) },
  {
    weight: 12,
    arbitrary: fc
      .tuple(
        fc.constantFrom(...STEMS),
        fc.constantFrom("as it is", "upper", "mixed"),
        fc.constantFrom(...AROUND),
        fc.constantFrom(...AROUND),
        fc.integer({ min: 0, max: 5 }),
      )
      .map(([stem, how, before, after, plainly]) => {
        const cased =
          how === "upper"
            ? stem.toUpperCase()
            : how === "mixed"
              ? stem[0]?.toUpperCase() + stem.slice(1)
              : stem;
        return plainly > 1 ? cased : `${before}${cased}${after}`;
      }),
  },
  {
    weight: 12,
    arbitrary: fc
      .tuple(
        fc.integer({ min: 1, max: 5 }),
        fc.constantFrom("", "", "", " ", "\u00a0"),
        fc.constantFrom("p", "p", "P"),
      )
      .map(([n, space, letter]) => `${letter}${n}@x.com${space}`),
  },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 6 }).map((s) => s.replaceAll("\0", "")) },
);
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
