import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { mailchimpCollector } from "../../collectors/mailchimp.ts";
import type { ReadTarget, SegmentSource } from "../../core/model.ts";
import type { Op } from "../../core/repair.ts";
import { type MailchimpSim, startMailchimpSim } from "../../demo/mailchimp/server.ts";
import { mailchimpWriter } from "../../sync/writers/mailchimp.ts";
import { gateOf } from "../gate/gate.ts";
import { judged, type Tap, tapped } from "../gate/traffic.ts";
import { conformance } from "../gate/watch-fetch.ts";
import { notRun } from "../setup/material.ts";
import { contextFor, readAll } from "./collector.ts";
import { mailchimpSystem, quick, target } from "./mailchimp-world.ts";
import { changeFor } from "./writer.ts";

const gate = gateOf("mailchimp");
const LIST = "/3.0/lists/a36b000001";
const hash = (email: string): string => createHash("md5").update(email).digest("hex");
let sim: MailchimpSim;
let tap: Tap;
const violations = new Set<string>();
const operations = new Set<string>();

beforeAll(async () => {
  sim = await startMailchimpSim({ port: 0 });
  tap = await tapped(sim.url, (e) => {
    operations.add(`${e.method} ${e.path.replace(/[0-9a-f]{10,}|\d{4,}/g, "…")} ${e.status}`);
    if (gate !== null) for (const v of judged(gate, "mailchimp", e)) violations.add(v);
  });
  sim.control.load([
    { email: "ann@example.com", tags: ["VIP"] },
    { email: "bob@example.com", status: "unsubscribed" },
    { email: "cat@example.com", status: "cleaned" },
    { email: "dan@example.com", status: "pending" },
  ]);
  sim.control.addCampaign({ title: "March" });
});
afterAll(async () => {
  await tap.close();
  await sim.close();
});

