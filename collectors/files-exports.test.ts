import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readConfig } from "../config/read.ts";
import { fixedClock } from "../core/clock.ts";
import type { FilesSystem } from "../core/config.ts";
import { audienceId, type MemberRow, runId, systemId, type TargetEnd } from "../core/model.ts";
import { filesCollector } from "./files.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-exports-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const config = (more: Partial<FilesSystem> = {}): FilesSystem => ({
  id: systemId("esp"),
  title: "ESP",
  kind: "files",
  sends: false,
  folder: ".",
  base: null,
  attributes: {},
  columns: {},
  ...more,
});

async function read(file: string, content: string | Buffer, more: Partial<FilesSystem> = {}) {
  writeFileSync(join(folder, file), content);
  const collector = filesCollector(config(more), { configFolder: folder });
  const rows: MemberRow[] = [];
  const ends: TargetEnd[] = [];
  const context = {
    signal: new AbortController().signal,
    clock: fixedClock("2026-11-23T06:00:00Z"),
    runId: runId("run"),
    log: { info: () => undefined, warn: () => undefined },
  };
  for await (const page of collector.read(
    [{ kind: "segment", audience: audienceId("a"), source: { file } }],
    context,
  )) {
    rows.push(...page.items);
    ends.push(...page.ends);
  }
  return { rows, ends, warnings: await collector.warnings(context) };
}
const consents = (rows: readonly MemberRow[]) => rows.map((r) => [r.consent, r.consentAt ?? null]);

test("a Klaviyo export needs no columns", async () => {
  const { rows, warnings } = await read(
    "klaviyo.csv",
    `Email,Klaviyo ID,First Name,Phone Number,State / Region,Email Marketing Consent,Email Marketing Consent Timestamp,Date Added,VIP
ann@x.com,01A,Ann,+4930123,Berlin,SUBSCRIBED,2026-01-02 03:04:05,2026-01-03 00:00:00,yes
bob@x.com,01B,Bob,,,UNSUBSCRIBED,2026-02-02 03:04:05,,
cat@x.com,01C,Cat,,,NEVER_SUBSCRIBED,,,
`,
  );
  expect(rows[0]).toEqual({
    id: "01A",
    identifiers: { email: "ann@x.com", phone: "+4930123" },
    attributes: { first_name: "Ann", region: "Berlin", VIP: "yes" },
    consent: "subscribed",
    consentAt: "2026-01-02T03:04:05.000Z",
    consents: [
      {
        channel: "email",
        scope: "global",
        scopeId: null,
        state: "subscribed",
        at: "2026-01-02T03:04:05.000Z",
        method: null,
      },
    ],
    joinedAt: "2026-01-03T00:00:00.000Z",
    mailable: null,
    of: [0],
  });
  // who was never asked did not opt out
  expect(consents(rows.slice(1))).toEqual([
    ["unsubscribed", "2026-02-02T03:04:05.000Z"],
    ["unknown", null],
  ]);
  expect(warnings).toEqual([]);
});

test("Mailchimp's three files: an opt-out is known by its time, never an opt-in", async () => {
  const head = "Email Address,First Name,MEMBER_RATING,OPTIN_TIME,CONFIRM_TIME,";
  const rest = "LAST_CHANGED,LEID,EUID,NOTES,TAGS";
  const row = "ann@x.com,Ann,2,2020-01-01 00:00:00,2020-01-01 00:00:00,";
  const end = '2026-03-04 00:00:00,1,ab12,,"""a"""\n';
  const subscribed = await read("s.csv", `${head}${rest}\n${row}${end}`);
  expect(subscribed.rows[0]).toMatchObject({
    id: "ab12",
    identifiers: { email: "ann@x.com" },
    consent: "unknown",
    updatedAt: "2026-03-04T00:00:00.000Z",
    attributes: { first_name: "Ann", MEMBER_RATING: "2" },
  });
  const unsubscribed = await read(
    "u.csv",
    `${head}UNSUB_TIME,UNSUB_REASON,${rest}\n${row}2026-03-03 01:02:03,spam,${end}`,
  );
  expect(consents(unsubscribed.rows)).toEqual([["unsubscribed", "2026-03-03T01:02:03.000Z"]]);
  // whether out of this list or of all mail the file does not tell
  expect(unsubscribed.rows[0]).not.toHaveProperty("consents");
  const cleaned = await read("c.csv", `${head}CLEAN_TIME,${rest}\n${row}2026-03-03 01:02:03,${end}`, {
    sends: true,
  });
  expect(cleaned.rows[0]).toMatchObject({ consent: "unknown", bounced: true });
});

