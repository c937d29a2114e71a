import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { loadConfig } from "./load.ts";
import { formatProblem } from "./problem.ts";

const MINIMAL = readFileSync(new URL("./minimal.yaml", import.meta.url), "utf8");
const EXAMPLE = readFileSync(new URL("./example.yaml", import.meta.url), "utf8");
const CHECKS = { size_anomaly: { min_people: 20, weekly: true } };

const said = (text: string): string[] => {
  const result = loadConfig(text, { file: "p.yaml", checks: CHECKS });
  return result.ok ? [] : result.problems.map(formatProblem);
};
/** MINIMAL with one line exchanged or added. */
const change = (from: string, to: string): string => {
  expect(MINIMAL).toContain(from);
  return MINIMAL.replace(from, to);
};

describe("good files", () => {
  test("minimal: every default is applied", () => {
    const result = loadConfig(MINIMAL, { file: "p.yaml" });
    if (!result.ok) throw new Error(result.problems.map(formatProblem).join("\n"));
    expect(result.config).toMatchObject({
      company: "Meadow & Co",
      timezone: "UTC",
      server: { host: "127.0.0.1", port: 4780, publicUrl: null },
      safeguards: {
        alonePeople: 500,
        aloneShare: 0.05,
        refusePeople: 5000,
        refuseShare: 0.2,
        coolingOffMinutes: 15,
        leaseSeconds: 15,
      },
      routes: { slack: null, mail: null },
      retention: { spoolDays: 7 },
    });
    expect(result.config.systems[0]).toMatchObject({
      kind: "postgres",
      sends: false,
      write: null,
      base: null,
      statementTimeoutSeconds: 60,
    });
    expect(result.config.systems[1]).toMatchObject({ kind: "ghost", sends: true, writeKey: null });
    expect(result.config.audiences[0]).toMatchObject({
      identity: "email",
      latencyBudgetHours: 24,
      repair: "manual",
      direction: "one_way",
      holdout: null,
    });
  });

  test("example: complete, and every section arrives", () => {
    const result = loadConfig(EXAMPLE, { file: "p.yaml" });
    if (!result.ok) throw new Error(result.problems.map(formatProblem).join("\n"));
    const { config } = result;
    expect(config.systems.map((s) => s.kind)).toEqual(["postgres", "files", "ghost"]);
    expect(config.audiences[1]?.segments.map((s) => s.source)).toMatchObject([
      {},
      { file: "active.csv", filter: { Status: ["active", "trial"] } },
      { label: "active-customers" },
    ]);
    expect(config.audiences[1]?.segments[2]).toMatchObject({
      where: { region: ["EU", "UK"] },
      latencyBudgetHours: 48,
    });
    expect(config.calendar[1]?.at).toBe("2026-12-01T09:00:00.000Z");
    expect(config.attributes[2]).toMatchObject({ class: "consent", merge: "most_restrictive" });
    expect(config.people.map((p) => p.role)).toEqual(["approver", "editor"]);
    expect(config.consentClocks?.map((c) => [c.id, c.hours, c.businessDays])).toEqual([
      ["gdpr", null, null],
      ["mailbox_providers", 48, null],
      ["can_spam", null, 10],
      ["casl", null, 10],
      ["agency_contract", 24, null],
    ]);
    expect(config.systems[0]).toMatchObject({ region: "eu" });
    expect(config.audiences[1]).toMatchObject({ holdout: "holdout_2026", holdoutShare: 0.1 });
    expect(config.routes.mail?.to).toEqual(["lifecycle@meadow.example"]);
  });

  test("secrets stay references, and their places are known", () => {
    const result = loadConfig(MINIMAL, { file: "p.yaml" });
    if (!result.ok) throw new Error("not valid");
    expect(result.config.systems[0]).toMatchObject({ dsn: "${env:WAREHOUSE_DSN}" });
    expect(result.places.get("${env:WAREHOUSE_DSN}")).toBe("p.yaml:7:10");
  });

  test("anchors and aliases are followed, and errors point into the anchor", () => {
    const text = change("dsn:", "attributes: &fields { plan: plan }\n    dsn:").replace(
      "kind: ghost",
      "kind: ghost\n    attributes: *fields",
    );
    expect(said(`${text}attributes: [{ name: plan }]\n`)).toEqual([]);
    expect(said(text)).toEqual(["p.yaml:7:33 unknown attribute “plan” → define it first"]);
  });
});

