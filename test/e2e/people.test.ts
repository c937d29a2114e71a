import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { App } from "../../app/app.ts";
import { type AuditSummary, runAudit } from "../../app/audit/run-audit.ts";
import { openApp } from "../../app/open-app.ts";
import { loadConfig } from "../../config/load.ts";
import { configError } from "../../config/problem.ts";
import { fixedClock } from "../../core/clock.ts";
import type { CheckName } from "../../core/finding.ts";
import { latestOverlaps } from "../../store/latest-overlaps.ts";
import { resultsOfRun } from "../../store/results-of-run.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";

/** A CRM that owns everything and a mailer that sends, both as folders of exports. */
const CONFIG = `company: Meadow
timezone: Europe/Berlin
systems:
  - { id: crm, title: CRM, kind: files, folder: ./crm, base: all.csv, attributes: { income: Income } }
  - id: mail
    title: Mailer
    kind: files
    sends: true
    folder: ./mail
    base: all.csv
    attributes: { income: Income }
audiences:
  - id: do_not_contact
    title: Do not contact
    purpose: suppression
    owner: crm
    segments: [{ system: crm, file: dnc.csv }, { system: mail, file: dnc.csv }]
  - id: active
    title: Active
    purpose: marketing
    owner: crm
    segments: [{ system: crm, file: active.csv }, { system: mail, file: active.csv }]
    holdout: held
    holdout_share: 0.2
  - id: trial
    title: Trial
    purpose: lifecycle
    owner: crm
    segments: [{ system: crm, file: trial.csv }, { system: mail, file: trial.csv }]
    exclusive_with: [active]
  - { id: refunded, title: Refunded, purpose: ineligible, owner: crm, segments: [{ system: crm, file: refunded.csv }] }
  - { id: held, title: Held out, purpose: ineligible, owner: crm, segments: [{ system: crm, file: held.csv }] }
attributes:
  - { name: income, title: Income, class: personal, allowed_in: [crm] }
calendar:
  - { name: Morning letter, system: mail, audience: active, cron: "0 8 * * *" }
checks:
  holdout: { ratio_volume: 50, ratio_people: 20 }
`;

let folder = "";
let database: TestDatabase;
let base: Omit<App, "notify">;
let last: AuditSummary;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-people-"));
  database = await testDatabase();
  const loaded = loadConfig(CONFIG, { file: "p.yaml" });
  if (!loaded.ok) throw configError(loaded.problems);
  base = await openApp({
    config: loaded.config,
    configFolder: folder,
    dataDir: join(folder, "data"),
    mode: "demo",
    db: database.db,
    secretBytes: new Uint8Array(32).fill(7),
    resolve: async () => "",
    clock: fixedClock("2026-11-02T05:00:00Z"),
    log: { info: () => undefined, warn: () => undefined },
  });
  for (const day of [2, 3, 4]) last = await audit(day);
});
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

/** Six people opt out on the 3rd at five in the morning; the mailer never hears of it. */
async function audit(day: number): Promise<AuditSummary> {
  const at = new Date(Date.UTC(2026, 10, day, 6));
  const write = (file: string, head: string, rows: readonly string[]) => {
    const path = join(folder, file);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, `${[head, ...rows].join("\n")}\n`);
    utimesSync(path, at, at);
  };
  const some = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
  const mail = (i: number) => `p${i}@example.com`;
  const out = (i: number) => i < 6 && day >= 3;
  const consent = (i: number) =>
    out(i) ? "unsubscribed,2026-11-03T05:00:00Z" : "subscribed,2026-10-01T00:00:00Z";
  for (const system of ["crm", "mail"]) {
    write(`${system}/active.csv`, "email", some(0, 80).map(mail));
    write(`${system}/trial.csv`, "email", some(70, 100).map(mail));
  }
  write(
    "crm/all.csv",
    "email,consent,consent_at,Income",
    some(0, 100).map((i) => `${mail(i)},${consent(i)},high`),
  );
  write(
    "crm/dnc.csv",
    "email,consent,consent_at",
    some(0, 100)
      .filter(out)
      .map((i) => `${mail(i)},${consent(i)}`),
  );
  write("crm/refunded.csv", "email", some(10, 18).map(mail));
  write("crm/held.csv", "email", some(20, 60).map(mail));
  const held = (i: number) => i >= 60 && i < 67;
  write(
    "mail/all.csv",
    "email,mailable,Income",
    some(0, 100).map((i) => `${mail(i)},${!held(i)},${i % 4 ? "" : "low"}`),
  );
  write(
    "mail/dnc.csv",
    "email,consent,consent_at,mailable",
    some(0, 100)
      .filter(held)
      .map((i) => `${mail(i)},unsubscribed,2026-09-01T00:00:00Z,false`),
  );
  const app: App = { ...base, notify: async () => undefined, clock: fixedClock(at) };
  return runAudit(app, { trigger: "scheduled", signal: new AbortController().signal });
}

const findings = (check: CheckName) =>
  last.open
    .filter((i) => i.finding.check === check)
    .map(({ finding: f }) => [f.audience, f.system, f.subject, f.people, f.severity])
    .sort();

test("everything is read, or nothing below means anything", () => {
  expect(last.reads.map((r) => r.coverage)).toEqual(last.reads.map(() => "complete"));
});

test("an opt-out that did not arrive is a leak, and with a planned send inside an urgent exposure", () => {
  expect(findings("suppression_leak")).toEqual([["do_not_contact", "mail", null, 6, "act"]]);
  expect(findings("consent_exposure")).toEqual([["do_not_contact", "mail", null, 6, "act"]]);
  const exposure = last.open.find((i) => i.finding.check === "consent_exposure")?.finding;
  expect(exposure?.title).toBe("6 opted-out people may have been mailed from Mailer");
  expect(exposure?.moved).toContain("“Morning letter” was planned for Tue 08:00 CET to 6 of them");
  // dated by the CRM: 25 hours, not the 24 to 48 that two reads alone can tell
  expect(exposure?.maths).toMatchObject({
    "Contact-hours so far, at least": 150,
    "Contact-hours so far, at most": 150,
  });
});

test("lists that exclude each other, ineligible and held-out people, an attribute where it must not be", () => {
  expect(findings("exclusive_overlap")).toEqual([
    ["trial", "crm", "active", 10, "look"],
    ["trial", "mail", "active", 10, "look"],
  ]);
  expect(findings("ineligible")).toEqual([["active", "mail", "refunded", 8, "act"]]);
  expect(findings("holdout")).toEqual([
    ["active", "crm", "ratio", 24, "look"],
    ["active", "mail", "leakage", 40, "act"],
  ]);
  expect(findings("sensitive_attribute").map((f) => f.slice(0, 3))).toEqual([[null, "mail", "income"]]);
});

test("whoever is held back without a known way of saying yes is left open, not passed", async () => {
  const results = await resultsOfRun(database.db, last.runId);
  const over = results.find(
    (r) => r.check === "over_suppression" && r.system === "mail" && r.audience === "do_not_contact",
  );
  expect(over?.outcome).toEqual({ status: "skip", because: "not_collected" });
});

test("the overlap of the audiences of each system is kept with the run", async () => {
  const overlaps = await latestOverlaps(database.db);
  expect(overlaps.map((o) => [o.runId, o.system, o.audiences.length])).toEqual([
    [last.runId, "crm", 5],
    [last.runId, "mail", 3],
  ]);
});
