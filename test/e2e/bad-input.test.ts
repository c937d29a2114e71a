import { rename, rm } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { drainOutbox } from "../../app/alerts/notify.ts";
import { sendWeekly } from "../../app/alerts/weekly.ts";
import { LOCAL } from "../../app/api/session.ts";
import type { AuditSummary } from "../../app/audit/run-audit.ts";
import type { Incident } from "../../core/finding.ts";
import { audienceId, instant, systemId } from "../../core/model.ts";
import type { Fault } from "../../demo/sim/faults.ts";
import { putAudienceBase } from "../../store/put-audience-base.ts";
import { everyAnswer, type FullWorld, makeFullWorld } from "./full-world.ts";

const GHOST_LISTS = ["do_not_contact", "active", "vip"];
const SOMEBODY = "some.body@canary.example";

let world: FullWorld;
/** Incidents that stand before anything breaks: they have to stand afterwards, whatever could not be read. */
let standing: readonly string[];
let usual: Readonly<Record<string, string>>;

const told = (incidents: readonly Incident[]) =>
  incidents
    .filter((i) => !i.finding.cantTell)
    .map((i) => `${i.id} ${i.finding.title}`)
    .sort();
const cantTell = (a: AuditSummary, system: string) =>
  a.open.filter((i) => i.finding.cantTell && i.finding.system === system);
const snapshots = async () =>
  Number(
    (
      await world.app.db.query<{ n: string }>(
        "select count(*) as n from snapshot where coverage = 'complete'",
      )
    ).rows[0]?.n,
  );

beforeAll(async () => {
  world = await makeFullWorld({ people: 150 });
  await calm();
  await calm();
  for (const a of world.app.config.audiences) {
    const [comparison] = await world.app.audits.comparisons(a.id, 1);
    if (comparison !== undefined)
      await putAudienceBase(world.app.db, {
        audience: a.id,
        acceptedAt: instant(world.clock.now()),
        acceptedBy: "test",
        runId: comparison.runId,
      });
  }
  await world.warehouse.query(
    "update person set consent = 'unsubscribed', consent_at = $1, active = false where email in ('person20@example.test', 'person21@example.test', 'person22@example.test')",
    [world.clock.now()],
  );
  const labelled = Array.from({ length: 15 }, (_, i) => `person${100 + i}@example.test`);
  world.ghost.control.unload(labelled);
  // lateness is told when the budget of a difference has run out, so it takes some days until nothing new is told
  for (let i = 0; i < 6; i++) standing = told((await calm()).open);
  expect(
    standing.length,
    `a leak and people missing in Ghost: ${standing.join("; ")}`,
  ).toBeGreaterThanOrEqual(2);
  usual = { ...world.env };
});
afterAll(async () => world.close());
/** Whatever a test broke: what cannot be told stays open until the next good read, and nothing else does. */
afterEach(async () => {
  Object.assign(world.env, usual);
  world.ghost.control.clearFaults();
  world.hurry = true;
  await world.gate.open();
  await vip("select email from vip_table");
});
const vip = (sql: string) => world.warehouse.query(`drop view if exists vip; create view vip as ${sql}`);

async function calm(): Promise<AuditSummary> {
  await world.exportAll();
  return world.audit();
}

type Broken = {
  readonly system: string;
  readonly audiences: readonly string[];
  readonly says: readonly RegExp[];
  readonly coverage?: "partial" | "unusable";
};

