import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sendWeekly } from "../../app/alerts/weekly.ts";
import type { AudienceDetail, PlanDetail } from "../../app/api/contract.ts";
import type { AuditSummary } from "../../app/audit/run-audit.ts";
import { HOSTILE_NAMES } from "../../demo/company/names.ts";
import { everyAnswer, type FullWorld, makeFullWorld } from "./full-world.ts";

/** What only a configuration can hold: it is read by people who trust it, so it is refused only where it hides. */
const TITLES = {
  company: "Meadow\r\nBcc: everyone@secret.example\r\n\r\n<script>alert('company')</script>",
  ghost: `<b>Ghost</b><img src=x onerror="alert('ghost')"> <!channel> *bold* <http://x.invalid|click>`,
  active: `'; drop table incident; --<script>alert("active")</script> {{7*7}} \${process.env.HOME} 😀`,
  vip: `=HYPERLINK("http://x.invalid","vip") ${"long ".repeat(2000)}`,
  crm: "__proto__",
  label: `V'I"P <b>=1+1</b>\\`,
};

/** Names of people, as systems hold them. */
const NAMES: readonly string[] = [
  ...HOSTILE_NAMES,
  "'=1+1",
  "+49 1",
  "-1",
  "\tTab",
  "\u0007Bell\u001b[31mred",
  "\u202Egnp.exe",
  "👩‍👩‍👧‍👦".repeat(20),
  "a\u0000b",
  "\ud800 lone",
  "x".repeat(10_000),
  "constructor",
  "toString",
  "null",
  '","',
  "\r\n",
];
/** Postgres and CSV hold no NUL and no lone surrogate; a JSON API may. */
const fitsCsv = (name: string): boolean => !/[\0\p{Surrogate}]/u.test(name);

const HEADERS = [
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "=cmd|' /C calc'!A0",
  "<script>alert('header')</script>",
  "h".repeat(10_000),
  "'; drop table person;--",
  "\u202Eheader",
  "😀",
];

let world: FullWorld;
let last: AuditSummary;
const before = Object.getOwnPropertyNames(Object.prototype).sort();
const yaml = JSON.stringify;

/** The CRM's export with hostile columns and values, in the CSV that a careful exporter would write. */
async function exports(): Promise<void> {
  await world.exportAll();
  const { rows } = await world.warehouse.query<{ email: string; name: string; consent: string }>(
    "select * from person where active order by email",
  );
  const line = (cells: readonly string[]) => cells.map((c) => `"${c.replaceAll('"', '""')}"`).join(",");
  const content = [
    line(["email", "name", "consent", ...HEADERS]),
    ...rows.map((r, i) =>
      line([
        r.email,
        r.name,
        r.consent,
        ...HEADERS.map((_, h) =>
          fitsCsv(NAMES[(i + h) % NAMES.length] ?? "") ? (NAMES[(i + h) % NAMES.length] ?? "") : "-",
        ),
      ]),
    ),
  ].join("\n");
  await world.exportFile("active.csv", `${content}\n`);
}

async function audit(): Promise<AuditSummary> {
  await exports();
  last = await world.audit();
  return last;
}

beforeAll(async () => {
  world = await makeFullWorld({
    people: 110,
    yaml: (text) =>
      text
        .replace("company: Meadow & Co", `company: ${yaml(TITLES.company)}`)
        .replace("title: Ghost", `title: ${yaml(TITLES.ghost)}`)
        .replace("title: Active customers", `title: ${yaml(TITLES.active)}`)
        .replace("title: Best customers", `title: ${yaml(TITLES.vip)}`)
        .replace("title: CRM", `title: ${yaml(TITLES.crm)}`)
        .replace("label: VIP", `label: ${yaml(TITLES.label)}`)
        // ids that JavaScript objects have something under already
        .replace("id: vip", "id: constructor")
        .replace("required_attributes: [name]", "required_attributes: [name, constructor]")
        .replace(
          "    owners: [warehouse]\n",
          "    owners: [warehouse]\n    merge: owner_wins\n  - { name: constructor }\n",
        )
        .concat("safeguards: { alone_share: 0.2 }\n"),
  });
  const { rows } = await world.warehouse.query<{ email: string }>("select email from vip");
  world.ghost.control.load(
    rows.map((r) => ({
      email: r.email,
      name: `Person ${r.email.replace(/\D/g, "")}`,
      labels: ["Active", TITLES.label, "<i>other</i>"],
    })),
  );
  for (const [i, name] of NAMES.filter(fitsCsv).entries())
    await world.warehouse.query("update person set name = $1 where email = $2", [
      name,
      `person${i + 30}@example.test`,
    ]);
  for (const [i, name] of NAMES.entries())
    world.ghost.control.load([{ email: `person${i + 30}@example.test`, name, labels: ["Active"] }]);
  // addresses that are none, or try to be something else
  for (const email of [
    `<script>alert(1)</script>@example.test`,
    `"quoted space"@example.test`,
    "a\u202Eb@example.test",
    `${"l".repeat(5000)}@example.test`,
    "__proto__@example.test",
    "=1+1@example.test",
    "o'neil+tag@example.test",
    "ünï@exämple.test",
    "' or 1=1--@example.test",
  ]) {
    await world.warehouse.query("insert into person (email, name) values ($1, $2)", [email, NAMES[0]]);
  }
  await audit();
  await audit();
  await world.cli("accept", "all");
  await world.warehouse.query(
    "update person set consent = 'unsubscribed', consent_at = $1, active = false where email in ('person90@example.test', '=1+1@example.test')",
    [world.clock.now()],
  );
  world.ghost.control.load([{ email: "=1+1@example.test", name: "=1+1", labels: ["Active"] }]);
  world.ghost.control.load([
    { email: "person60@example.test", name: "changed", labels: ["Active"] },
    { email: "person34@example.test", name: "changed", labels: ["Active"] },
    { email: "@extra@example.test", name: "x", labels: ["Active"] },
    { email: "+extra@example.test", name: "=2+2", labels: ["Active", "<i>other</i>"] },
  ]);
  await audit();
  await audit();
});
afterAll(async () => world.close());

