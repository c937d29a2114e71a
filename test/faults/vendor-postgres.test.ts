import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { applyToEnd, brokenText, judgeRun, prepare, worldOf } from "./vendor-run.ts";
import { Table } from "./vendor-table.ts";
import { type WarehouseSim, warehouseSim } from "./vendor-warehouse.ts";

// What of the faults applies to a database as destination: connections, schema, locks, constraints, empty tables.
const PEOPLE = 32;
const table = new Table("Applying to Postgres");
let sim: WarehouseSim;
let database: TestDatabase;

beforeAll(async () => {
  sim = await warehouseSim();
  database = await testDatabase();
});
afterAll(async () => {
  table.print();
  await sim.close();
  await database.drop();
});

const KILL =
  "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()";
/** One that ends its own connection when it deletes; deferred: at the commit. */
const die = (when: string): string => `
  create function die() returns trigger language plpgsql as $$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$;
  create constraint trigger die after delete on lists ${when} for each row execute function die()`;
const LIVE = "drop trigger die on lists; drop function die";
const REFUSES = "p6@example.com";

type Kind = {
  readonly name: string;
  readonly begin: () => Promise<unknown>;
  readonly end: () => Promise<unknown>;
  /** Applied in the end; null: however it ends, the invariants hold. */
  readonly applied: ((changes: number) => number) | null;
};
const sqlKind = (name: string, begin: string, end: string, applied: Kind["applied"] = null): Kind => ({
  name,
  begin: () => sim.sql(begin),
  end: () => sim.sql(end),
  applied,
});
const proxyKind = (name: string, begin: () => void): Kind => ({
  name,
  begin: async () => begin(),
  end: async () => {
    sim.proxy.cutAfter(null);
    sim.proxy.cutAnswerTo(null);
  },
  applied: null,
});

const KINDS: readonly Kind[] = [
  proxyKind("connection cut at once", () => sim.proxy.cutAfter(0)),
  proxyKind("connection cut in an answer", () => sim.proxy.cutAfter(3_000)),
  proxyKind("the answer to a commit is lost, after the effect", () => sim.proxy.cutAnswerTo("commit")),
  proxyKind("the answer to a delete is lost, before the effect", () => sim.proxy.cutAnswerTo("delete from")),
  sqlKind("connection ended in a statement", die(""), LIVE),
  sqlKind("connection ended at commit", die("initially deferred"), LIVE),
  sqlKind(
    "column renamed",
    "alter table people rename plan to plan_v2",
    "alter table people rename plan_v2 to plan",
  ),
  sqlKind("table gone", "alter table lists rename to lists_v2", "alter table lists_v2 rename to lists"),
  sqlKind(
    "silent zero rows: the tables are empty",
    "alter table people rename to people_v2; create table people (like people_v2)",
    "drop table people; alter table people_v2 rename to people",
  ),
  sqlKind(
    "one value of a batch does not fit",
    `alter table people add constraint odd check (not (email = '${REFUSES}' and plan = 'pro'))`,
    "alter table people drop constraint odd",
    (n) => n - 1,
  ),
  sqlKind(
    "acknowledged, nothing done",
    "create function nothing() returns trigger language plpgsql as $$ begin return null; end $$; create trigger a before delete on lists for each row execute function nothing()",
    "drop trigger a on lists; drop function nothing",
  ),
];

describe("Postgres, while a plan is applied", () => {
  beforeEach(() => sim.fill([]));

  it.each(KINDS)("$name, until it is healed", async (k) => {
    const w = worldOf(sim, database);
    const p = await prepare(w, PEOPLE);
    await k.begin();
    const first = await applyToEnd(
      { ...w, sim: { ...sim, heal: async () => void (await k.end()) } },
      p.plan.id,
    );
    const truth = await judgeRun(w, p);
    table.add(k.name, "Postgres", truth.state, truth.broken.length > 0);
    expect(brokenText(truth)).toBe("");
    expect(first.error).toBeNull();
    if (k.applied !== null) expect(truth.ends.applied).toBe(k.applied(p.plan.doc.changes.length));
  });

  it("connections ended again and again, in the middle of the run", async () => {
    const w = worldOf(sim, database);
    const p = await prepare(w, PEOPLE);
    let going = true;
    const killer = (async () => {
      for (let n = 0; going && n < 6; n += 1) {
        await sim.sql(KILL);
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    })();
    await applyToEnd(w, p.plan.id);
    going = false;
    await killer;
    const truth = await judgeRun(w, p);
    table.add("connections ended in the middle", "Postgres", truth.state, truth.broken.length > 0);
    expect(brokenText(truth)).toBe("");
  });
});
