import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { AuditSummary } from "../../app/audit/run-audit.ts";
import { type CliWorld, makeCliWorld } from "../cli/cli-world.ts";
import { memoryIo } from "../memory-io.ts";
import { asAdmin } from "../setup/database.ts";

/** The program as built: only that takes rows as bytes. */
const built = (await import(
  pathToFileURL(join(process.cwd(), "dist/app/cli/run.js")).href
)) as typeof import("../../app/cli/run.ts");

const yaml = (crm: string, more = "") => `
company: Meadow & Co
systems:
  - { id: warehouse, kind: postgres, dsn: "\${env:WAREHOUSE}", attributes: { plan: plan }, base: "select email, plan from lead" }
  - { id: crm, kind: postgres, dsn: "\${env:WAREHOUSE}", attributes: { plan: tier }, statement_timeout_seconds: 4, ${crm} }
  - { id: shop, kind: postgres, dsn: "\${env:WAREHOUSE}", attributes: { plan: plan }, pushdown: on }
attributes:
  - { name: plan, owners: [warehouse] }
audiences:
  - id: stop
    purpose: suppression
    owner: warehouse
    segments:
      - { system: warehouse, sql: "select email, consent from lead where consent <> 'subscribed'" }
      - { system: crm, sql: "select email, consent from client where consent <> 'subscribed'" }
  - id: active
    purpose: marketing
    owner: warehouse
    required_attributes: [plan]
    segments:
      - { system: warehouse, sql: "select email, plan, consent, since as updated_at from lead order by n" }
      - { system: crm, sql: "select moody(email) as email, tier, consent, since as updated_at from client order by n desc" }
      - { system: shop, sql: "select email, plan from buyer -- all of them" }
${more}`;

let world: CliWorld;
beforeAll(async () => {
  world = await makeCliWorld(1);
  await world.warehouse.query(`
    create function moody(t text) returns text language sql as 'select t';
    create table lead (n int, email text, phone text, plan text, consent text, since timestamptz default '2026-01-01');
    insert into lead select n, 'P' || n || '@x.com', '+4420794600' || n % 90 + 10, 'p' || n % 3, case when n % 10 = 0 then 'unsubscribed' else 'subscribed' end from generate_series(1, 400) n;
    insert into lead (n, email, plan, consent) values (401, ' p1@x.com', 'p9', 'spam'), (402, 'n/a', null, 'maybe'), (403, 'é@x.com', '', null);
    create table client as select n, email, phone, case when n % 40 = 0 then 'other' else plan end as tier, case when n % 90 = 0 then 'subscribed' else consent end as consent, since from lead where n % 25 <> 0;
    insert into client (n, email, tier, consent) values (500, 'new@x.com', 'p1', 'ja');
    create table buyer as select * from lead where n > 20`);
});
afterAll(() => world.close());
beforeEach(async () => {
  await moody("select t");
  await world.store.query("delete from meta where key like 'pushdown:%'");
});

const moody = (body: string) =>
  world.warehouse.query(
    `create or replace function moody(t text) returns text language plpgsql as $$ begin ${body.startsWith("select") ? "" : `if exists (select from pg_stat_activity where pid = pg_backend_pid() and query like 'copy%materialized%') then ${body}; end if;`} return t; end $$`,
  );

async function audit(config: string, ...words: string[]) {
  await world.configure(() => config);
  const run = async (...more: string[]) => {
    const io = memoryIo(world.dir, world.env);
    await built.runCli(["audit", ...words, ...more], io);
    return io;
  };
  const io = await run("--json");
  const summary: AuditSummary = JSON.parse(io.out());
  const { rows: snapshots } = await world.store.query<Record<string, unknown>>(
    `select audience, system, coverage, because, metrics - 'latency_ms' as metrics, attributes, distributions, fields
      from snapshot where run_id = $1 order by audience, system`,
    [summary.runId],
  );
  const { rows: runs } = await world.store.query<{ summary: { pushdown?: Record<string, string> } }>(
    "select summary from run where id = $1",
    [summary.runId],
  );
  const how = Object.fromEntries(
    summary.reads.filter((r) => r.how !== null).map((r) => [`${r.audience}@${r.system}`, r.how]),
  );
  expect(runs[0]?.summary.pushdown ?? {}).toEqual(how);
  return {
    summary,
    how,
    snapshots: JSON.parse(
      JSON.stringify(snapshots)
        .replace(/"observedAt":"[^"]*"/g, "0:0")
        .replaceAll("0:0", '"at":0'),
    ) as unknown,
  };
}
const ON = yaml("pushdown: on");
const differences = (s: AuditSummary) => JSON.parse(JSON.stringify(s.comparisons)) as unknown;