/** What has to hold after any failed read: said clearly, nothing lost, nothing concluded, everything else goes on. */
async function judged(broken: Broken): Promise<AuditSummary> {
  const before = await snapshots();
  if (broken.system !== "crm") await world.exportAll();
  world.logs.splice(0);
  const audit = await world.audit();
  const mine = audit.reads.filter(
    (r) => r.system === broken.system && r.audience !== null && broken.audiences.includes(r.audience),
  );
  expect(mine.map((r) => r.audience).sort()).toEqual([...broken.audiences].sort());
  for (const r of mine) {
    expect(r.coverage).toBe(broken.coverage ?? "unusable");
    expect(r.size, "unknown is null, never 0").toBeNull();
    for (const said of broken.says) expect(r.because).toMatch(said);
  }
  expect(
    audit.reads.filter((r) => r.system !== broken.system).map((r) => r.coverage),
    "the others are read",
  ).toSatisfy((c: string[]) => c.every((x) => x === "complete"));
  expect(await snapshots(), "earlier readings stay").toBeGreaterThanOrEqual(before);

  for (const c of audit.comparisons)
    if (broken.audiences.includes(c.audience)) expect(c.systems).not.toContain(broken.system);
  const unread = cantTell(audit, broken.system);
  expect(
    unread.map((i) => i.finding.check),
    "one incident per system",
  ).toEqual(["run_failure"]);
  expect(unread[0]?.finding.people).toBeNull();
  for (const said of broken.says) expect(unread[0]?.finding.moved).toMatch(said);
  expect(`${unread[0]?.finding.moved} ${unread[0]?.finding.todo.join(" ")}`, "what to do").toMatch(
    /→ \S+|Read Ghost again/,
  );
  expect(told(audit.open), "nothing is resolved or raised by a read that failed").toEqual(standing);

  for (const audience of broken.audiences) {
    const plan = await world.services.repair
      .draft({
        author: LOCAL,
        audience: audienceId(audience),
        incident: null,
        system: systemId(broken.system),
      })
      .catch((e: Error) => e.message);
    if (typeof plan === "string") expect(plan).toMatch(/nothing to repair|not read completely|is not set/);
    else
      expect(
        plan.doc.changes.map((c) => c.op),
        "nobody is removed",
      ).toEqual([]);
  }
  await everyAnswer(world);
  expect(JSON.stringify([audit, world.logs])).not.toMatch(/canary\.example|xoxb|right-password/);
  return audit;
}

/** The next good read ends what could not be told, and only that. */
async function recovers(system: string): Promise<void> {
  const audit = await calm();
  expect(cantTell(audit, system)).toEqual([]);
  expect(
    audit.changed.filter((i) => i.finding.cantTell && i.finding.system === system).map((i) => i.state),
  ).toEqual(["resolved"]);
  expect(told(audit.open)).toEqual(standing);
}

