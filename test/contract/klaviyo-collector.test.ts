import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { klaviyoCollector } from "../../collectors/klaviyo.ts";
import { type KlaviyoSim, startKlaviyoSim } from "../../demo/klaviyo/server.ts";
import { makeGate } from "../../systems/http/gate.ts";
import { KLAVIYO_LIMITS } from "../../systems/klaviyo/limits.ts";
import { contextFor, emails, people, readAll } from "./collector.ts";
import { quick } from "./ghost-world.ts";
import { klaviyoSystem, segmentTarget } from "./klaviyo-world.ts";

// What is Klaviyo's own: consent as it tells it, segments, several targets at once, and what it plans to send.
let nowMs: number;
let sim: KlaviyoSim;
beforeEach(async () => {
  nowMs = Date.parse("2026-11-26T08:00:00Z");
  sim = await startKlaviyoSim({ port: 0, clock: { now: () => new Date(nowMs) } });
});
afterEach(() => sim.close());

const clock = { now: () => new Date(nowMs) };
/** Waiting is what lets time pass here. */
const pace = async (ms: number): Promise<void> => {
  nowMs += ms;
};
const context = () => contextFor(undefined, clock);
const collector = (more: object = {}) =>
  klaviyoCollector(klaviyoSystem(sim.url), { secret: () => sim.key, ...quick, sleep: pace, ...more });
const list = (name: string) => segmentTarget({ list: name });

describe("consent as Klaviyo tells it", () => {
  const read = async (email: string) => {
    const { rows } = await readAll(collector(), [{ kind: "base" }], context());
    return rows.find((r) => r.identifiers.email === email);
  };
  it.each([
    ["never subscribed: unknown, and mailable all the same", {}, "unknown", true],
    ["subscribed", { consent: "SUBSCRIBED" }, "subscribed", true],
    ["unsubscribed", { consent: "UNSUBSCRIBED" }, "unsubscribed", false],
    [
      "unsubscribed, but Klaviyo would mail",
      { consent: "UNSUBSCRIBED", suppressions: [] },
      "unsubscribed",
      true,
    ],
    [
      "a complaint outranks all",
      { consent: "SUBSCRIBED", suppressions: ["UNSUBSCRIBE", "SPAM_COMPLAINT"] },
      "complained",
      false,
    ],
    [
      "suppressed by hand",
      { consent: "SUBSCRIBED", suppressions: ["USER_SUPPRESSED"] },
      "unsubscribed",
      false,
    ],
    ["a bounce is no opt-out", { consent: "SUBSCRIBED", suppressions: ["HARD_BOUNCE"] }, "subscribed", false],
  ] as const)("%s", async (_, seed, consent, mailable) => {
    sim.control.load([{ email: "a@example.test", ...seed }]);
    expect(await read("a@example.test")).toMatchObject({ consent, mailable });
  });
  it("tells channels and scopes apart, with their times", async () => {
    sim.control.load([
      {
        email: "a@example.test",
        phone: "+4915112345678",
        externalId: "C1",
        consent: "SUBSCRIBED",
        consentAt: "2026-01-02T03:04:05Z",
        smsConsent: "UNSUBSCRIBED",
        createdAt: "2025-05-05T05:05:05Z",
      },
    ]);
    expect(await read("a@example.test")).toMatchObject({
      identifiers: { email: "a@example.test", phone: "+4915112345678", customer_id: "C1" },
      consentAt: "2026-01-02T03:04:05.000Z",
      consents: [
        { channel: "email", scope: "global", state: "subscribed", method: "FORM" },
        { channel: "sms", scope: "global", state: "unsubscribed", at: "2025-05-05T05:05:05.000Z" },
      ],
    });
  });
  it("says that a bounced address is one, and that somebody without an address cannot be mailed", async () => {
    sim.control.load([
      { email: "a@example.test", suppressions: ["HARD_BOUNCE"] },
      { phone: "+4915112345678" },
    ]);
    const { rows } = await readAll(collector(), [{ kind: "base" }], context());
    expect(rows).toMatchObject([
      { bounced: true },
      { identifiers: { phone: "+4915112345678" }, mailable: false },
    ]);
  });
});

