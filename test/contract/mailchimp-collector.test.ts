import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ReadTarget } from "../../core/model.ts";
import { hashOf } from "../../demo/mailchimp/list-store.ts";
import { type MailchimpSim, startMailchimpSim } from "../../demo/mailchimp/server.ts";
import { contextFor, readAll } from "./collector.ts";
import { collectorFor, LIST, target } from "./mailchimp-world.ts";

// What only Mailchimp has: statuses, segments that hide people, and offsets that move while they are read.
let sim: MailchimpSim;
beforeEach(async () => {
  sim = await startMailchimpSim({ port: 0 });
});
afterEach(() => sim.close());

const people = (n: number, more: object = {}) =>
  Array.from({ length: n }, (_, i) => ({ email: `p${i}@example.test`, ...more }));
const read = (...targets: ReadTarget[]) => readAll(collectorFor(sim), targets);
const base: ReadTarget = { kind: "base" };
const paths = () => sim.control.requests().map((r) => r.path.replace("/3.0", ""));
const emails = (r: Awaited<ReturnType<typeof read>>, index = 0) =>
  r.rows
    .filter((row) => row.of.includes(index))
    .map((row) => row.identifiers.email?.split("@")[0])
    .toSorted();

const ONE_OF_EACH = (
  ["subscribed", "unsubscribed", "cleaned", "pending", "transactional", "archived"] as const
).map((status) => ({ email: `${status}@example.test`, status, tags: ["VIP"] }));

describe("statuses", () => {
  it("are consent, mailability and bounce; a cleaned or transactional contact has given no answer", async () => {
    sim.control.load(ONE_OF_EACH);
    const { rows, ends } = await read(base);
    const told = Object.fromEntries(
      rows.map((r) => [r.identifiers.email?.split("@")[0], [r.consent, r.mailable, r.bounced ?? false]]),
    );
    expect(told).toEqual({
      subscribed: ["subscribed", true, false],
      unsubscribed: ["unsubscribed", false, false],
      cleaned: ["unknown", false, true],
      pending: ["pending", false, false],
      transactional: ["unknown", false, false],
    });
    expect(ends).toMatchObject([{ coverage: "complete", enumerated: 5, declaredTotal: 5 }]);
  });
  it("fill several targets in one pass, and a lone one with a filter", async () => {
    sim.control.load(ONE_OF_EACH);
    const r = await read(base, target({ subscribed: true }), target({ suppressed: true }));
    expect(emails(r, 1)).toEqual(["subscribed"]);
    expect(emails(r, 2)).toEqual(["cleaned", "unsubscribed"]);
    expect(r.ends.map((e) => [e.coverage, e.enumerated, e.declaredTotal])).toEqual([
      ["complete", 5, null],
      ["complete", 1, null],
      ["complete", 2, null],
    ]);
    expect(paths().filter((p) => p.startsWith(`/lists/${LIST}/members`))).toHaveLength(1);
    await read(target({ subscribed: true }));
    expect(paths().at(-1)).toContain("status=subscribed");
  });
  it("tell when somebody opted in, and never invent when they opted out", async () => {
    sim.control.load([
      { email: "in@example.test", optAt: "2025-03-01T10:00:00.000Z" },
      { email: "out@example.test", status: "unsubscribed" },
    ]);
    const { rows } = await read(base);
    const of = (name: string) => rows.find((r) => r.identifiers.email?.startsWith(name));
    expect(of("in")?.consentAt).toBe("2025-03-01T10:00:00.000Z");
    expect(of("out")?.consents).toMatchObject([
      { scope: "list", scopeId: LIST, state: "unsubscribed", at: null },
    ]);
    expect(of("out")).not.toHaveProperty("consentAt");
  });
});