async function call(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
  const response = await fetch(`${tap.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${sim.key}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
}

// The gate judges what the simulator answers; whether it behaves like Mailchimp is the business of its own tests.
test("every answer of the Mailchimp simulator conforms to the vendor's document, but for the known deviations", {
  timeout: 60_000,
}, async () => {
  if (gate === null) return notRun("connectors/specs");
  await call("GET", "/3.0/ping");
  await call("GET", "/3.0/lists?count=10");
  await call("GET", LIST);
  await call("GET", `${LIST}/members?count=1000&sort_field=timestamp_signup&sort_dir=ASC`);
  for (const who of ["ann", "bob", "cat", "dan", "nobody"])
    await call("GET", `${LIST}/members/${hash(`${who}@example.com`)}`);
  await call("GET", `${LIST}/members/${hash("ann@example.com")}/tags`);
  await call("POST", `${LIST}/members`, { email_address: "eve@example.com", status: "transactional" });
  await call("POST", `${LIST}/members`, { email_address: "not an address", status: "transactional" });
  await call("POST", `${LIST}/members`, { email_address: "eve@example.com", status: "transactional" });
  await call("PUT", `${LIST}/members/${hash("eve@example.com")}`, {
    email_address: "eve@example.com",
    status_if_new: "transactional",
    merge_fields: { FNAME: "Eve" },
  });
  await call("PATCH", `${LIST}/members/${hash("bob@example.com")}`, { status: "subscribed" }); // compliance state
  await call("POST", `${LIST}/members/${hash("ann@example.com")}/tags`, {
    tags: [{ name: "Old", status: "active" }],
  });
  const made = await call("POST", `${LIST}/segments`, {
    name: "Static",
    static_segment: ["ann@example.com"],
  });
  await call("GET", `${LIST}/segments?count=100`);
  const segment = `${LIST}/segments/${String(made.id)}`;
  await call("GET", segment);
  await call("GET", `${segment}/members?count=100`);
  await call("POST", segment, {
    members_to_add: ["eve@example.com", "x@example.com"],
    members_to_remove: [],
  });
  await call("DELETE", `${segment}/members/${hash("eve@example.com")}`);
  await call("POST", LIST, {
    members: [
      { email_address: "fay@example.com", status: "transactional" },
      { email_address: "wrong", status: "transactional" },
    ],
    update_existing: false,
  });
  await call("GET", `${LIST}/tag-search?name=VIP`);
  await call("GET", `${LIST}/merge-fields?count=100`);
  await call("GET", `${LIST}/interest-categories`);
  await call("GET", `${LIST}/webhooks`);
  await call("GET", `${LIST}/growth-history`);
  await call("GET", `${LIST}/abuse-reports`);
  await call("GET", "/3.0/campaigns?status=schedule&count=10");
  await call("GET", "/3.0/reports?count=10");
  await call("GET", "/3.0/automations?count=10");
  const batch = await call("POST", "/3.0/batches", {
    operations: [{ method: "GET", path: "/lists/a36b000001/members" }],
  });
  await call("GET", `/3.0/batches/${String(batch.id)}`);
  await call("GET", "/3.0/batches");
  await call("DELETE", `${LIST}/members/${hash("dan@example.com")}`); // 405
  await call("DELETE", `${LIST}/members/${hash("eve@example.com")}`);
  await fetch(`${tap.url}/3.0/lists`).then((r) => r.text()); // 401
  sim.control.fault({ kind: "rate_limited", path: "/lists" }, { kind: "server_error", path: "/lists" });
  await fetch(`${tap.url}/3.0/lists`, { headers: { authorization: `Bearer ${sim.key}` } }).then((r) =>
    r.text(),
  );
  await fetch(`${tap.url}/3.0/lists`, { headers: { authorization: `Bearer ${sim.key}` } }).then((r) =>
    r.text(),
  );
  expect([...violations].toSorted()).toEqual(["GET /lists no credential (authorization)"]);
  expect(operations.size).toBeGreaterThan(35);
});

test("everything that passes between our Mailchimp connector and the simulator conforms, both ways", {
  timeout: 60_000,
}, async () => {
  const one = await startMailchimpSim({ port: 0 });
  one.control.load(
    Array.from({ length: 130 }, (_, i) => ({
      email: `p${i}@example.test`,
      status:
        (["subscribed", "unsubscribed", "cleaned", "pending", "transactional"] as const)[i % 5] ??
        "subscribed",
      merge: { FNAME: `N${i}` },
      ...(i < 60 ? { tags: ["Active", "VIP"] } : {}),
    })),
  );
  one.control.addSegment("Static");
  one.control.addCampaign({ title: "March" });
  const config = mailchimpSystem(one.url);
  const deps = { secret: () => one.key, ...quick };
  const sources: SegmentSource[] = [
    { tag: "Active" },
    { segment: "Static" },
    { suppressed: true },
    { all: true },
    { subscribed: true },
    { tag: "Gone" },
  ];
  const targets: ReadTarget[] = [{ kind: "base" }, ...sources.map(target)];
  const result = await conformance("mailchimp", async () => {
    const collector = mailchimpCollector(config, deps);
    const writer = mailchimpWriter(config, deps);
    for (const some of [targets, ...targets.map((t) => [t])]) await readAll(collector, some);
    await collector.facts?.(targets, contextFor());
    await collector.warnings(contextFor());
    await writer.probe(contextFor());
    await writer.automations({ tag: "Active" }, contextFor());
    const change = (op: Op, i: number, more = {}) =>
      changeFor({ system: config.id }, op, `p${i}@example.test`, more);
    const changes = [
      change("suppress", 5),
      change("remove", 10),
      change("add", 100),
      change("add", 999),
      change("set", 20, { attribute: "name", value: "New" }),
    ];
    for (const batch of writer.batches(changes)) await writer.apply(batch, { tag: "Active" }, contextFor());
    const people = changes.map((c) => ({ person: c.person, identifiers: c.identifiers }));
    await writer.readBack(people, { tag: "Active" }, contextFor());
  });
  await one.close();
  if (result === null) return notRun("connectors/specs");
  expect(result.violations).toEqual([]);
  expect(result.operations.length).toBeGreaterThan(6);
});
