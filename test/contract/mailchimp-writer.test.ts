import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type SegmentSource, systemId } from "../../core/model.ts";
import type { OpenChange } from "../../core/ports.ts";
import { OP_ORDER } from "../../core/repair.ts";
import type { SeedMember } from "../../demo/mailchimp/model.ts";
import { type MailchimpSim, startMailchimpSim } from "../../demo/mailchimp/server.ts";
import { mailchimpWriter } from "../../sync/writers/mailchimp.ts";
import { contextFor } from "./collector.ts";
import { LIST, mailchimpSystem, quick, WRONG_KEY } from "./mailchimp-world.ts";
import { changeFor } from "./writer.ts";

// What only the simulator can show: its journal of what really happened, and the mail that was set off.
let sim: MailchimpSim;
const tag: SegmentSource = { tag: "Active" };
const config = () =>
  mailchimpSystem(sim.url, { attributes: { name: "FNAME", ltv: "LTV", group: "interests.x" } });
const NUMBER = { tag: "LTV", name: "LTV", type: "number", required: false } as const;
beforeEach(async () => {
  sim = await startMailchimpSim({ port: 0 });
  sim.control.load(["a", "b", "c"].map((n) => ({ email: `${n}@example.test`, tags: ["Active", "Other"] })));
});
afterEach(() => sim.close());

const system = { system: systemId("mailchimp") };
const change = (op: OpenChange["op"], email: string, more: Partial<OpenChange> = {}) =>
  changeFor(system, op, email, more);
const remove = (name: string) => change("remove", `${name}@example.test`);
const writer = (key = sim.key, more = {}) =>
  mailchimpWriter({ ...config(), ...more }, { secret: () => key, ...quick });
const apply = (changes: readonly OpenChange[], source: SegmentSource = tag, key = sim.key) =>
  writer(key).apply(changes, source, contextFor());
const writes = () => sim.control.requests().filter((r) => r.method !== "GET").length;
const MEMBERS = `/lists/${LIST}/members/`;

describe("people in each state", () => {
  it("are never brought back: suppress is one way, and an add asks nobody", async () => {
    sim.control.load(
      (["unsubscribed", "cleaned", "pending", "transactional", "archived"] as const).map((status) => ({
        email: `${status}@example.test`,
        status,
      })),
    );
    const at = (status: string) => `${status}@example.test`;
    const outcomes = await apply(
      ["unsubscribed", "cleaned", "pending", "transactional", "archived"].flatMap((s) => [
        change("add", at(s)),
        change("suppress", at(s)),
      ]),
    );
    expect(outcomes.map((o) => o.status)).toEqual([
      "applied",
      "noop",
      "applied",
      "noop",
      "applied",
      "applied",
      "applied",
      "applied",
      "refused",
      "noop",
    ]);
    expect(outcomes[8]).toMatchObject({ consent: true });
    expect(sim.control.find(at("pending"))?.status).toBe("unsubscribed");
    expect(sim.control.find(at("transactional"))?.status).toBe("unsubscribed");
    expect(sim.control.sends()).toEqual({ confirmations: 0, automations: 0, journeys: 0 });
  });
  it("make a record of a stranger that is neither subscribed nor unsubscribed", async () => {
    sim.control.addAutomation({ title: "Welcome" });
    sim.control.addJourney({ name: "Active", startsAtTag: "Active" });
    expect(await apply([change("add", "new@example.test")])).toMatchObject([{ status: "applied" }]);
    expect(sim.control.find("new@example.test")).toMatchObject({ status: "transactional", tags: ["Active"] });
    expect(sim.control.sends()).toEqual({ confirmations: 0, automations: 0, journeys: 0 });
  });
  it("start no journey by a tag that they are given", async () => {
    sim.control.load([{ email: "d@example.test" }]);
    sim.control.addJourney({ name: "Active", startsAtTag: "Active" });
    expect(await apply([change("add", "d@example.test")])).toMatchObject([{ status: "applied" }]);
    expect(sim.control.sends().journeys).toBe(0);
    expect(await writer().automations(tag, contextFor())).toBeNull();
  });
  it("stay away when they were deleted for good", async () => {
    const path = `${sim.url}/3.0/lists/${LIST}/members/a@example.test/actions/delete-permanent`;
    await fetch(path, { method: "POST", headers: { authorization: `Bearer ${sim.key}` } });
    expect(await apply([change("add", "a@example.test")])).toMatchObject([
      { status: "refused", consent: true, because: expect.stringContaining("Forgotten Email") },
    ]);
    expect(sim.control.find("a@example.test")).toBeUndefined();
  });
  it("keep their tags beyond the fifty that are shown", async () => {
    const tags = Array.from({ length: 60 }, (_, i) => `t${i}`);
    sim.control.load([{ email: "many@example.test", tags: [...tags, "Active"] }]);
    expect(await apply([change("add", "many@example.test")])).toMatchObject([{ status: "noop" }]);
    expect(await apply([change("remove", "many@example.test")])).toMatchObject([{ status: "applied" }]);
    expect(sim.control.find("many@example.test")?.tags).toEqual(tags);
  });
});