describe("schema errors", () => {
  test.each([
    [
      "unknown key, with a suggestion",
      change("owner: warehouse", "onwer: warehouse"),
      "p.yaml:15:5 unknown key “onwer” in audiences[0] → did you mean “owner”?",
    ],
    [
      "missing key",
      change("company: Meadow & Co\n", ""),
      "p.yaml:3:1 the file lacks “company” → add company: Name of the company, shown in the dashboard and in reports",
    ],
    [
      "unknown word, with a suggestion",
      change("purpose: marketing", "purpose: marketting"),
      "p.yaml:14:14 audiences[0].purpose: “marketting” is not known → did you mean “marketing”?",
    ],
    [
      "unknown kind of system",
      change("kind: ghost", "kind: gost"),
      "p.yaml:9:11 systems[1]: this kind of system is not known → did you mean “ghost”?",
    ],
    [
      "wrong type",
      change("purpose: marketing", "purpose: marketing\n    latency_budget_hours: soon"),
      "p.yaml:15:27 audiences[0].latency_budget_hours is text, not a number → write a number",
    ],
    [
      "number where text is needed",
      change("newsletter: weekly", "newsletter: 7"),
      'p.yaml:20:21 audiences[0].segments[1].newsletter is 7, not text → write it in quotes: "7"',
    ],
    [
      "empty value",
      change("purpose: marketing", "purpose: marketing\n    title:"),
      "p.yaml:15:11 audiences[0].title is empty, not text → give it a value or remove the line",
    ],
    [
      "out of range",
      `${MINIMAL}safeguards:\n  alone_share: 5\n`,
      "p.yaml:22:16 safeguards.alone_share is 5 → must be at most 1",
    ],
    [
      "bad id",
      change("id: subscribers", "id: Sub scribers"),
      "p.yaml:13:9 audiences[0].id is not a valid id → use lower-case letters, digits and _, starting with a letter",
    ],
    [
      "no entries",
      `company: A\nsystems: []\naudiences: []\n`,
      "p.yaml:2:10 systems is empty → add at least one entry",
    ],
    [
      "not a block at all",
      "just text",
      "p.yaml:1:1 the file is text, not a block of keys → write a block of keys",
    ],
  ])("%s", (_name, text, expected) => expect(said(text)).toContain(expected));

  test("a secret in plain text is named, not repeated", () => {
    const lines = said(change("${env:WAREHOUSE_DSN}", "postgres://app:hunter2@db/app"));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^p\.yaml:7:10 .*secret.*plain text → use \$\{env:WAREHOUSE_DSN\}/);
    expect(lines.join()).not.toContain("hunter2");
  });

  test.each([
    "postgres://app:hunter2@db/app",
    "xoxb-1234567890-hunter2",
    "-----BEGIN PRIVATE KEY-----hunter2",
  ])("a secret in a field for something else: %s", (value) => {
    const lines = said(change("company: Meadow & Co", `company: "${value}"`));
    expect(lines).toEqual([expect.stringContaining("looks like a secret in plain text")]);
    expect(lines.join()).not.toContain("hunter2");
  });
});