describe("Ghost", () => {
  const broken = { system: "ghost", audiences: GHOST_LISTS };
  const always = (fault: Fault): void =>
    world.ghost.control.fault({ times: null, path: "/members/", ...fault });

  it("is not there", async () => {
    world.hurry = false;
    await world.gate.shut();
    await judged({
      ...broken,
      says: [
        /ghost: GET \/ghost\/api\/admin\/\w+\//,
        /cannot be reached \(ECONNREFUSED\) → check that 127\.0\.0\.1:\d+ is up/,
      ],
    });
    world.hurry = true;
    await world.gate.open();
    await recovers("ghost");
  });

  it("has a key that is wrong, no key, or not set", async () => {
    world.env.GHOST_KEY = `${"0".repeat(24)}:${"ab".repeat(32)}`;
    await judged({
      ...broken,
      says: [/the key was refused \(401/, /→ renew the Admin API key of ghost in Ghost/],
    });
    world.env.GHOST_KEY = "hello";
    await judged({ ...broken, says: [/not an Admin API key/, /→/] });
    delete world.env.GHOST_KEY;
    await judged({
      ...broken,
      says: [/test\.yaml:\d+:\d+: the environment variable GHOST_KEY is not set → set GHOST_KEY/],
    });
    Object.assign(world.env, usual);
    await recovers("ghost");
  });

  it.each<[string, Fault, RegExp[]]>([
    ["limits us", { kind: "rate_limited" }, [/too many requests \(429\) → wait/]],
    ["fails", { kind: "server_error" }, [/the server failed \(500.*\) → try again later/]],
    ["hangs", { kind: "timeout_before" }, [/no whole answer within 1\.5 s → try again later/]],
    [
      "breaks the connection",
      { kind: "reset_mid_body" },
      [/the connection broke in the middle of the answer/],
    ],
    [
      "answers with a web page",
      { kind: "html", status: 200 },
      [/a web page instead of JSON → check the url/],
    ],
    ["answers with broken JSON", { kind: "bad_json" }, [/not JSON → check the url/]],
  ])("%s", async (_, fault, says) => {
    always(fault);
    await judged({ ...broken, says: [/ghost: GET \/ghost\/api\/admin\/members\//, ...says] });
  });

  it.each<[string, Fault, RegExp[]]>([
    [
      "loses a page half-way",
      { kind: "page_lost", skip: 1 },
      [/a page was lost after 100 of 135 records/, /→ try again later/],
    ],
    [
      "is limited half-way",
      { kind: "rate_limited", skip: 1 },
      [/a page was lost after 100 of 135 records/, /429.* → wait/],
    ],
    [
      "refuses the key half-way",
      { kind: "unauthorized", skip: 1 },
      [/a page was lost after 100 of 135 records/, /→ renew the Admin API key/],
    ],
    ["leaves out rows", { kind: "short_page" }, [/declared \d+; \d+ of 135 were read/]],
  ])("%s: what was read is shown as partial, and nothing follows from it", async (_, fault, says) => {
    always(fault);
    await judged({ ...broken, coverage: "partial", says });
  });

  it("is well again", () => recovers("ghost"));
});

describe("the warehouse", () => {
  const broken = { system: "warehouse", audiences: GHOST_LISTS };
  const dsn = (change: (url: URL) => void): void => {
    const url = new URL(usual.WAREHOUSE ?? "");
    change(url);
    world.env.WAREHOUSE = url.href;
  };

  it("refuses the password, has no such database, is not there, or has no usable address", async () => {
    dsn((u) => {
      u.password = "wrong";
    });
    const audit = await judged({
      ...broken,
      says: [/warehouse: the password was refused \(28P01\) → correct the dsn/],
    });
    expect(audit.comparisons, "without the owner nothing can be compared").toEqual([]);
    dsn((u) => {
      u.pathname = "/nothing";
    });
    await judged({ ...broken, says: [/warehouse: there is no such database \(3D000\) → correct the dsn/] });
    dsn((u) => {
      u.port = "1";
    });
    await judged({
      ...broken,
      says: [/warehouse: cannot be reached \(ECONNREFUSED\) → check host and port/],
    });
    world.env.WAREHOUSE = "not an address:with@right-password";
    await judged({ ...broken, says: [/warehouse/] });
    delete world.env.WAREHOUSE;
    await judged({
      ...broken,
      says: [/test\.yaml:\d+:\d+: the environment variable WAREHOUSE is not set → set WAREHOUSE/],
    });
    Object.assign(world.env, usual);
    await recovers("warehouse");
  });

  it("fails on one audience’s SQL: the other audiences are compared as ever", async () => {
    const one = { system: "warehouse", audiences: ["vip"] };
    const others = (a: AuditSummary) => a.comparisons.map((c) => c.audience).sort();
    await world.warehouse.query("drop view vip");
    expect(
      others(
        await judged({
          ...one,
          says: [/warehouse: vip: a table is not there \(42P01: .*vip.*\) → correct its name/],
        }),
      ),
    ).toEqual(["active", "do_not_contact"]);
    await vip(
      `select email from (select email from vip_table union all select '${SOMEBODY}') as x where email::int > 0`,
    );
    expect(
      others(await judged({ ...one, says: [/warehouse: vip: a value does not fit the column/] })),
    ).toEqual(["active", "do_not_contact"]);
    await vip("select email from vip_table");
    await recovers("warehouse");
  });

  it("ends the connection in the middle", async () => {
    await vip("select email from vip_table, (select pg_terminate_backend(pg_backend_pid())) as x");
    const audit = await judged({
      system: "warehouse",
      audiences: ["vip"],
      says: [/warehouse: vip: .*connection.* → try again/],
    });
    expect(audit.comparisons.map((c) => c.audience).sort()).toEqual(["active", "do_not_contact"]);
    await vip("select email from vip_table");
    await recovers("warehouse");
  });
});

describe("an export", () => {
  const head = "email,name,consent,consent_at\n";
  const row = `${SOMEBODY},Some Body,subscribed,\n`;
  it.each<[string, string | Buffer, RegExp]>([
    [
      "a quote that never closes",
      `${head}${row}"${SOMEBODY},x,subscribed,\n`,
      /crm\/active\.csv:3: a quote is opened and never closed → close it/,
    ],
    [
      "a NUL byte",
      `${head}${row}${SOMEBODY},a\0b,subscribed,\n`,
      /crm\/active\.csv:3: NUL byte at byte \d+ of the line → .*UTF-8/,
    ],
    [
      "a 10 MB line",
      `${head}${SOMEBODY}${"x".repeat(11_000_000)},,,\n`,
      /crm\/active\.csv:2: the line is longer than 10 MB → export again/,
    ],
    [
      "UTF-16",
      Buffer.from(`\ufeff${head}${row}`, "utf16le"),
      /crm\/active\.csv:1: the file is UTF-16 → export it as/,
    ],
    [
      "Windows-1252",
      Buffer.from(`${head}${SOMEBODY},J\u00fcrgen,subscribed,\n`, "latin1"),
      /crm\/active\.csv:2: not UTF-8 at byte \d+ of the line → .*iconv/,
    ],
    ["nothing in it", "", /crm\/active\.csv: the file is empty → export again/],
    [
      "a sign-in page",
      "<!doctype html><title>Sign in</title>",
      /crm\/active\.csv:1: this is HTML or XML, not CSV → /,
    ],
    [
      "an Excel file",
      Buffer.from("PK\u0003\u0004rest"),
      /crm\/active\.csv: this is an Excel or zip file → save/,
    ],
    [
      "a gzip that is cut off",
      gzipSync(`${head}${row.repeat(5000)}`).subarray(0, 60),
      /crm\/active\.csv: the gzip file is cut off/,
    ],
    ["no header", row.repeat(3), /crm\/active\.csv:1: the first line looks like data/],
    [
      "a column less",
      `name,consent,consent_at\nSome Body,subscribed,\n`,
      /crm\/active\.csv:1: there is no column “email”.* → correct systems\.crm\.columns\.email/,
    ],
  ])("with %s", async (_, content, says) => {
    await world.exportAll();
    await world.exportFile("active.csv", content);
    const audit = await world.audit();
    const [read] = audit.reads.filter((r) => r.system === "crm" && r.audience === "active");
    expect(read?.because).toMatch(says);
    expect(read?.coverage).not.toBe("complete");
    expect(read?.size).toBeNull();
    expect(cantTell(audit, "crm")).toHaveLength(1);
    expect(cantTell(audit, "crm")[0]?.finding.moved).toMatch(says);
    const compared = audit.comparisons.find((c) => c.audience === "active");
    expect(compared?.systems, "the others are compared without it").toEqual(["warehouse", "ghost"]);
    expect(compared?.cantTell.crm).toMatch(says);
    expect(told(audit.open)).toEqual(standing);
    expect(JSON.stringify([audit, world.logs])).not.toContain("canary.example");
  });

  it("that ends in the middle is partial; a missing file or folder is told", async () => {
    await world.exportAll();
    await world.exportFile("active.csv", `${head}${row.repeat(3)}${SOMEBODY},S`);
    await judged({
      system: "crm",
      audiences: ["active"],
      coverage: "partial",
      says: [/crm\/active\.csv:5: the file ends in the middle of a line/],
    });
    await rm(`${world.crm}/active.csv`);
    await judged({
      system: "crm",
      audiences: ["active"],
      says: [/crm\/active\.csv: there is no such file → check the name/],
    });
    await rename(world.crm, `${world.crm}-away`);
    await judged({ system: "crm", audiences: ["active"], says: [/crm/, /folder/] });
    await rename(`${world.crm}-away`, world.crm);
    await recovers("crm");
  });
});

describe("a long time without a complete read", () => {
  it("costs neither the place in the history nor what was remembered of people", async () => {
    const of = async () => (await world.app.audits.snapshots(audienceId("vip"), systemId("ghost"), 1))[0];
    const before = await of();
    expect(before?.ordinal).toBeTypeOf("number");
    world.ghost.control.fault({ kind: "unauthorized", times: null });
    for (let i = 0; i < 17; i++)
      expect(
        (await world.audit()).reads.filter((r) => r.system === "ghost" && r.coverage === "complete"),
      ).toEqual([]);
    world.ghost.control.clearFaults();
    for (let i = 0; i < 3; i++) {
      world.clock.add(60_000);
      await world.services.audit.run("manual", new AbortController().signal);
      expect((await of())?.ordinal, "manual reads take no place").toBeNull();
    }
    await calm();
    const after = await of();
    expect(after?.ordinal).toBe((before?.ordinal ?? 0) + 1);
    expect(
      after?.metrics.entries?.numerator,
      "compared with the last scheduled set, which is still there",
    ).toBe(0);
  });
});

describe("those who are told", () => {
  it("hear it later when Slack is down, each thing once", async () => {
    const roots = () => world.slack.messages().filter((m) => m.threadTs === null).length;
    const waiting = async () => (await world.app.notices.outbox()).length;
    expect(await waiting()).toBe(0);
    const before = roots();
    for (const [error, says] of [
      ["http_500", /status 500 → /],
      ["reset", /got no answer → /],
      ["invalid_auth", /refused \(invalid_auth\) → renew the bot token/],
    ] as const) {
      world.slack.fault({ error, times: 20 });
      await world.exportFile("active.csv", "<html>");
      world.logs.splice(0);
      const audit = await world.audit();
      expect(cantTell(audit, "crm"), "the audit does not depend on Slack").toHaveLength(1);
      expect(await waiting()).toBeGreaterThan(0);
      expect(JSON.stringify(world.logs.filter((l) => l.event.startsWith("notice")))).toMatch(says);
      expect(roots()).toBe(before);
      while (
        (
          await fetch(`${world.slack.apiUrl}auth.test`, { method: "POST" }).then(
            (r) => r.text(),
            () => "",
          )
        ).includes("not_authed") === false
      );
    }
    world.clock.add(900_000);
    await drainOutbox(world.app);
    expect(await waiting()).toBe(0);
    expect(roots(), "one message for one incident").toBe(before + 1);
    await recovers("crm");
  });

  it("get the weekly report when the mail server is back, once", async () => {
    world.mail.refuse(451, 1);
    await expect(sendWeekly(world.app)).rejects.toThrow(
      /mail 127\.0\.0\.1:\d+: the server asked to come back later \(451\) → send it again/,
    );
    expect(await sendWeekly(world.app)).toMatchObject({ sent: 1, hadIt: 0 });
    expect(await sendWeekly(world.app)).toMatchObject({ sent: 0, hadIt: 1 });
    world.clock.add(7 * 86_400_000);
    world.mail.refuse(550, 1);
    await expect(sendWeekly(world.app)).rejects.toThrow(
      /refused the mail \(550\) → check routes\.mail\.from/,
    );
    expect(world.mail.mails()).toHaveLength(1);
    await world.mail.close();
    await expect(sendWeekly(world.app)).rejects.toThrow(
      /mail 127\.0\.0\.1:\d+: the server could not be reached.* → check routes\.mail\.host/,
    );
  });
});

describe("everything at once", () => {
  it("leaves the command line and the API able to say what is wrong", async () => {
    world.env.GHOST_KEY = `${"0".repeat(24)}:${"ab".repeat(32)}`;
    delete world.env.WAREHOUSE;
    world.clock.set(new Date(Date.now() - 3_600_000)); // commands have the computer’s own clock
    await world.exportFile("active.csv", "<html>");
    const audit = await world.cli("audit", "--scheduled");
    expect(audit.code, audit.stderr).toBe(2);
    for (const said of [
      /○ warehouse vip: unusable, .*WAREHOUSE is not set → set/,
      /○ ghost active: unusable, .*refused \(401.* → renew/,
      /○ crm active: unusable, .*not CSV → /,
    ])
      expect(audit.stdout).toMatch(said);
    expect(audit.stdout.match(/○ INC-\d+/g), "one per system").toHaveLength(3);
    const doctor = await world.cli("doctor");
    expect(doctor.code).toBe(1);
    for (const said of [
      /✗ system warehouse .*WAREHOUSE is not set → set/,
      /✗ system ghost .*refused \(401.* → renew/,
      /✗ system crm .*not CSV → /,
    ])
      expect(doctor.stdout).toMatch(said);
    expect((await world.cli("incidents")).code).toBe(2);
    const overview = await world.get<{ verdictState: string; mailableOptedOut: { people: number | null } }>(
      "/api/v1/overview",
    );
    expect(overview.verdictState).not.toBe("agree");
    expect(overview.mailableOptedOut.people, "unknown, not 0").not.toBe(0);
    await everyAnswer(world);
    Object.assign(world.env, usual);
    world.clock.set(new Date(Date.now() - 86_400_000)); // the next audit is a day later: now
    const again = await calm();
    expect(again.open.filter((i) => i.finding.cantTell)).toEqual([]);
    expect(told(again.open)).toEqual(standing);
  });

  it("refuses to start with a wrong database, secret or configuration, and says where", async () => {
    const dead = await world.cliIn(
      { DATABASE_URL: "postgres://plumbline:right-password@127.0.0.1:1/x" },
      "incidents",
    );
    expect(dead).toMatchObject({ code: 1, stdout: "" });
    expect(dead.stderr).toMatch(/127\.0\.0\.1:1.*cannot be reached .*→ check that it runs/);
    const secret = await world.cliIn(
      { PLUMBLINE_SECRET: "another secret that is long enough to be taken" },
      "incidents",
    );
    expect(secret.code).toBe(1);
    expect(secret.stderr).toMatch(/made with another secret → restore PLUMBLINE_SECRET/);
    const short = await world.cliIn({ PLUMBLINE_SECRET: "short" }, "incidents");
    expect(short.stderr).toMatch(/PLUMBLINE_SECRET: the secret has 5 characters → /);
    const none = await world.cliIn({ PLUMBLINE_CONFIG: "nothing.yaml" }, "incidents");
    expect(none.stderr).toMatch(/nothing\.yaml.*no such file/);
    for (const said of [dead, secret, short, none])
      expect(said.stderr).not.toMatch(/right-password|long enough|\n\s+at /);
  });
});
