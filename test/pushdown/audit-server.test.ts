import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { postgresCollector } from "../../collectors/postgres.ts";
import { openTogether } from "../../collectors/postgres-together.ts";
import { runId } from "../../core/model.ts";
import { pgSystem, READER, sqlTarget, type Warehouse, warehouse } from "../contract/postgres-world.ts";
import type { Wanted } from "../intake/world.ts";
import { type Copy, kept, readApart, readTogether } from "./audit-world.ts";

let folder = "";
let w: Warehouse;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-pushdown-"));
  w = await warehouse();
  await w.sql("create table lead (n int, email text, plan text, net inet, day date)");
  await w.sql(
    "insert into lead select n, 'P' || n || '@x.com', 'p' || n % 3, '10.0.0.1', '2026-01-01' from generate_series(1, 900) n",
  );
  await w.sql(
    "create table client as select * from lead where n > 100 union all select * from lead where n < 5",
  );
  await w.sql(`grant select on lead, client to ${READER}`);
});
afterAll(async () => {
  await w.drop();
  rmSync(folder, { recursive: true });
});

const wanted: Wanted = { identity: "email", attributes: ["tier", "net", 'x") y'], second: "customer_id" };
const of = (sql: string): Copy => ({ sql, wanted });
const together = (copies: readonly Copy[]) =>
  readTogether(w.readerUrl, copies, copies.map((_, i) => i).slice(1), "email", folder);

it("of an owner's query that is another one each time, a copy is whole, and both are of one run", async () => {
  const copies = [
    of("select email, plan from lead order by random() limit 300"),
    of("select email, plan from client"),
  ];
  const [, here] = (await readApart(w.readerUrl, copies, folder)).flatMap((l) => l.builders);
  for (let i = 0; i < 5; i++) {
    const { left, travelled } = await together(copies);
    expect(left.builders[1]).toEqual(here);
    expect(left.builders[0]?.summary).toMatchObject({ size: 300, records: 300 });
    expect(travelled).toBeLessThan(800);
  }
});

it("views, semicolons, comments, brackets, odd types, names like SQL and one name twice", async () => {
  const name = `"x"") y"`;
  for (const [owner, copy] of [
    ["select email, plan, net from lead -- ) as q", "(select net, email, plan from client /* ) */);"],
    [
      `select 1 as n, email, plan as ${name} from lead; `,
      `select plan as ${name}, 2 as n, email from client`,
    ],
    ["with s as (select * from lead) select *, email from s limit 400", "table client"],
    ["select email, n::bigint as id, plan::varchar from lead", "select email, n as id, plan from client"],
  ] as const) {
    const copies = [of(owner), of(copy), of(copy)];
    const { left, unfit, travelled } = await together(copies);
    expect(unfit).toEqual([]);
    expect(travelled).toBeLessThan(2 * 805);
    expect(kept([left])).toEqual(kept(await readApart(w.readerUrl, copies, folder)));
  }
});

it("a row too large to be taken as bytes throws, so that nothing of the answer is used", async () => {
  const long = "select email, case n when 700 then repeat('long ', 300000) else plan end as plan from";
  await expect(together([of(`${long} lead`), of(`${long} client`)])).rejects.toThrow(/cannot be taken apart/);
});

it("a connection that is gone is told when the link is measured", async () => {
  const collector = postgresCollector(pgSystem(), { secret: () => w.readerUrl });
  const together = await openTogether([{ part: collector.part, target: sqlTarget("table lead") }], {
    signal: new AbortController().signal,
    clock: { now: () => new Date() },
    log: { info: () => undefined, warn: () => undefined },
    runId: runId("r"),
  });
  await together.close();
  await expect(together.speed(() => 0)).rejects.toMatchObject({ kind: "transient" });
});

it("a query that closes brackets is refused", async () => {
  const closing = "select email, plan from lead) as q, (select email from lead";
  await expect(together([of(closing), of("table client")])).rejects.toThrow(/42601/);
});