describe("references", () => {
  const add = (line: string) => change("purpose: marketing", `purpose: marketing\n    ${line}`);
  test.each([
    [
      "owner",
      change("owner: warehouse", "owner: warehous"),
      "p.yaml:15:12 unknown system “warehous” → did you mean “warehouse”?",
    ],
    [
      "owner without a segment",
      change("- system: warehouse\n        sql: select email from customers where opted_in\n      ", ""),
      "p.yaml:15:12 warehouse owns subscribers but has no segment of it → add a segment with system: warehouse",
    ],
    [
      "segment",
      change("- system: newsletter", "- system: newsleter"),
      "p.yaml:19:17 unknown system “newsleter” → did you mean “newsletter”?",
    ],
    [
      "two ids",
      change(
        "  - id: newsletter",
        '  - { id: warehouse, kind: ghost, url: https://a.example, key: "${env:K}" }\n  - id: newsletter',
      ),
      "p.yaml:8:11 two systems are called “warehouse” → choose another id for one of them",
    ],
    [
      "required attribute",
      add("required_attributes: [plan]"),
      "p.yaml:15:27 unknown attribute “plan” → define it first",
    ],
    [
      "holdout",
      add("holdout: subscribrs"),
      "p.yaml:15:14 unknown audience “subscribrs” → did you mean “subscribers”?",
    ],
    [
      "a share of no holdout",
      add("holdout_share: 0.1"),
      "p.yaml:15:20 subscribers has no holdout of which this could be the share → add holdout: an audience, or remove the line",
    ],
    [
      "names itself",
      add("exclusive_with: [subscribers]"),
      "p.yaml:15:22 subscribers names itself → name another audience or remove it",
    ],
    [
      "two_way",
      add("direction: two_way"),
      "p.yaml:15:16 two_way is not supported yet → write one_way or remove the line",
    ],
    [
      "cron",
      add("cadence: 0 25 * * *"),
      "p.yaml:15:14 not a schedule of five fields → write it like 0 6 * * * (every day at 06:00)",
    ],
    [
      "cron with seconds",
      add("cadence: 0 0 6 * * *"),
      "p.yaml:15:14 not a schedule of five fields → write it like 0 6 * * * (every day at 06:00)",
    ],
    [
      "two sources",
      change("newsletter: weekly", "newsletter: weekly\n        label: x"),
      "p.yaml:19:9 the segment is given twice: label and newsletter → keep one",
    ],
    [
      "no source",
      change("\n        newsletter: weekly", ""),
      "p.yaml:19:9 the segment does not say where it is → add one of: label, newsletter, suppressed, all",
    ],
    [
      "source of another kind",
      change("newsletter: weekly", "sql: select 1"),
      "p.yaml:20:14 a ghost system has no sql → use one of: label, newsletter, suppressed, all",
    ],
    [
      "writing query",
      change("select email from customers where opted_in", "delete from customers"),
      "p.yaml:18:14 the query does not read → start it with select or with",
    ],
    [
      "where at the owner",
      change("where opted_in", "where opted_in\n        where: { plan: [pro] }"),
      "p.yaml:19:16 the owner's own segment cannot have a where → put the condition into the segment's source",
    ],
    [
      "where without a field",
      change("newsletter: weekly", "newsletter: weekly\n        where: { plan: [pro] }"),
      "p.yaml:21:24 the owner warehouse has no attribute “plan” → define it first",
    ],
    [
      "open server",
      `${MINIMAL}server: { host: 0.0.0.0 }\n`,
      "p.yaml:21:17 the server would be reachable from other machines without sign-in → add people: [{name, role, password}] or bind 127.0.0.1",
    ],
    [
      "time zone",
      `${MINIMAL}timezone: Europe/Berlim\n`,
      "p.yaml:21:11 unknown time zone “Europe/Berlim” → use an IANA name such as Europe/Berlin or UTC",
    ],
    [
      "consent merged loosely",
      `${MINIMAL}attributes:\n  - { name: consent, class: consent, merge: newest }\n`,
      "p.yaml:22:45 consent holds consent, which is always merged most_restrictive → write most_restrictive or remove the line",
    ],
    [
      "owner without a field",
      `${MINIMAL}attributes:\n  - { name: plan, owners: [warehouse] }\n`,
      "p.yaml:22:28 system warehouse owns plan but has no field for it → add plan to the attributes of warehouse",
    ],
    [
      "pattern",
      `${MINIMAL}attributes:\n  - { name: plan, pattern: "(" }\n`,
      "p.yaml:22:28 plan: not a regular expression → correct it; test it at the JavaScript console",
    ],
    [
      "writer",
      `${MINIMAL}writers:\n  - { name: a, to: crm }\n`,
      "p.yaml:22:20 unknown system “crm” → use one of: warehouse, newsletter",
    ],
    [
      "send without a time",
      `${MINIMAL}calendar:\n  - { name: a, system: newsletter, audience: subscribers }\n`,
      "p.yaml:22:5 send “a” needs either at or cron → say when it goes out, once",
    ],
    [
      "send at a time without zone",
      `${MINIMAL}calendar:\n  - { name: a, system: newsletter, audience: subscribers, at: "2026-12-01T10:00" }\n`,
      "p.yaml:22:63 not a time with zone → write it like 2026-12-01T10:00:00+01:00",
    ],
    [
      "system that may hold an attribute",
      `${MINIMAL}attributes:\n  - { name: plan, allowed_in: [crm] }\n`,
      "p.yaml:22:32 unknown system “crm” → use one of: warehouse, newsletter",
    ],
    [
      "region that no system has",
      `${change("kind: ghost", "kind: ghost\n    region: eu")}attributes:\n  - { name: plan, regions: [us] }\n`,
      "p.yaml:23:29 no system lies in “us” → use one of: eu",
    ],
    [
      "term in two units",
      `${MINIMAL}consent_clocks:\n  own: [{ id: a, hours: 1, business_days: 1, source: x }]\n`,
      "p.yaml:22:9 a is given in hours and in business days → keep one; the other can be a term of its own",
    ],
    [
      "term of a known name",
      `${MINIMAL}consent_clocks:\n  own: [{ id: gdpr, source: x }]\n`,
      "p.yaml:22:15 there is a term called “gdpr” already → choose another id",
    ],
    [
      "scope within one that is not there",
      `${MINIMAL}consent_scopes:\n  scopes: [{ id: news, within: al }, { id: all }]\n`,
      "p.yaml:22:32 unknown scope “al” → did you mean “all”?",
    ],
    [
      "system mapped to an unknown scope",
      `${MINIMAL}consent_scopes:\n  scopes: [{ id: all }]\n  map: [{ system: newsletter, scope: news }]\n`,
      "p.yaml:23:38 unknown scope “news” → use one of: all",
    ],
    [
      "list mapped twice",
      `${MINIMAL}consent_scopes:\n  scopes: [{ id: all }]\n  map: [{ system: newsletter, name: a, scope: all }, { system: newsletter, name: a, scope: all }]\n`,
      "p.yaml:23:54 a of newsletter is mapped twice → keep one of them",
    ],
    [
      "check",
      `${MINIMAL}checks:\n  size_anomly: {}\n`,
      "p.yaml:22:3 unknown check “size_anomly” → did you mean “size_anomaly”?",
    ],
    [
      "setting of a check",
      `${MINIMAL}checks:\n  size_anomaly: { min_peple: 5 }\n`,
      "p.yaml:22:19 check size_anomaly has no setting “min_peple” → did you mean “min_people”?",
    ],
    [
      "type of a setting",
      `${MINIMAL}checks:\n  size_anomaly: { weekly: 5 }\n`,
      "p.yaml:22:27 size_anomaly.weekly is 5 → write true or false",
    ],
  ])("%s", (_name, text, expected) => expect(said(text)).toEqual([expected]));

  test("files: a place inside the folder; columns need no mention", () => {
    const text = `company: A
systems:
  - { id: crm, kind: files, folder: . }
audiences:
  - { id: a, purpose: marketing, owner: crm, segments: [{ system: crm, file: ../../etc/passwd }] }
`;
    expect(said(text)).toEqual([
      "p.yaml:5:78 the file lies outside of the system's folder → name a file inside it",
    ]);
  });
});

