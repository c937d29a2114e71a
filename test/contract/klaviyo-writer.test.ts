import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SegmentSource } from "../../core/model.ts";
import type { OpenChange } from "../../core/ports.ts";
import type { SeedProfile } from "../../demo/klaviyo/model.ts";
import { type KlaviyoSim, startKlaviyoSim } from "../../demo/klaviyo/server.ts";
import { klaviyoWriter } from "../../sync/writers/klaviyo.ts";
import { contextFor } from "./collector.ts";
import { quick } from "./ghost-world.ts";
import { klaviyoSystem, WRONG_KEY } from "./klaviyo-world.ts";
import { changeFor } from "./writer.ts";

// What only the simulator can show: faults in the middle of a write, and its journal of what really happened.
let sim: KlaviyoSim;
let activeId: string;
const list: SegmentSource = { list: "Active" };
beforeEach(async () => {
  sim = await startKlaviyoSim({ port: 0, jobMs: 0 });
  sim.control.setLimits(false);
  activeId = sim.control.addList("Active").id;
  sim.control.load(
    ["a", "b", "c"].map((n) => ({
      email: `${n}@example.test`,
      consent: "SUBSCRIBED" as const,
      lists: [activeId, "Other"],
    })),
  );
});
afterEach(() => sim.close());

const config = () =>
  klaviyoSystem(sim.url, {
    attributes: {
      plan: "properties.plan",
      score: "properties.score",
      name: "first_name",
      country: "location.country",
      consented: "properties.$consent",
      origin: "properties.$source",
      email: "email",
    },
  });
const writer = (key = sim.key) => klaviyoWriter(config(), { secret: () => key, ...quick });
const change = (op: OpenChange["op"], name: string, more: Partial<OpenChange> = {}) =>
  changeFor({ system: config().id }, op, `${name}@example.test`, more);
const apply = (changes: readonly OpenChange[], source: SegmentSource = list, key = sim.key) =>
  writer(key).apply(changes, source, contextFor());
const writes = () => sim.control.requests().filter((r) => r.method !== "GET");
const abc = (op: OpenChange["op"]) => ["a", "b", "c"].map((n) => change(op, n));

describe("faults while writing to Klaviyo", () => {
  it("changes many in one call, and waits out a 429", async () => {
    sim.control.fault({ kind: "rate_limited", method: "DELETE", retryAfter: "1" });
    expect(await apply(abc("remove"))).toMatchObject([
      { status: "applied" },
      { status: "applied" },
      { status: "applied" },
    ]);
    expect(writes().map((w) => w.status)).toEqual([429, 204]);
    expect(sim.control.journal()).toHaveLength(3);
  });
  it("gives all back untouched when Klaviyo keeps refusing for load", async () => {
    sim.control.fault({ kind: "rate_limited", method: "DELETE", times: null });
    const outcomes = await apply([...abc("remove"), change("suppress", "a")]);
    expect(outcomes.map((o) => o.status)).toEqual(["retry", "retry", "retry", "retry"]);
    expect(sim.control.journal()).toHaveLength(0);
  });
  it.each([
    ["timeout_after", 2],
    ["reset_after", 2],
    ["timeout_before", 0],
    ["reset_before", 0],
    ["server_error", 0],
    ["html", 0],
  ] as const)("does not know after %s, and sends it once only", async (kind, effects) => {
    sim.control.fault({ kind, method: "DELETE" });
    expect(await apply([change("remove", "a"), change("remove", "b")])).toMatchObject([
      { status: "unknown" },
      { status: "unknown" },
    ]);
    expect(sim.control.journal()).toHaveLength(effects);
    expect(writes()).toHaveLength(1);
  });
  it("takes neither a yes without effect nor one for all but the first for applied", async () => {
    sim.control.fault({ kind: "ghost_ack", method: "DELETE" });
    expect((await apply(abc("remove"))).map((o) => o.status)).toEqual(["accepted", "accepted", "accepted"]);
    sim.control.fault({ kind: "partial", method: "DELETE" });
    expect((await apply(abc("remove"))).map((o) => o.status)).toEqual(["accepted", "applied", "applied"]);
  });
  it("asks with a refused key once, not once a person", async () => {
    const before = sim.control.requests().length;
    const outcomes = await apply(abc("remove"), list, WRONG_KEY);
    expect(outcomes.map((o) => o.status)).toEqual(["failed", "failed", "failed"]);
    expect(sim.control.requests().length - before).toBe(1);
    expect(JSON.stringify(outcomes)).not.toContain(WRONG_KEY);
  });
  it("answers null, in place, for people it cannot read back now", async () => {
    sim.control.fault({ kind: "server_error", method: "GET", path: "/profiles", times: null });
    expect(await writer().readBack(abc("remove"), list, contextFor())).toEqual([null, null, null]);
  });
  it("says that a list is not there, and makes none", async () => {
    const outcomes = await apply([change("add", "a")], { list: "Nope" });
    expect(outcomes).toMatchObject([
      { status: "failed", because: expect.stringContaining('no list "Nope"') },
    ]);
    expect(writes()).toEqual([]);
  });
});