describe("hostile names", () => {
  it("do not keep anything from being read and compared", () => {
    for (const r of last.reads)
      expect([r.system, r.audience, r.coverage, r.because]).toEqual([
        r.system,
        r.audience,
        "complete",
        r.because,
      ]);
    expect(last.comparisons.map((c) => [c.audience, c.systems])).toEqual([
      ["do_not_contact", ["warehouse", "ghost"]],
      ["active", ["warehouse", "ghost", "crm"]],
      ["constructor", ["warehouse", "ghost"]],
    ]);
    expect(
      last.comparisons.find((c) => c.audience === "constructor")?.perSystem.ghost,
      "the label is found, quoted",
    ).toMatchObject({ missing: 0, extra: 0 });
    expect(last.open.map((i) => i.finding.check)).toContain("suppression_leak");
  });

  it("pollute no prototype and break no table", async () => {
    expect(Object.getOwnPropertyNames(Object.prototype).sort()).toEqual(before);
    expect(({} as Record<string, unknown>).email).toBeUndefined();
    const { rows } = await world.app.db.query<{ n: string }>("select count(*) as n from incident");
    expect(Number(rows[0]?.n)).toBeGreaterThan(0);
    expect((await world.warehouse.query("select 1 from person limit 1")).rowCount).toBe(1);
    const [crm] = await world.app.audits.snapshots("active" as never, "crm" as never, 1);
    expect(Object.getPrototypeOf(crm?.fields)).toBe(Object.prototype);
    expect(crm?.attributes.constructor, "the column of that name").toMatchObject({ missing: 0 });
    const [ghost] = await world.app.audits.snapshots("active" as never, "ghost" as never, 1);
    expect(ghost?.attributes.constructor, "what objects inherit is no value").toMatchObject({
      missing: ghost?.metrics.size?.numerator,
      valid: 0,
    });
  });

  it("are JSON and nothing else in the API, with a policy that lets no script in", async () => {
    for (const [path] of await everyAnswer(world)) {
      const { headers } = await world.api.inject({
        url: path,
        headers: { host: "127.0.0.1:4780", accept: "text/html" },
      });
      expect(headers["content-type"], path).toMatch(/^(application\/json|text\/plain)/);
      expect(headers["x-content-type-options"], path).toBe("nosniff");
      expect(headers["content-security-policy"], path).toMatch(/script-src 'self'(;|$)/);
    }
    const detail = await world.get<AudienceDetail>("/api/v1/audiences/active");
    expect(detail.title, "told as it is; the page shows it as text").toBe(TITLES.active);
    for (const id of [
      "__proto__",
      "prototype",
      "toString",
      "' or 1=1--",
      "<script>",
      "%00",
      "../../secret",
      "x".repeat(5000),
    ]) {
      const answer = await world.api.inject({
        url: `/api/v1/audiences/${encodeURIComponent(id)}`,
        headers: { host: "127.0.0.1:4780" },
      });
      expect([400, 404, 414], `${id.slice(0, 30)}: ${answer.body.slice(0, 200)}`).toContain(
        answer.statusCode,
      );
      expect(answer.headers["content-type"]).toMatch(/^application\/json/);
      const filtered = await world.api.inject({
        url: `/api/v1/incidents?audience=${encodeURIComponent(id)}&check=${encodeURIComponent(id)}`,
        headers: { host: "127.0.0.1:4780" },
      });
      expect([200, 400]).toContain(filtered.statusCode);
    }
  });

  it("stand in Slack only where nothing is parsed", () => {
    const messages = world.slack.messages();
    expect(messages.length).toBeGreaterThan(0);
    const visit = (node: unknown, path: string): void => {
      if (Array.isArray(node)) for (const [i, n] of node.entries()) visit(n, `${path}/${i}`);
      else if (node !== null && typeof node === "object") {
        if ("type" in node) expect(node.type, path).not.toBe("mrkdwn");
        if ("url" in node)
          expect(String(node.url), path).toMatch(
            /^http:\/\/127\.0\.0\.1:\d+\/incidents\/\d+$|^https:\/\/[\w-]+\.slack\.example\//,
          );
        for (const [key, n] of Object.entries(node)) visit(n, `${path}/${key}`);
      } else if (typeof node === "string")
        expect(node, path).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202a-\u202e\u2066-\u2069]/);
    };
    for (const m of messages) {
      visit(m.blocks, `message ${m.ts}`);
      expect(m.text, "notifications parse this text").not.toMatch(/<[^>]|&(?!amp;|lt;|gt;)/);
      expect(JSON.stringify(m.blocks).length).toBeLessThan(12_000);
      expect(m.blocks.length).toBeLessThanOrEqual(20);
    }
    expect(JSON.stringify(messages), "and they are told").toContain("<b>Ghost</b>");
  });

  it("are escaped in the weekly mail, and add no line to its head", async () => {
    await sendWeekly(world.app);
    const [mail] = world.mail.mails();
    if (mail === undefined) throw new Error("no mail came");
    expect(Object.keys(mail.headers)).not.toContain("bcc");
    expect(mail.to).toEqual(["team@example.test"]);
    expect(mail.subject).not.toMatch(/[\r\n\u202e]/);
    expect(mail.html).not.toMatch(/<script|<img[^>]*(onerror|src=x)|<b>Ghost/i);
    expect(mail.html).toContain("&lt;b&gt;Ghost");
    expect(Buffer.byteLength(mail.html ?? "")).toBeLessThanOrEqual(90_000);
    expect(mail.text).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u202a-\u202e]/);
  });

  it("are escaped on the pages that show Slack and the mail", async () => {
    for (const path of ["/demo/slack", "/demo/mail", "/demo/mail/1"]) {
      const { body, headers, statusCode } = await world.api.inject({
        url: path,
        headers: { host: "127.0.0.1:4780" },
      });
      expect(statusCode).toBe(200);
      expect(body, path).not.toMatch(/<script|<img[^>]*(onerror|src=x)|<b>Ghost/i);
      expect(headers["content-security-policy"], path).toMatch(/default-src 'none'/);
    }
  });

  it("come through a repair unchanged, and out of its export again", async () => {
    const { planId } = await world.post<{ planId: number }>("/api/v1/audiences/active/plan", {});
    const plan = await world.get<PlanDetail>(`/api/v1/plans/${planId}`);
    expect(plan.can.approve, JSON.stringify(plan.safeguards.filter((s) => s.verdict !== "pass"))).toBe(true);
    expect(JSON.stringify(plan), "samples are one line without hidden characters").not.toMatch(
      /\\u202e|\\u0007|\\u001b|\u202e/i,
    );
    await world.post(`/api/v1/plans/${planId}/approve`, {
      hash: plan.hash,
      confirm: plan.confirmText,
      automations: true,
    });
    await world.post(`/api/v1/plans/${planId}/apply`);
    await expect
      .poll(async () => (await world.get<PlanDetail>(`/api/v1/plans/${planId}`)).plan.state, {
        timeout: 20_000,
      })
      .toBe("done");
    expect(world.ghost.control.find("person34@example.test")?.name).toBe(NAMES[4]);
    expect(
      world.ghost.control.find("+extra@example.test")?.labels.map((l) => l.name),
      "the other label stays",
    ).toEqual(["<i>other</i>"]);

    const csv = await world.api.inject({
      url: `/api/v1/plans/${planId}/changes.csv`,
      headers: { host: "127.0.0.1:4780" },
    });
    expect(csv.headers["content-disposition"]).toBe(`attachment; filename="PL-${planId}.csv"`);
    const cells: string[][] = parse(csv.body, { relax_column_count: false });
    for (const cell of cells.flat()) expect(cell, "no spreadsheet runs this").not.toMatch(/^[=+\-@\t\r]/);
    const plain = cells.flat().map((c) => c.replace(/^'/, ""));
    expect(plain, "one apostrophe off gives back the value").toEqual(
      expect.arrayContaining(["+extra@example.test", NAMES[4]]),
    );
  });

  it("do nothing to a terminal", async () => {
    const { plans } = await world.get<{ plans: { id: number }[] }>("/api/v1/plans");
    const { incidents } = await world.get<{ incidents: { id: number }[] }>("/api/v1/incidents?state=all");
    const commands = [
      ["incidents", "--all"],
      ["plan", "--list"],
      ["report"],
      ["doctor"],
      ...plans.map((p) => ["plan", `PL-${p.id}`]),
      ...incidents.map((i) => ["trace", `INC-${i.id}`]),
    ];
    for (const argv of commands) {
      const { code, stdout, stderr } = await world.cli(...argv);
      expect(argv[0] === "plan" ? [0, 1, 2] : [0, 2], `${argv.join(" ")}: ${stdout} ${stderr}`).toContain(
        code,
      ); // 1: some names were too long for Ghost
      expect(stdout, argv.join(" ")).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u202a-\u202e]/);
    }
  });
});