describe("tags and segments", () => {
  it("hold everybody whom Mailchimp lists, also those whom it leaves out by default", async () => {
    sim.control.load(ONE_OF_EACH);
    const r = await read(target({ tag: "vip" }));
    expect(emails(r)).toEqual(["cleaned", "subscribed", "transactional", "unsubscribed"]);
    expect(r.ends).toMatchObject([{ coverage: "complete", declaredTotal: 4 }]);
    expect(collectorFor(sim).capabilities.cannot.join()).toContain("pending");
  });
  it("are read whole where a member carries more tags than are shown inline", async () => {
    const tags = Array.from({ length: 60 }, (_, i) => `t${i}`);
    sim.control.load([{ email: "a@example.test", tags }]);
    expect(emails(await read(target({ tag: "t59" })))).toEqual(["a"]);
  });
  it("are found by name or id, a saved one too, and one that is not there is never empty", async () => {
    sim.control.load([{ email: "a@example.test", merge: { LNAME: "Reis" } }, { email: "b@example.test" }]);
    const conditions = [{ condition_type: "TextMerge", field: "LNAME", op: "is", value: "Reis" }];
    const id = sim.control.addSegment("Family", { match: "all", conditions });
    const r = await read(
      target({ segment: "Family" }),
      target({ segment: String(id) }),
      target({ tag: "Family" }),
      target({ segment: "Nope" }),
    );
    expect([emails(r, 0), emails(r, 1)]).toEqual([["a"], ["a"]]);
    expect(r.ends.toSorted((x, y) => x.target - y.target).map((e) => e.coverage)).toEqual([
      "complete",
      "complete",
      "unusable",
      "unusable",
    ]);
  });
  it("are unusable, not empty, where Mailchimp has nothing of the kind; the others are read", async () => {
    sim.control.load(people(2));
    const r = await read(target({ subscribed: "weekly" }), target({ newsletter: "x" }), base);
    expect(r.ends.map((e) => [e.target, e.coverage])).toEqual([
      [0, "unusable"],
      [1, "unusable"],
      [2, "complete"],
    ]);
  });
  it("cannot hide that the audience is not there", async () => {
    const other = collectorFor(sim, { list: "ffffffffff" });
    const { error } = await readAll(other, [base]);
    expect(error).toMatchObject({ kind: "config" });
    expect(String(error)).toContain("Audience ID");
  });
});

describe("a list that moves while it is read", () => {
  const everyone = (n: number) => new Set(people(n).map((p) => hashOf(p.email)));
  const moving = async (between: () => void, source: ReadTarget, n = 2500) => {
    sim.control.load(people(n, { tags: ["Active"] }));
    const ids = new Set<string>();
    let ends: Awaited<ReturnType<typeof read>>["ends"] = [];
    let pages = 0;
    for await (const page of collectorFor(sim).read([source], contextFor())) {
      for (const row of page.items) ids.add(row.id);
      if (pages++ === 0) between();
      ends = [...ends, ...page.ends];
    }
    return { ids, ends, lost: [...everyone(n)].filter((id) => !ids.has(id)).length };
  };
  const tag = target({ tag: "Active" });
  it.each([
    ["one leaves", 1],
    ["fifty leave", 50],
    ["nine hundred leave", 900],
  ] as const)("loses nobody when %s who were read already", async (_, n) => {
    const r = await moving(() => sim.control.unload(people(n).map((p) => p.email)), tag);
    expect(r.lost).toBe(0);
    expect(r.ends).toMatchObject([{ coverage: "complete" }]);
  });
  it("loses nobody when one leaves and one comes, which leaves the total as it was", async () => {
    const r = await moving(() => {
      sim.control.unload(["p3@example.test"]);
      sim.control.load([{ email: "new@example.test", tags: ["Active"] }]);
    }, base);
    expect(r.lost).toBe(0);
    expect(r.ends).toMatchObject([{ coverage: "complete", enumerated: 2501, declaredTotal: 2500 }]);
  });
  it("loses nobody when people who were read are edited, and so go to the end", async () => {
    const r = await moving(() => {
      for (const p of people(40)) sim.control.setStatus(p.email, "transactional");
    }, tag);
    expect(r.lost).toBe(0);
  });
  it("does not vouch for a list that lost more than a page of those who were read", async () => {
    const r = await moving(() => sim.control.unload(people(1000).map((p) => p.email)), tag);
    expect(r.ends).toMatchObject([{ coverage: "partial", because: expect.stringContaining("moved") }]);
  });
});