test("schema errors and broken references are reported together, in the order of the file, each once", () => {
  const text = change("kind: ghost", "kind: ghost\n    sendz: true")
    .replace("owner: warehouse", "owner: warehous")
    .replace("newsletter: weekly", "newsletter: 7");
  expect(said(text)).toEqual([
    "p.yaml:10:5 unknown key “sendz” in systems[1] → did you mean “sends”?",
    "p.yaml:16:12 unknown system “warehous” → did you mean “warehouse”?",
    'p.yaml:21:21 audiences[0].segments[1].newsletter is 7, not text → write it in quotes: "7"',
  ]);
});

test("positions are right after a broken entry was left out", () => {
  const text = change("    segments:\n", "    segments:\n      - system: 7\n")
    .replace("owner: warehouse", "owner: warehous")
    .replace("newsletter: weekly", "newsletter: weekly\n        where: { plan: [pro] }\n        label: x");
  expect(said(text)).toEqual([
    "p.yaml:15:12 unknown system “warehous” → did you mean “warehouse”?",
    'p.yaml:17:17 audiences[0].segments[0].system is 7, not text → write it in quotes: "7"',
    "p.yaml:20:9 the segment is given twice: label and newsletter → keep one",
  ]);
});

test("a flood of problems is cut short", () => {
  const text = `${MINIMAL}writers:\n${Array.from({ length: 300 }, (_, i) => `  - { name: w${i}, to: nowhere }`).join("\n")}\n`;
  const lines = said(text);
  expect(lines).toHaveLength(201);
  expect(lines.at(-1)).toContain("and 100 more problems");
});