describe("targets", () => {
  it("reads what profiles tell in one pass, and each list and segment by itself with the time of joining", async () => {
    sim.control.load([
      { email: "a@example.test", consent: "SUBSCRIBED", lists: ["One"], joinedAt: "2026-02-02T00:00:00Z" },
      { email: "b@example.test", consent: "UNSUBSCRIBED", lists: ["One"] },
      { email: "c@example.test", smsConsent: "SUBSCRIBED" },
    ]);
    const segment = sim.control.addSegment("Engaged", { condition_groups: [] }, ["b@example.test"]);
    const targets = [
      list("One"),
      segmentTarget({ segment: segment.id }),
      segmentTarget({ subscribed: true }),
      segmentTarget({ subscribed: "sms" }),
      segmentTarget({ suppressed: true }),
      { kind: "base" } as const,
    ];
    const read = await readAll(collector(), targets, context());
    const of = (target: number) =>
      emails(read.rows.filter((r) => r.of.includes(target)))
        .map((e) => e?.[0])
        .join("");
    expect([0, 1, 2, 3, 4, 5].map(of)).toEqual(["ab", "b", "a", "c", "b", "abc"]);
    expect(read.ends.map((e) => [e.target, e.coverage, e.declaredTotal])).toEqual([
      [0, "complete", 2],
      [1, "complete", 1],
      [2, "complete", null],
      [3, "complete", null],
      [4, "complete", null],
      [5, "complete", null],
    ]);
    const joined = read.rows.filter((r) => r.of.includes(0)).map((r) => r.joinedAt);
    expect(joined).toContain("2026-02-02T00:00:00.000Z");
    expect(read.rows.find((r) => r.of.includes(5))).not.toHaveProperty("joinedAt");
  });
  it("does not take a list that is not there, or is there twice, for an empty one", async () => {
    sim.control.addList("Twice");
    const second = sim.control.addList("Twice");
    const read = await readAll(collector(), [list("Nope"), list("Twice"), list(second.id)], context());
    expect(read.ends.map((e) => [e.target, e.coverage])).toEqual([
      [0, "unusable"],
      [1, "unusable"],
      [2, "complete"],
    ]);
    expect(read.ends[0]?.because).toContain('no list "Nope"');
    expect(read.ends[1]?.because).toContain("2 lists");
  });
  it("does not lose the other lists with one that is refused", async () => {
    sim.control.load([{ email: "a@example.test", lists: ["One", "Two"] }]);
    const [one] = Object.keys(sim.control.counts().groups);
    sim.control.fault({ kind: "forbidden", path: `/lists/${one}/profiles` });
    const read = await readAll(collector(), [list("One"), list("Two")], context());
    expect(read.ends.map((e) => [e.target, e.coverage])).toEqual([
      [0, "unusable"],
      [1, "complete"],
    ]);
    expect(read.ends[0]?.because).toContain("docs/systems/klaviyo.md");
  });
  it("finds lists beyond the ten of a page, and names with quotes", async () => {
    for (let i = 0; i < 25; i++) sim.control.addList(`List ${i}`);
    sim.control.load([{ email: "a@example.test", lists: ['The "best", (really)'] }]);
    const read = await readAll(collector(), [list("List 24"), list('The "best", (really)')], context());
    expect(read.ends.map((e) => e.enumerated)).toEqual([0, 1]);
  });
  it("tells a property that one person lacks from a field that is gone", async () => {
    sim.control.load([
      { email: "a@example.test", lists: ["One"], properties: { plan: "pro" } },
      { email: "b@example.test", lists: ["One"] },
    ]);
    const { rows, ends } = await readAll(collector(), [list("One")], context());
    expect(rows.map((r) => r.attributes.plan)).toEqual(["pro", null]);
    expect(ends[0]?.fields).toMatchObject({ "properties.plan": "text", first_name: "empty" });
    expect(ends[0]?.fields).not.toHaveProperty("subscriptions");
  });
  it("refuses records without subscriptions instead of calling them mailable", async () => {
    sim.control.load([{ email: "a@example.test", lists: ["One"] }]);
    sim.control.fault({ kind: "renamed_field", field: "subscriptions" });
    expect((await readAll(collector(), [list("One")], context())).error).toMatchObject({ kind: "bad_data" });
  });
  it("asks for nothing that it does not need", async () => {
    sim.control.load([{ email: "a@example.test", lists: ["One"] }]);
    await readAll(collector(), [list("One")], context());
    const url = sim.control.requests().find((r) => r.path.includes("/profiles?"))?.path ?? "";
    const fields = new URLSearchParams(url.split("?")[1]).get("fields[profile]")?.split(",");
    expect(fields).not.toContain("last_name");
    expect(fields).toContain("properties");
  });
});