describe("an audit of copies in one database", () => {
  it("compares them there, and finds, counts and keeps the same as one that reads them", async () => {
    await audit(ON, "--scheduled");
    const there = await audit(ON, "--scheduled");
    const here = await audit(ON, "--scheduled", "--no-pushdown");
    expect(there.how).toEqual({
      "stop@crm": "compared in the database: 29 rows as the owner’s, 2 travelled; pushdown is on",
      "active@crm": "compared in the database: 372 rows as the owner’s, 16 travelled; pushdown is on",
      "active@shop": "compared in the database: 380 rows as the owner’s, 3 travelled; pushdown is on",
    });
    expect(here.how).toEqual({});
    expect(there.snapshots).toEqual(here.snapshots);
    expect(differences(there.summary)).toEqual(differences(here.summary));
    expect(differences(there.summary)).toMatchObject([{}, { perSystem: { crm: { missing: 8, extra: 34 } } }]);
    expect(there.summary.open).toEqual(here.summary.open);
    expect(there.summary.unjudged).toEqual(here.summary.unjudged);
  });

  it("says on the terminal how each was read, in a line", async () => {
    await world.configure(() => ON);
    const io = memoryIo(world.dir, world.env);
    await built.runCli(["audit"], io);
    expect(io.out()).toMatch(/^· crm active: compared in the database: .* travelled; pushdown is on$/m);
    const plain = memoryIo(world.dir, world.env);
    await built.runCli(["audit", "--no-pushdown"], plain);
    expect(plain.out()).not.toContain("·");
  });

  it.each([
    ["refuses", "raise exception 'no'", /refused \(P0001\)/],
    ["takes too long", "perform pg_sleep(30)", /longer than its limit/],
    ["ends the connection", "perform pg_terminate_backend(pg_backend_pid())", /connection/],
  ])("a server that %s only then: every copy is read, and nothing is partial", async (_, what, words) => {
    const here = await audit(ON, "--no-pushdown");
    await moody(what);
    const { how, snapshots, summary } = await audit(ON);
    for (const segment of ["stop@crm", "active@crm", "active@shop"]) {
      expect(how[segment]).toMatch(/^read, since the server did not compare it: /);
      expect(how[segment]).toMatch(words);
    }
    expect(snapshots).toEqual(here.snapshots);
    expect(differences(summary)).toEqual(differences(here.summary));
    // and what failed is not tried again soon
    const next = await audit(yaml("pushdown: auto"));
    expect(next.how["active@crm"]).toBe("read: the server refused to compare it the last time");
    expect(next.snapshots).toEqual(here.snapshots);
  });

  it("reads where it is told to, and where there is too little to gain", async () => {
    expect((await audit(yaml("pushdown: off"))).how).toMatchObject({
      "active@crm": "read: pushdown is off for crm",
      "active@shop": expect.stringMatching(/^compared in the database/),
    });
    expect((await audit(yaml("sends: false"))).how).toMatchObject({ "active@crm": "read: it has few rows" });
  });

  it("reads what does not fit", async () => {
    const { how } = await audit(
      yaml(
        "pushdown: on",
        `  - id: callers
    purpose: marketing
    owner: warehouse
    identity: phone
    segments:
      - { system: warehouse, sql: "select phone, email from lead" }
      - { system: crm, sql: "select phone, email from client" }
  - id: sent
    purpose: marketing
    owner: warehouse
    segments:
      - { system: warehouse, sql: "select email, n as id from lead" }
      - { system: crm, sql: "select email, true as mailable from client" }
      - { system: shop, sql: "select email, n::text as id from nowhere" }
`,
      ),
    );
    expect(how).toMatchObject({
      "callers@crm": "read: phone numbers have too many spellings for the server",
      "sent@crm": expect.stringMatching(/^read: .*a table is not there/),
      "sent@shop": expect.stringMatching(/^read: .*a table is not there/),
      "active@crm": expect.stringMatching(/^compared in the database/),
    });
  });

  it("reads what another role reads", async () => {
    const url = new URL(world.env.WAREHOUSE ?? "");
    await asAdmin(url.href, "drop role if exists pushdown_other");
    await asAdmin(url.href, "create role pushdown_other login superuser password 'only for tests'");
    url.username = "pushdown_other";
    url.password = "only for tests";
    const config = ON.replace(
      'id: crm, kind: postgres, dsn: "${env:WAREHOUSE}"',
      'id: crm, kind: postgres, dsn: "${env:OTHER}"',
    );
    await world.configure(() => config);
    const io = memoryIo(world.dir, { ...world.env, OTHER: url.href });
    await built.runCli(["audit", "--json"], io);
    const { reads }: AuditSummary = JSON.parse(io.out());
    expect(reads.filter((r) => r.how !== null).map((r) => r.system)).toEqual(["shop"]);
    expect(reads.every((r) => r.coverage === "complete")).toBe(true);
  });
});