describe("suppressing", () => {
  it.each([
    ["job_stuck", "accepted", false],
    ["job_failed", "failed", false],
    ["ghost_ack", "accepted", false],
    ["timeout_after", "unknown", true],
    ["server_error", "unknown", false],
  ] as const)("after %s says %s", async (kind, status, done) => {
    sim.control.fault({ kind, method: "POST", path: "/profile-suppression" });
    expect(await apply([change("suppress", "a")])).toMatchObject([{ status }]);
    expect(sim.control.state("a@example.test")?.canReceiveEmail).toBe(!done);
    expect(writes()).toHaveLength(1);
  });
  it("leaves consent, lists and other people alone, and uses no unsubscribe job", async () => {
    const before = ["b", "c"].map((n) => sim.control.state(`${n}@example.test`));
    await apply([change("suppress", "a"), change("suppress", "stranger")]);
    expect(sim.control.state("a@example.test")).toMatchObject({
      consent: "SUBSCRIBED",
      suppressions: ["USER_SUPPRESSED"],
      lists: [activeId, expect.any(String)],
    });
    expect(["b", "c"].map((n) => sim.control.state(`${n}@example.test`))).toEqual(before);
    expect(sim.control.find("stranger@example.test")).toBeUndefined();
    expect(writes().map((w) => w.path)).toEqual(["/api/profile-suppression-bulk-create-jobs"]);
  });
  it("is not content with a bounce, which ends when it is cleared", async () => {
    sim.control.setConsent("a@example.test", "SUBSCRIBED", ["HARD_BOUNCE"]);
    expect(await apply([change("suppress", "a")])).toMatchObject([{ status: "applied" }]);
    expect(sim.control.state("a@example.test")?.suppressions).toEqual(["HARD_BOUNCE", "USER_SUPPRESSED"]);
  });
  it("waits for a job that takes its time", async () => {
    await sim.close();
    let nowMs = Date.parse("2026-11-26T08:00:00Z");
    sim = await startKlaviyoSim({ port: 0, clock: { now: () => new Date(nowMs) }, jobMs: 9_000 });
    sim.control.load([{ email: "a@example.test", consent: "SUBSCRIBED" }]);
    const waits: number[] = [];
    const sleep = async (ms: number) => {
      waits.push(ms);
      nowMs += ms;
    };
    const patient = klaviyoWriter(config(), { secret: () => sim.key, ...quick, sleep });
    expect(await patient.apply([change("suppress", "a")], { all: true }, contextFor())).toMatchObject([
      { status: "applied" },
    ]);
    expect(waits).toEqual([1_000, 2_000, 3_000, 5_000]);
  });
});

describe("adding", () => {
  const outsider = (more: SeedProfile) => sim.control.load([{ email: "x@example.test", ...more }]);
  it("creates nobody, since Klaviyo could mail them at once", async () => {
    expect(await apply([change("add", "new")])).toMatchObject([{ status: "refused", consent: true }]);
    expect(sim.control.find("new@example.test")).toBeUndefined();
  });
  it("does not put back whoever unsubscribed from this very list, or opted out and can be mailed all the same", async () => {
    outsider({ consent: "UNSUBSCRIBED", suppressions: [] });
    expect(await apply([change("add", "x")])).toMatchObject([{ status: "refused", consent: true }]);
    await unsubscribeFromList("a");
    expect(sim.control.state("a@example.test")?.listSuppressions).toEqual([activeId]);
    expect(await apply([change("add", "a")])).toMatchObject([{ status: "refused", consent: true }]);
  });
  it("puts an opted-out person on a list that leaves people out, with the evidence of the opt-out", async () => {
    outsider({ consent: "UNSUBSCRIBED", suppressions: [] });
    const evidence = { system: config().id, at: null };
    expect(await apply([change("add", "x", { evidence })])).toMatchObject([{ status: "applied" }]);
  });
  it("says which flows it may start, so that somebody can decide before", async () => {
    const { id } = sim.control.addList("Trial");
    sim.control.addFlow({ name: "Hello", trigger: { type: "list", id } });
    sim.control.addFlow({ name: "Later", status: "draft", trigger: { type: "list", id } });
    expect(await writer().automations({ list: "Trial" }, contextFor())).toEqual(["Hello"]);
    expect(await writer().automations({ suppressed: true }, contextFor())).toEqual([]);
    sim.control.fault({ kind: "forbidden", path: `/lists/${id}/flow-triggers` });
    expect(await writer().automations({ list: "Trial" }, contextFor())).toBeNull();
  });
});

