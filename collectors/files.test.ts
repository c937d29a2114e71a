import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fixedClock } from "../core/clock.ts";
import type { FilesSystem } from "../core/config.ts";
import {
  audienceId,
  type MemberRow,
  type ReadTarget,
  runId,
  systemId,
  type TargetEnd,
} from "../core/model.ts";
import type { Context } from "../core/ports.ts";
import { filesCollector } from "./files.ts";

let folder = "";
const MTIME = new Date("2026-11-20T05:00:00.000Z");
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-files-"));
  mkdirSync(join(folder, "crm"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const put = (name: string, content: string | Buffer): void => {
  writeFileSync(join(folder, "crm", name), content);
  utimesSync(join(folder, "crm", name), MTIME, MTIME);
};
const config = (more: Partial<FilesSystem> = {}): FilesSystem => ({
  id: systemId("crm"),
  title: "CRM",
  kind: "files",
  sends: false,
  folder: "crm",
  base: null,
  attributes: {},
  columns: {},
  ...more,
});
const segment = (file: string, filter?: Record<string, string[]>): ReadTarget => ({
  kind: "segment",
  audience: audienceId("a"),
  source: filter ? { file, filter } : { file },
});
const logged: string[] = [];
const context = (signal = new AbortController().signal): Context => ({
  signal,
  clock: fixedClock("2026-11-23T06:00:00Z"),
  runId: runId("run"),
  log: { info: () => undefined, warn: (_, fields) => logged.push(JSON.stringify(fields)) },
});

async function read(c: FilesSystem, targets: readonly ReadTarget[], ctx = context()) {
  const collector = filesCollector(c, { configFolder: folder });
  const rows: MemberRow[] = [];
  const ends: TargetEnd[] = [];
  const asOf = new Set<string>();
  for await (const page of collector.read(targets, ctx)) {
    rows.push(...page.items);
    ends.push(...page.ends);
    asOf.add(page.asOf);
  }
  return {
    rows,
    ends: ends.toSorted((a, b) => a.target - b.target),
    asOf: [...asOf],
    warnings: await collector.warnings(ctx),
  };
}

test("reads rows with identifiers, mapped and unmapped attributes, consent and times", async () => {
  put(
    "active.csv",
    "id,E-mail,Customer ID,Plan Type,region,consent,consent_at,updated_at\n7,Ann@x.com,C-1,pro,,opted out,2026-11-01,2026-11-02T10:00:00Z\n",
  );
  const { rows, ends, asOf } = await read(config({ attributes: { plan: "Plan Type", tier: "Tier" } }), [
    segment("active.csv"),
  ]);
  expect(rows).toEqual([
    {
      id: "7",
      identifiers: { email: "Ann@x.com", customer_id: "C-1" },
      attributes: { plan: "pro", region: null },
      consent: "unsubscribed",
      consentAt: "2026-11-01T00:00:00.000Z",
      consents: [
        {
          channel: "email",
          scope: "global",
          scopeId: null,
          state: "unsubscribed",
          at: "2026-11-01T00:00:00.000Z",
          method: null,
        },
      ],
      updatedAt: "2026-11-02T10:00:00.000Z",
      mailable: null,
      of: [0],
    },
  ]);
  expect(ends).toEqual([
    {
      target: 0,
      coverage: "complete",
      declaredTotal: null,
      enumerated: 1,
      because: "crm/active.csv read to its end: 1 rows",
      fields: {
        id: "number",
        "E-mail": "text",
        "Customer ID": "text",
        "Plan Type": "text",
        region: "empty",
        consent: "text",
        consent_at: "timestamp",
        updated_at: "timestamp",
      },
    },
  ]);
  expect(asOf).toEqual([MTIME.toISOString()]);
});

test("one pass serves a base and several filtered segments", async () => {
  put("all.csv.gz", gzipSync("email,plan,active\na@x.com,pro,yes\nb@x.com,free,yes\nc@x.com,pro,no\n"));
  const { rows, ends } = await read(config({ base: "all.csv.gz" }), [
    segment("all.csv.gz", { plan: ["pro"], active: ["yes"] }),
    { kind: "base" },
    segment("all.csv.gz", { plan: ["pro", "free"] }),
    segment("all.csv.gz", { gone: ["x"] }),
  ]);
  expect(rows.map((r) => [r.identifiers.email, r.of])).toEqual([
    ["a@x.com", [0, 1, 2]],
    ["b@x.com", [1, 2]],
    ["c@x.com", [1, 2]],
  ]);
  expect(ends.map((e) => [e.coverage, e.enumerated])).toEqual([
    ["complete", 1],
    ["complete", 3],
    ["complete", 3],
    ["unusable", 0],
  ]);
  expect(ends[0]?.because).toContain("gzip checksum right");
  expect(ends[3]?.because).toMatch(/filter names column “gone”/);
});

test("a broken file spoils its own targets only", async () => {
  put("good.csv", "email\na@x.com\n");
  put(
    "cut.csv.gz",
    gzipSync(
      `email,x\n${Array.from({ length: 40_000 }, (_, i) => `p${i}@x.com,${(i * 7919) % 1009}\n`).join("")}`,
    ).subarray(0, -2000),
  );
  put("ragged.csv", "email,plan\na@x.com,pro\nsecret@x.com\n");
  const { ends, rows } = await read(config(), [
    segment("cut.csv.gz"),
    segment("ragged.csv"),
    segment("no.csv"),
    segment("good.csv"),
    { kind: "base" },
  ]);
  expect(ends.map((e) => e.coverage)).toEqual(["partial", "partial", "unusable", "complete", "unusable"]);
  expect(ends[0]?.enumerated).toBe(rows.filter((r) => r.of.includes(0)).length);
  expect(ends[0]?.enumerated).toBeGreaterThan(0);
  expect(ends[1]?.because).toMatch(/^crm\/ragged.csv:3: 1 fields/);
  expect(ends.map((e) => e.because).join() + logged.join()).not.toContain("secret");
});

test("an identifier or consent column that is gone makes the file unusable; an attribute's does not", async () => {
  put("a.csv", "email,plan\na@x.com,pro\n");
  const unusable = async (columns: FilesSystem["columns"]) =>
    (await read(config({ columns }), [segment("a.csv")])).ends[0];
  expect(await unusable({ email: "mail_address" })).toMatchObject({
    coverage: "unusable",
    because: expect.stringContaining("there is no column “mail_address”"),
  });
  expect(await unusable({ email: "email", consent: "opt_in" })).toMatchObject({
    coverage: "unusable",
    because: expect.stringContaining("columns.consent"),
  });
  expect(await unusable({ email: "email", updated_at: "changed" })).toMatchObject({ coverage: "complete" });
  const { rows } = await read(config({ attributes: { tier: "tier" } }), [segment("a.csv")]);
  expect(Object.keys(rows[0]?.attributes ?? {})).toEqual(["plan"]);
  put("b.csv", "name,plan\nAnn,pro\n");
  expect((await read(config(), [segment("b.csv")])).ends[0]?.because).toMatch(/no column holds an e-mail/);
});

test("consent words are understood or told; a sending system mails subscribers only", async () => {
  put("a.csv", "email,consent\na@x.com,yes\nb@x.com,no\nc@x.com,\nd@x.com,maybe later\ne@x.com,f@x.com\n");
  const { rows, warnings } = await read(config({ sends: true }), [segment("a.csv")]);
  expect(rows.map((r) => [r.consent, r.mailable])).toEqual([
    ["subscribed", true],
    ["unsubscribed", false],
    ["unknown", null],
    ["unknown", null],
    ["unknown", null],
  ]);
  expect(warnings).toEqual([
    "crm/a.csv: consent not understood, read as unknown: maybe later, (not a plain word)",
  ]);
});

test("never leaves its folder", async () => {
  writeFileSync(join(folder, "outside.csv"), "email\na@x.com\n");
  symlinkSync(join(folder, "outside.csv"), join(folder, "crm", "link.csv"));
  for (const file of ["../outside.csv", join(folder, "outside.csv"), "link.csv"]) {
    const { ends, rows } = await read(config(), [segment(file)]);
    expect(rows).toEqual([]);
    expect(ends[0]).toMatchObject({
      coverage: "unusable",
      because: expect.stringContaining("outside the system’s folder"),
    });
  }
  await expect(read(config({ folder: "nowhere" }), [segment("a.csv")])).rejects.toMatchObject({
    kind: "config",
  });
});

test("an interrupted read says so", async () => {
  put("a.csv", "email\na@x.com\n");
  const abort = new AbortController();
  abort.abort();
  await expect(read(config(), [segment("a.csv")], context(abort.signal))).rejects.toMatchObject({
    kind: "interrupted",
  });
});

test("hostile column names and values stay what they are", async () => {
  put("a.csv", 'email,__proto__,constructor\na@x.com,polluted,"=1+1"\n');
  const { rows } = await read(config(), [segment("a.csv")]);
  expect(Object.entries(rows[0]?.attributes ?? {})).toEqual([["constructor", "=1+1"]]);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});
