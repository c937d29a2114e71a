import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { READER, type Warehouse, warehouse } from "../contract/postgres-world.ts";
import { fieldOf, type Wanted } from "../intake/world.ts";
import { kept, readApart, readTogether } from "./audit-world.ts";
import { identifier } from "./identifiers.ts";

const RUNS = Number(process.env.PLUMBLINE_PUSHDOWN_RUNS ?? 60);
let folder = "";
let w: Warehouse;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-pushdown-"));
  w = await warehouse();
  await w.sql(
    "create table entry (side int, n int, email text, customer_id text, phone text, id text, consent text, mailable text, bounced boolean, consent_at text, updated_at timestamptz, plan varchar(80), tag char(4), flag boolean, amount numeric)",
  );
  await w.sql(`grant select on entry to ${READER}`);
});
afterAll(async () => {
  await w.drop();
  rmSync(folder, { recursive: true });
});

/** Mostly the usual value, so that copies meet. */
const often = <T>(usual: T, other: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other });
const nothing = fc.constant(null);
const row = fc.record({
  email: identifier,
  customer_id: identifier,
  phone: often<string | null>(null, fieldOf("phone")),
  id: often<string | null>("7", fieldOf("id")),
  consent: often<string | null>("subscribed", fc.oneof(nothing, fieldOf("consent"))),
  mailable: often<string | null>("true", fc.oneof(nothing, fieldOf("yesNo"))),
  bounced: often<boolean | null>(false, fc.constantFrom(null, true)),
  consent_at: often<string | null>("2026-01-01", fc.oneof(nothing, fieldOf("time"))),
  updated_at: often<string | null>(
    "2026-02-03",
    fc.constantFrom(null, "2026-03-04 05:06:07.891+02", "infinity"),
  ),
  plan: often<string | null>(
    "pro",
    fc.oneof(
      nothing,
      fieldOf("plan").map((s) => s.slice(0, 80)),
    ),
  ),
  tag: often<string | null>("ab", fc.constantFrom(null, "", "abcd")),
  flag: often<boolean | null>(true, fc.constantFrom(null, false)),
  amount: often<string | null>("1.50", fc.constantFrom(null, "1.5", "NaN", "-0.25")),
});
type Row = typeof row extends fc.Arbitrary<infer R> ? R : never;
const COLUMNS = [
  "email",
  "customer_id",
  "phone",
  "id",
  "consent",
  "mailable",
  "bounced",
  "consent_at",
  "updated_at",
  "plan",
  "tag",
  "flag",
  "amount",
];
const ATTRIBUTES = ["tier", "tag", "flag", "amount", "gone"];

/** Of the owner's rows most, some of them changed, some twice, in another order; and rows of its own. */
const copy = fc.record({
  seed: fc.array(fc.nat(), { minLength: 1, maxLength: 12 }),
  own: fc.array(row, { maxLength: 4 }),
  changes: fc.array(fc.tuple(fc.nat(), row, fc.constantFrom(...COLUMNS)), { maxLength: 4 }),
  columns: fc.oneof(fc.constant(COLUMNS), fc.subarray(COLUMNS)),
  where: fc.constantFrom("", "", " and flag", " and consent <> 'unsubscribed'"),
  order: fc.constantFrom("n", "n desc", "plan nulls first, n"),
});
function rowsOf(
  owner: readonly Row[],
  c: { seed: number[]; own: Row[]; changes: [number, Row, string][] },
): Row[] {
  const rows = owner.filter((_, i) => (c.seed[i % c.seed.length] ?? 0) % 5 !== 0).map((r) => ({ ...r }));
  for (const [at, from, column] of c.changes) {
    const changed = rows[at % Math.max(1, rows.length)];
    if (changed !== undefined) Object.assign(changed, { [column]: from[column as keyof Row] });
  }
  const twice = rows.filter((_, i) => (c.seed[(i + 1) % c.seed.length] ?? 0) % 7 === 0);
  return [...rows, ...twice, ...c.own];
}

it(
  `${RUNS} random owners with up to three copies: the same sets, rows, counts, ends and warnings either way`,
  async () => {
    let spared = 0;
    let three = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { maxLength: 25 }),
        fc.array(copy, { minLength: 1, maxLength: 3 }),
        fc.constantFrom("email", "email", "customer_id"),
        fc.subarray(ATTRIBUTES),
        fc.constantFrom(null, "customer_id" as const, "email" as const),
        fc.constantFrom("n", "n desc"),
        fc.boolean(),
        async (owner, copies, identity, attributes, second, order, less) => {
          const wanted: Wanted = {
            identity,
            attributes,
            second: second === identity ? null : second,
            enumerated: attributes.slice(0, 1),
            counted: attributes.slice(1),
            rules: { tier: { values: ["free", "pro"], pattern: null } },
          };
          const sides = [owner, ...copies.map((c) => rowsOf(owner, c))];
          await w.sql("truncate entry");
          await w.sql("insert into entry select * from jsonb_populate_recordset(null::entry, $1)", [
            JSON.stringify(sides.flatMap((rows, side) => rows.map((r, n) => ({ side, n, ...r })))),
          ]);
          const pick = (side: number, columns: readonly string[], where: string, by: string) =>
            `select ${[...new Set([...columns, identity])].join(", ")} from entry where side = ${side}${where} order by ${by}`;
          // sometimes the owner lacks what a copy has: then that copy is read
          const ownerColumns = less ? COLUMNS.filter((c) => c !== "mailable") : [...COLUMNS].reverse();
          const read = [
            { sql: pick(0, ownerColumns, "", order), wanted },
            ...copies.map((c, i) => ({ sql: pick(i + 1, c.columns, c.where, c.order), wanted })),
          ];
          const joined = copies.map((_, i) => i + 1);
          const there = await readTogether(w.readerUrl, read, joined, identity, folder);
          const here = await readApart(w.readerUrl, read, folder);
          expect(kept([there.left])).toEqual(kept(here));
          const fit = joined.length - there.unfit.length;
          const rows = sides.slice(1).reduce((n, s) => n + s.length, 0);
          if (fit === joined.length && there.travelled < rows) spared++;
          if (fit === 3) three++;
          expect(less || there.unfit.length === 0).toBe(true);
        },
      ),
      { numRuns: RUNS },
    );
    // else nothing was proved
    expect([spared > RUNS / 10, three > 0]).toEqual([true, true]);
  },
  RUNS * 10_000,
);