describe("removing", () => {
  it("takes nobody off a list that a campaign to come leaves out", async () => {
    sim.control.addCampaign({
      name: "Sale",
      included: ["everybody"],
      excluded: [activeId],
      sendTime: "2099-01-01",
    });
    expect(await apply(abc("remove"))).toMatchObject([
      { status: "refused", consent: true, because: expect.stringContaining('"Sale"') },
      { status: "refused" },
      { status: "refused" },
    ]);
    expect(sim.control.journal()).toEqual([]);
  });
  it("takes nobody off a list when campaigns cannot be read", async () => {
    sim.control.fault({ kind: "forbidden", path: "/campaigns" });
    expect(await apply([change("remove", "a")])).toMatchObject([{ status: "failed" }]);
    expect(sim.control.journal()).toEqual([]);
  });
  it("refuses segments, which are rules", async () => {
    sim.control.addSegment("Engaged", { condition_groups: [] }, ["a@example.test"]);
    for (const op of ["add", "remove"] as const)
      expect(await apply([change(op, "a")], { segment: "Engaged" })).toMatchObject([
        { status: "refused", because: expect.stringContaining("rule") },
      ]);
    expect(writes()).toEqual([]);
  });
});

describe("setting", () => {
  const set = (attribute: string, value: string | null) => apply([change("set", "a", { attribute, value })]);
  it("keeps the type of a property, and all other properties", async () => {
    sim.control.load([{ email: "a@example.test", properties: { score: 3, other: true } }]);
    expect(await set("score", "7")).toMatchObject([{ status: "applied" }]);
    expect(sim.control.state("a@example.test")?.properties).toEqual({ score: 7, other: true });
    expect(await set("score", null)).toMatchObject([{ status: "applied" }]);
    expect(sim.control.state("a@example.test")?.properties).toEqual({ other: true });
  });
  it("sets one part of the place, and leaves the others", async () => {
    sim.control.load([{ email: "a@example.test", location: { city: "Porto", country: null } }]);
    expect(await set("country", "PT")).toMatchObject([{ status: "applied" }]);
    expect(sim.control.state("a@example.test")?.location).toEqual({ city: "Porto", country: "PT" });
    expect(await set("country", "PT")).toMatchObject([{ status: "noop" }]);
  });
  it("sets a name, and refuses consent, Klaviyo's own properties and identifiers", async () => {
    expect(await set("name", "Ana")).toMatchObject([{ status: "applied" }]);
    expect(await set("consented", "email")).toMatchObject([{ status: "refused", consent: true }]);
    expect(await set("origin", "import")).toMatchObject([{ status: "refused", consent: true }]);
    expect(await set("email", "z@example.test")).toMatchObject([{ status: "refused" }]);
    expect(await set("unmapped", "x")).toMatchObject([{ status: "failed" }]);
    expect(sim.control.journal()).toHaveLength(1);
  });
});

it("needs a write key, and proves by writing to nobody that it may write", async () => {
  expect(() => klaviyoWriter({ ...config(), writeKey: null }, { secret: () => "" })).toThrow(/write_key/);
  await writer().probe(contextFor());
  expect(sim.control.journal()).toEqual([]);
  await expect(writer(WRONG_KEY).probe(contextFor())).rejects.toMatchObject({ kind: "auth" });
});

/** As the person does by the link in a message. */
async function unsubscribeFromList(name: string): Promise<void> {
  const attributes = {
    email: `${name}@example.test`,
    subscriptions: { email: { marketing: { consent: "UNSUBSCRIBED" } } },
  };
  await fetch(`${sim.url}/api/profile-subscription-bulk-delete-jobs`, {
    method: "POST",
    headers: { authorization: `Klaviyo-API-Key ${sim.key}`, revision: "2026-07-15" },
    body: JSON.stringify({
      data: {
        type: "profile-subscription-bulk-delete-job",
        attributes: { profiles: { data: [{ type: "profile", attributes }] } },
        relationships: { list: { data: { type: "list", id: activeId } } },
      },
    }),
  });
}