describe("limits", () => {
  it("keeps below Klaviyo’s windows by itself, whatever it has to read", async () => {
    for (let i = 0; i < 6; i++)
      sim.control.load(people(3).map((p) => ({ email: p.email, lists: [`List ${i}`] })));
    const gate = makeGate({
      ...KLAVIYO_LIMITS,
      share: 0.3,
      elapsedMs: () => nowMs,
      sleep: pace,
      quietMs: () => 0,
    });
    const targets = [0, 1, 2, 3, 4, 5].map((i) => list(`List ${i}`));
    const from = nowMs;
    const read = await readAll(collector({ gate }), targets, context());
    await collector({ gate }).facts?.(targets, context());
    expect(read.ends.every((e) => e.coverage === "complete")).toBe(true);
    expect(sim.control.requests().filter((r) => r.status !== 200)).toEqual([]);
    // six counts at four a minute
    expect(nowMs - from).toBeGreaterThanOrEqual(60_000);
  });
  it("waits as long as a 429 says when somebody else has used the limit up", async () => {
    sim.control.load([{ email: "a@example.test", lists: ["One"] }]);
    const [id] = Object.keys(sim.control.counts().groups);
    const headers = { authorization: `Klaviyo-API-Key ${sim.key}`, revision: "2026-07-15" };
    await fetch(`${sim.url}/api/lists/${id}?additional-fields[list]=profile_count`, { headers });
    const waits: number[] = [];
    const sleep = async (ms: number) => {
      waits.push(ms);
      nowMs += ms;
    };
    const read = await readAll(collector({ sleep }), [list("One")], context());
    expect(read.ends).toMatchObject([{ coverage: "complete" }]);
    expect(waits).toEqual([expect.toSatisfy((ms: number) => ms >= 1_000)]);
  });
});

describe("facts", () => {
  const DAY = 86_400_000;
  it("tells campaigns with whom they leave out, rules, flows and deliveries", async () => {
    const all = sim.control.addList("All");
    const quiet = sim.control.addList("Do not contact");
    const condition = { type: "profile-group-membership", is_member: true, group_ids: [all.id] };
    const engaged = sim.control.addSegment("Engaged", { condition_groups: [{ conditions: [condition] }] });
    sim.control.addCampaign({
      name: "Next",
      included: [all.id],
      excluded: [quiet.id, engaged.id],
      sendTime: new Date(nowMs + DAY),
    });
    const sent = sim.control.addCampaign({
      name: "Last",
      status: "Sent",
      included: [all.id],
      scheduledAt: new Date(nowMs - DAY),
      sendTime: new Date(nowMs - DAY),
      statistics: { recipients: 100, delivered: 95, bounced: 5, spam_complaints: 1, unsubscribe_uniques: 2 },
    });
    sim.control.addFlow({ name: "Welcome", trigger: { type: "list", id: all.id } });
    sim.control.addFlow({ name: "Draft", status: "draft", trigger: { type: "list", id: all.id } });
    const facts = await collector().facts?.([list("All"), segmentTarget({ segment: "Engaged" })], context());
    expect(facts?.campaigns).toContainEqual({
      id: expect.any(String),
      name: "Next",
      state: "scheduled",
      at: "2026-11-27T08:00:00.000Z",
      includes: [{ name: "All", target: 0 }],
      excludes: [
        { name: "Do not contact", target: null },
        { name: "Engaged", target: 1 },
      ],
    });
    expect(facts?.campaigns?.map((c) => [c.name, c.state])).toContainEqual(["Last", "sent"]);
    expect(facts?.definitions).toMatchObject([
      { target: 1, name: "Engaged", definition: expect.stringContaining('"is_member":true') },
    ]);
    expect(facts?.automations).toEqual([
      { name: "Welcome", live: true, startsOn: [{ name: "All", target: 0 }] },
      { name: "Draft", live: false, startsOn: [{ name: "All", target: 0 }] },
    ]);
    expect(facts?.deliverability).toEqual([
      {
        target: 0,
        campaign: sent.id,
        from: "2026-10-27T08:00:00.000Z",
        to: "2026-11-26T08:00:00.000Z",
        sent: 100,
        delivered: 95,
        bounced: 5,
        complained: 1,
        unsubscribed: 2,
      },
    ]);
    expect(facts?.changes).toBeNull();
    const posts = sim.control.requests().filter((r) => r.method !== "GET");
    expect(posts.map((r) => `${r.method} ${r.path}`)).toEqual(["POST /api/campaign-values-reports"]);
  });
  it("is null with the reason, part by part, where the key may not ask", async () => {
    sim.control.addList("All");
    sim.control.fault({ kind: "forbidden", path: "/campaigns", times: null });
    const facts = await collector().facts?.([list("All")], context());
    expect(facts?.campaigns).toBeNull();
    expect(facts?.automations).toEqual([]);
    expect(facts?.notes.join("\n")).toMatch(/campaigns: .*403 permission_denied.*docs\/systems\/klaviyo\.md/);
  });
});