describe("facts", () => {
  const day = 86_400_000;
  it("name campaigns with whom they include and exclude, and the targets that those are", async () => {
    sim.control.load([{ email: "a@example.test", tags: ["VIP", "Never"] }]);
    const [vip, never] = sim.control.segments().map((s) => s.id);
    const cond = (op: string, value: number | undefined) => ({
      condition_type: "StaticSegment",
      field: "static_segment",
      op,
      value: value ?? 0,
    });
    sim.control.addCampaign({
      title: "Autumn",
      status: "schedule",
      sendTime: Date.now() + day,
      segment: {
        savedId: null,
        conditions: { match: "all", conditions: [cond("static_is", vip), cond("static_not", never)] },
      },
    });
    sim.control.addCampaign({ title: "All", status: "schedule", sendTime: Date.now() + 2 * day });
    sim.control.addCampaign({ title: "Draft" });
    const other = sim.control.addList({ name: "Other list" });
    sim.control.addCampaign({
      title: "Elsewhere",
      status: "schedule",
      sendTime: Date.now() + day,
      listId: other,
    });
    const targets = [target({ subscribed: true }), target({ tag: "VIP" }), base];
    const facts = await collectorFor(sim).facts?.(targets, contextFor());
    expect(facts?.campaigns).toMatchObject([
      {
        name: "Autumn",
        state: "scheduled",
        includes: [{ name: "VIP", target: 1 }],
        excludes: [{ name: "Never", target: null }],
      },
      { name: "All", includes: [{ name: "Harbour & Pine", target: 0 }], excludes: [] },
    ]);
    expect(facts?.campaigns).toHaveLength(2);
  });
  it("tell rules of saved segments, live automations, and what became of what was sent", async () => {
    sim.control.load([{ email: "a@example.test" }]);
    const conditions = [
      { condition_type: "TextMerge", field: "LNAME", op: "is", value: "Reis" },
      { condition_type: "TextMerge", field: "FNAME", op: "not", value: "" },
    ];
    sim.control.addSegment("Family", { match: "all", conditions });
    sim.control.addAutomation({ title: "Welcome" });
    sim.control.addAutomation({ title: "Old", status: "paused" });
    sim.control.addCampaign({
      title: "Sent",
      status: "sent",
      sendTime: Date.now() - day,
      emailsSent: 100,
      hardBounces: 2,
      softBounces: 3,
      unsubscribes: [{ memberId: "x", at: Date.now(), reason: "None given" }],
    });
    sim.control.addCampaign({ title: "Long ago", status: "sent", sendTime: Date.now() - 90 * day });
    const facts = await collectorFor(sim).facts?.([target({ segment: "Family" })], contextFor());
    expect(facts?.definitions).toMatchObject([
      {
        target: 0,
        name: "Family",
        definition: [
          "match all",
          'condition_type="TextMerge" field="FNAME" op="not" value=""',
          'condition_type="TextMerge" field="LNAME" op="is" value="Reis"',
        ].join("\n"),
      },
    ]);
    expect(facts?.automations).toMatchObject([
      { name: "Welcome", live: true },
      { name: "Old", live: false },
    ]);
    expect(facts?.deliverability).toMatchObject([
      { sent: 100, delivered: 95, bounced: 5, complained: 0, unsubscribed: 1 },
    ]);
    expect(facts?.changes).toBeNull();
    expect(facts?.notes.join()).toContain("journeys");
  });
  it("lose one part to a failure and keep the others, with a note", async () => {
    sim.control.fault({ kind: "forbidden", path: "/reports", times: null });
    const facts = await collectorFor(sim).facts?.([base], contextFor());
    expect(facts).toMatchObject({ campaigns: [], automations: [], deliverability: null });
    expect(facts?.notes.join()).toMatch(/deliverability: mailchimp: GET \/3.0\/reports: the key was refused/);
  });
});

describe("care", () => {
  it("asks for no more of people than is needed, and only with GET", async () => {
    sim.control.load(people(3, { tags: ["VIP"] }));
    await read(base, target({ tag: "VIP" }));
    await collectorFor(sim).facts?.([base], contextFor());
    expect(new Set(sim.control.requests().map((r) => r.method))).toEqual(new Set(["GET"]));
    const members = paths().filter((p) => /\/members\?/.test(p));
    expect(members.length).toBeGreaterThan(0);
    for (const p of members) expect(p).toContain("fields=members.id");
    expect(paths().join()).not.toMatch(/example|%40/);
  });
  it("takes the data centre from the key, and says so when there is none", async () => {
    const config = { url: null };
    const { error } = await readAll(collectorFor(sim, config, "0123456789abcdef"), [base]);
    expect(error).toMatchObject({ kind: "config" });
    expect(String(error)).not.toContain("0123456789abcdef");
  });
});