describe("setting a merge field", () => {
  const set = (attribute: string, value: string | null) =>
    change("set", "x@example.test", { attribute, value });
  const strict = (required: boolean) => {
    const list = sim.control.addList({
      name: "Strict",
      mergeFields: [NUMBER, { tag: "CITY", name: "City", type: "text", required }],
    });
    sim.control.load([{ email: "x@example.test", merge: { FNAME: "Xi", LTV: 1 } }], list);
    const one = (c: OpenChange) =>
      writer(sim.key, { list, attributes: { name: "FNAME", ltv: "LTV", city: "CITY", group: "interests.x" } })
        .apply([c], tag, contextFor())
        .then(([o]) => o);
    return { one, find: () => sim.control.find("x@example.test", list) };
  };
  it("is not stopped by another field that is required and empty", async () => {
    const { one, find } = strict(true);
    expect(await one(set("name", "Ana"))).toMatchObject({ status: "applied" });
    expect(find()?.merge).toMatchObject({ FNAME: "Ana", LTV: 1 });
  });
  it("knows numbers, what the audience requires, what it does not have, and what people chose", async () => {
    const { one, find } = strict(true);
    expect(await one(set("ltv", "12.5"))).toMatchObject({ status: "applied" });
    expect(find()?.merge.LTV).toBe(12.5);
    expect(await one(set("ltv", "many"))).toMatchObject({ status: "failed" });
    expect(await one(set("city", null))).toMatchObject({ status: "refused", consent: false });
    expect(await one(set("unmapped", "x"))).toMatchObject({ status: "failed" });
    expect(await one(set("group", "true"))).toMatchObject({ status: "refused", consent: true });
  });
});

describe("faults while writing to Mailchimp", () => {
  it("waits out a 429 and writes once", async () => {
    sim.control.fault({ kind: "rate_limited", method: "POST", times: 2 });
    expect(await apply([remove("a")])).toMatchObject([{ status: "applied" }]);
    expect(sim.control.journal()).toHaveLength(1);
  });
  it("gives the rest back untouched when Mailchimp keeps refusing for load", async () => {
    sim.control.fault({ kind: "rate_limited", method: "POST", times: null });
    const before = writes();
    expect(await apply([remove("a"), remove("b"), remove("c")])).toMatchObject([
      { status: "retry" },
      { status: "retry" },
      { status: "retry" },
    ]);
    expect(writes() - before).toBe(4);
    expect(sim.control.journal()).toHaveLength(0);
  });
  it.each([
    ["timeout_after", 1],
    ["reset_after", 1],
    ["timeout_before", 0],
    ["reset_before", 0],
    ["server_error", 0],
    ["html", 0],
  ] as const)("does not know after %s, and sends it once only", async (kind, effects) => {
    sim.control.fault({ kind, method: "POST", path: MEMBERS });
    expect(await apply([remove("a"), remove("b")])).toMatchObject([
      { status: "unknown" },
      { status: "applied" },
    ]);
    expect(sim.control.journal()).toHaveLength(1 + effects);
  });
  it("does not take a yes without effect for applied", async () => {
    sim.control.fault({ kind: "ghost_ack", method: "POST" }, { kind: "ghost_ack", method: "PATCH" });
    expect(await apply([remove("a"), change("suppress", "b@example.test")])).toMatchObject([
      { status: "accepted" },
      { status: "accepted" },
    ]);
  });
  it("does not say that nothing happened when a record was made and its tag was not given", async () => {
    sim.control.fault({ kind: "rate_limited", method: "POST", times: null });
    expect(await apply([change("add", "new@example.test")])).toMatchObject([{ status: "unknown" }]);
    sim.control.clearFaults();
    expect(await apply([change("add", "new@example.test")])).toMatchObject([{ status: "applied" }]);
  });
  it("asks with a refused key once, not once a person", async () => {
    const outcomes = await apply([remove("a"), remove("b"), remove("c")], tag, WRONG_KEY);
    expect(outcomes.map((o) => o.status)).toEqual(["failed", "failed", "failed"]);
    expect(sim.control.requests()).toHaveLength(1);
  });
  it("answers null, in place, for people it cannot read back now", async () => {
    sim.control.fault({ kind: "server_error", method: "GET", path: MEMBERS, times: null });
    const states = await writer().readBack([remove("a"), remove("b")], tag, contextFor());
    expect(states).toEqual([null, null]);
  });
  it("proves its right without writing, and tells a key that has none", async () => {
    await writer().probe(contextFor());
    expect(sim.control.journal()).toEqual([]);
    sim.control.fault({ kind: "forbidden", method: "PATCH" });
    await expect(writer().probe(contextFor())).rejects.toMatchObject({ kind: "auth" });
  });
});