test("a HubSpot export: “unsubscribed from all email” takes out and never puts in", async () => {
  const { rows } = await read(
    "hubspot.csv",
    `Record ID,First Name,Email,Last Modified Date,Unsubscribed from all email
101,Ann,ann@x.com,2026-02-17 19:23,true
102,Bob,bob@x.com,2026-02-17 19:23,false
103,Cat,cat@x.com,,
`,
    { sends: true },
  );
  expect(rows.map((r) => [r.id, r.consent, r.mailable, r.updatedAt ?? null])).toEqual([
    ["101", "unsubscribed", false, "2026-02-17T19:23:00.000Z"],
    ["102", "unknown", null, "2026-02-17T19:23:00.000Z"],
    ["103", "unknown", null, null],
  ]);
  const api = await read(
    "api.csv",
    "hs_object_id,email,hs_email_optout,consent,consent_at\n1,ann@x.com,true,subscribed,2026-01-01\n2,b@x.com,,subscribed,2026-01-01\n",
  );
  expect(consents(api.rows)).toEqual([
    ["unsubscribed", null], // since when is not known: the time is that of the opt-in
    ["subscribed", "2026-01-01T00:00:00.000Z"],
  ]);
});

test("the time of an opt-in is not given to an opt-out", async () => {
  const text = "email,consent,optin_time\na@x.com,subscribed,2020-01-01\nb@x.com,unsubscribed,2020-01-01\n";
  expect(consents((await read("a.csv", text)).rows)).toEqual([
    ["subscribed", "2020-01-01T00:00:00.000Z"],
    ["unsubscribed", null],
  ]);
  const named = await read("a.csv", text, { columns: { consent_at: "optin_time" } });
  expect(consents(named.rows)[1]).toEqual(["unsubscribed", "2020-01-01T00:00:00.000Z"]);
});

test("a Parquet file proves itself by its footer", async () => {
  const bytes = Buffer.from(
    parquetWriteBuffer({
      columnData: [
        { name: "email", data: ["ann@x.com", "bob@x.com"], type: "STRING" },
        { name: "consent", data: ["subscribed", "opted out"], type: "STRING" },
        { name: "Plan", data: ["pro", null], type: "STRING", nullable: true },
      ],
    }),
  );
  const whole = await read("people.parquet", bytes, { attributes: { plan: "Plan" } });
  expect(whole.rows.map((r) => [r.identifiers.email, r.consent, r.attributes])).toEqual([
    ["ann@x.com", "subscribed", { plan: "pro" }],
    ["bob@x.com", "unsubscribed", { plan: null }],
  ]);
  expect(whole.ends).toMatchObject([
    {
      coverage: "complete",
      declaredTotal: 2,
      enumerated: 2,
      because: "esp/people.parquet read to its end: 2 rows, as its footer says",
    },
  ]);
  const cut = await read("people.parquet", bytes.subarray(0, bytes.length - 20));
  expect(cut).toMatchObject({ rows: [], ends: [{ coverage: "unusable" }] });
  const harmed = Buffer.from(bytes);
  harmed.fill(0xff, 4, 60);
  expect((await read("people.parquet", harmed)).ends).toMatchObject([{ coverage: "partial", enumerated: 0 }]);
});

test("the example of docs/systems/files.md", async () => {
  const doc = readFileSync(join(import.meta.dirname, "../docs/systems/files.md"), "utf8");
  const example = /```yaml\n(.*?)```/s.exec(doc)?.[1] ?? "";
  writeFileSync(join(folder, "plumbline.yaml"), example);
  const loaded = await readConfig(join(folder, "plumbline.yaml"));
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const system = loaded.config.systems[0];
  if (system?.kind !== "files") throw new Error("no files system");
  mkdirSync(join(folder, "exports"));
  const { rows } = await read("exports/newsletter.csv", "Email,Shop number,Plan Type\nann@x.com,7,pro\n", {
    columns: system.columns,
    attributes: system.attributes,
  });
  expect(rows).toMatchObject([
    { identifiers: { email: "ann@x.com", customer_id: "7" }, attributes: { plan: "pro" } },
  ]);
});