describe("a tag or segment", () => {
  it("that is not there is a clear failure, and none is made", async () => {
    expect(await apply([change("add", "a@example.test")], { tag: "Nope" })).toMatchObject([
      { status: "failed", because: expect.stringContaining("no such tag") },
    ]);
    expect(sim.control.segments().map((s) => s.name)).not.toContain("Nope");
  });
  it("that is a rule takes nobody, and can be read back", async () => {
    const conditions = [{ condition_type: "EmailAddress", field: "EMAIL", op: "contains", value: "a@" }];
    sim.control.addSegment("Rule", { match: "all", conditions });
    const rule: SegmentSource = { segment: "Rule" };
    expect(await apply([change("add", "b@example.test")], rule)).toMatchObject([{ status: "refused" }]);
    expect(await writer().readBack([remove("a"), remove("b")], rule, contextFor())).toMatchObject([
      { found: true, inSegment: true },
      { found: true, inSegment: false },
    ]);
  });
});

describe("whatever is asked of the Mailchimp writer", () => {
  const SOURCES: readonly SegmentSource[] = [
    tag,
    { segment: "Active" },
    { segment: "Rule" },
    { subscribed: true },
    { suppressed: true },
    { all: true },
    { sql: "select 1" },
    { list: "x" },
  ];
  const PEOPLE: readonly SeedMember[] = (
    ["subscribed", "unsubscribed", "cleaned", "pending", "transactional", "archived"] as const
  ).flatMap((status) => [
    { email: `${status}-in@example.test`, status, tags: ["Active", "Other"] },
    { email: `${status}-out@example.test`, status, tags: ["Other"], unsubscribedBy: "api" as const },
  ]);
  it("nobody becomes mailable, nobody disappears, nothing is sent, no foreign tag is lost", async () => {
    sim.control.addSegment("Rule", { match: "all", conditions: [] });
    sim.control.addJourney({ name: "J", startsAtTag: "Active" });
    sim.control.addAutomation({ title: "Welcome" });
    for (const source of SOURCES) {
      for (const op of OP_ORDER) {
        sim.control.clear();
        sim.control.load(PEOPLE);
        const from = sim.control.journal().length;
        const changes = [...PEOPLE.map((p) => p.email), "nobody@example.test"].map((email) =>
          change(op, email, { attribute: "name", value: "New" }),
        );
        expect(await apply(changes, source)).toHaveLength(changes.length);
        for (const p of PEOPLE) {
          const m = sim.control.find(p.email);
          expect(m?.tags).toContain("Other");
          if (m?.status !== p.status) expect([op, m?.status]).toEqual(["suppress", "unsubscribed"]);
        }
        for (const j of sim.control.journal(from)) {
          expect(["tags", "edit", "add"]).toContain(j.op);
          const [was, is] = [j.before?.status ?? null, j.after?.status ?? null];
          if (was !== is)
            expect([`${was} ${is}`, op]).toEqual([
              was === null ? "null transactional" : `${was} unsubscribed`,
              was === null ? "add" : "suppress",
            ]);
        }
      }
    }
    expect(sim.control.sends()).toEqual({ confirmations: 0, automations: 0, journeys: 0 });
  });
});
