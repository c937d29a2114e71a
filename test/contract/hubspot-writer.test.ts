import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { HubspotSystem } from "../../core/config.ts";
import type { SegmentSource } from "../../core/model.ts";
import type { OpenChange } from "../../core/ports.ts";
import { OP_ORDER, type Op } from "../../core/repair.ts";
import type { SeedPerson } from "../../demo/hubspot/model.ts";
import type { HubspotSim } from "../../demo/hubspot/server.ts";
import { hubspotWriter } from "../../sync/writers/hubspot.ts";
import { contextFor } from "./collector.ts";
import { hubspotSim, hubspotSystem, NEWSLETTER, OFFERS, quick, WRONG_TOKEN } from "./hubspot-world.ts";
import { changeFor } from "./writer.ts";

// What only the simulator can show: faults in the middle of a write, and its journal of what really happened.
let sim: HubspotSim;
const LIST: SegmentSource = { list: "Active" };
const config = (more: Partial<HubspotSystem> = {}) => hubspotSystem(sim.url, more);
beforeEach(async () => {
  sim = await hubspotSim();
  sim.control.addList("Active");
  sim.control.load(
    ["a", "b", "c"].map((n) => ({
      email: `${n}@example.test`,
      lists: ["Active", "Other"],
      properties: { city: "Kiel" },
      subscriptions: { [NEWSLETTER]: "SUBSCRIBED" as const, [OFFERS]: "SUBSCRIBED" as const },
    })),
  );
});
afterEach(() => sim.close());

const change = (op: Op, name: string, more: Partial<OpenChange> = {}) =>
  changeFor({ system: config().id }, op, `${name}@example.test`, more);
const writer = (more: Partial<HubspotSystem> = {}, token = sim.token) =>
  hubspotWriter(config(more), { secret: () => token, ...quick });
const apply = (
  changes: readonly OpenChange[],
  source: SegmentSource = LIST,
  more: Partial<HubspotSystem> = {},
) => writer(more).apply(changes, source, contextFor());
const paths = () => sim.control.requests().map((r) => `${r.method} ${r.path.split("?")[0]}`);
const id = (name: string) => String(sim.control.contact(`${name}@example.test`)?.id);

describe("lists", () => {
  it("refuses a list that follows a rule, and sends nothing", async () => {
    const filterBranch = { filterBranchType: "OR", filterBranches: [], filters: [] };
    sim.control.addList("Dynamic", { type: "DYNAMIC", filterBranch });
    const outcomes = await apply([change("add", "a")], { list: "Dynamic" });
    expect(outcomes).toMatchObject([{ status: "refused", consent: false }]);
    expect(paths().some((p) => p.startsWith("PUT"))).toBe(false);
  });
  it("adds nobody who is not a contact, and says why", async () => {
    expect(await apply([change("add", "new")])).toMatchObject([
      { status: "refused", because: expect.stringContaining("not a contact") },
    ]);
    expect(sim.control.find("new@example.test")).toBeNull();
  });
  it("a list that is not there is a clear failure", async () => {
    expect(await apply([change("add", "a")], { list: "Nope" })).toMatchObject([
      { status: "failed", because: expect.stringContaining('no list "Nope"') },
    ]);
  });
  it("finds a contact by an additional address, and by the id that it was merged into", async () => {
    sim.control.merge("a@example.test", "b@example.test");
    expect(await apply([change("remove", "b")])).toMatchObject([{ status: "applied" }]);
    expect(sim.control.listsOf("a@example.test")).toEqual(["Other"]);
  });
  it("writes many in one call and reads the list again", async () => {
    const from = paths().length;
    await apply(["a", "b", "c"].map((n) => change("remove", n)));
    expect(
      paths()
        .slice(from)
        .filter((p) => p.startsWith("PUT")),
    ).toHaveLength(1);
  });
});

describe("opt-outs", () => {
  it("of one type leave the others alone", async () => {
    expect(await apply([change("suppress", "a")])).toMatchObject([{ status: "applied" }]);
    expect([
      sim.control.mailable("a@example.test", NEWSLETTER),
      sim.control.mailable("a@example.test", OFFERS),
    ]).toEqual([false, true]);
  });
  it("of everything where no type is configured", async () => {
    expect(await apply([change("suppress", "a")], LIST, { subscription: null })).toMatchObject([
      { status: "applied" },
    ]);
    expect(sim.control.mailable("a@example.test", OFFERS)).toBe(false);
  });
  it("one person a call without the scope of batches, with the same effect", async () => {
    sim.control.scopes([
      ...["crm.objects.contacts.read", "communication_preferences.read", "communication_preferences.write"],
    ]);
    for (const subscription of ["Newsletter", null]) {
      const who = subscription === null ? ["b", "c"] : ["a", "b"];
      const outcomes = await apply(
        who.map((n) => change("suppress", n)),
        LIST,
        { subscription },
      );
      expect(outcomes).toMatchObject([{ status: "applied" }, { status: "applied" }]);
    }
    expect(sim.control.mailable("a@example.test", NEWSLETTER)).toBe(false);
    expect(sim.control.mailable("c@example.test", OFFERS)).toBe(false);
  });
  it("reach the address that is mailed, when asked for by another one of the contact", async () => {
    sim.control.merge("a@example.test", "b@example.test");
    expect(await apply([change("suppress", "b")])).toMatchObject([{ status: "applied" }]);
    expect(sim.control.mailable("a@example.test", NEWSLETTER)).toBe(false);
  });
  it("are told one by one where HubSpot refuses a part", async () => {
    sim.control.fault({ kind: "partial", method: "POST" });
    const outcomes = await apply(["a", "b"].map((n) => change("suppress", n)));
    expect(outcomes).toMatchObject([{ status: "failed" }, { status: "applied" }]);
  });
});

describe("properties", () => {
  const set = (name: string, value: string | null, attribute = "city") =>
    change("set", name, { attribute, value });
  it("refuses what HubSpot sets itself and what decides about mail", async () => {
    const attributes = {
      domain: "hs_email_domain",
      made: "createdate",
      basis: "hs_legal_basis",
      market: "hs_marketable_status",
      out: "hs_email_optout",
      address: "email",
      gone: "no_such_property",
    };
    const outcomes = await apply(
      Object.keys(attributes).map((a) => set("a", "x", a)),
      LIST,
      { attributes },
    );
    expect(outcomes.map((o) => [o.status, o.consent])).toEqual([
      ["refused", true],
      ["refused", false],
      ["refused", true],
      ["refused", true],
      ["refused", true],
      ["refused", true],
      ["failed", false],
    ]);
    expect(sim.control.journal()).toEqual([]);
  });
  it("one bad value does not take the others with it", async () => {
    const attributes = { stage: "lifecyclestage", city: "city" };
    sim.control.addProperty("city");
    const outcomes = await apply(
      [set("a", "Bonn"), set("b", "no such stage", "stage"), set("b", "Ulm"), set("c", "Kiel")],
      LIST,
      { attributes },
    );
    expect(outcomes.map((o) => o.status)).toEqual(["applied", "failed", "applied", "noop"]);
  });
  it("two properties of one contact go in one input", async () => {
    const attributes = { first: "firstname", city: "city" };
    const outcomes = await apply([set("a", "Ada", "first"), set("a", "Bonn")], LIST, { attributes });
    expect(outcomes.map((o) => o.status)).toEqual(["applied", "applied"]);
    expect(sim.control.journal()).toHaveLength(1);
  });
});

describe("faults while writing to HubSpot", () => {
  const WRITE: Readonly<Record<string, { op: Op; method: string; path: string; effects: number }>> = {
    remove: { op: "remove", method: "PUT", path: "/crm/v3/lists/", effects: 2 },
    suppress: { op: "suppress", method: "POST", path: "/communication-preferences/v4/statuses/", effects: 2 },
    set: { op: "set", method: "POST", path: "/crm/v3/objects/contacts/batch/update", effects: 2 },
  };
  const run = (op: Op) => apply(["a", "b"].map((n) => change(op, n, { attribute: "city", value: "Bonn" })));

  describe.each(Object.values(WRITE))("$op", ({ op, method, path, effects }) => {
    it("waits out a 429 and writes once", async () => {
      sim.control.fault({ kind: "rate_limited", method, path, retryAfter: "1" });
      expect(await run(op)).toMatchObject([{ status: "applied" }, { status: "applied" }]);
      expect(sim.control.journal()).toHaveLength(effects);
    });
    it("gives everything back untouched when HubSpot keeps refusing for load", async () => {
      sim.control.fault({ kind: "rate_limited", method, path, times: null });
      expect(await run(op)).toMatchObject([{ status: "retry" }, { status: "retry" }]);
      expect(sim.control.journal()).toHaveLength(0);
    });
    it.each([
      ["timeout_after", effects],
      ["reset_after", effects],
      ["reset_mid_body", effects],
      ["bad_json", effects],
      ["timeout_before", 0],
      ["reset_before", 0],
      ["server_error", 0],
      ["html", 0],
    ] as const)("does not know after %s, and sends it once only", async (kind, done) => {
      sim.control.fault({ kind, method, path });
      expect(await run(op)).toMatchObject([{ status: "unknown" }, { status: "unknown" }]);
      expect(sim.control.journal()).toHaveLength(done);
    });
    it("does not take a yes without effect for applied", async () => {
      sim.control.fault({ kind: "ghost_ack", method, path });
      expect(await run(op)).toMatchObject([{ status: "accepted" }, { status: "accepted" }]);
    });
    it("tells the one that a batch left out from the others", async () => {
      sim.control.fault({ kind: "partial", method, path });
      expect(await run(op)).toMatchObject([{ status: "failed" }, { status: "applied" }]);
    });
  });

  it("does not take a slow reading for applied, and never says noop of it", async () => {
    sim.control.fault({ kind: "read_lag", ms: 60_000 });
    expect(await apply([change("remove", "a")])).toMatchObject([{ status: "accepted" }]);
  });
  it("asks with a refused token once for many", async () => {
    const from = paths().length;
    const outcomes = await writer({ subscription: null }, WRONG_TOKEN).apply(
      ["a", "b", "c"].map((n) => change("remove", n)),
      LIST,
      contextFor(),
    );
    expect(outcomes.map((o) => o.status)).toEqual(["failed", "failed", "failed"]);
    expect(paths().length - from).toBeLessThanOrEqual(2);
  });
  it("answers null, in place, for people it cannot read back now", async () => {
    sim.control.fault({ kind: "server_error", path: "/crm/v3/objects/contacts", times: null });
    const people = [change("remove", "a"), change("remove", "b")];
    expect(await writer().readBack(people, LIST, contextFor())).toEqual([null, null]);
  });
  it("a token that may not write fails the probe", async () => {
    sim.control.scopes(["crm.objects.contacts.read", "crm.lists.read", "communication_preferences.read"]);
    await expect(writer().probe(contextFor())).rejects.toMatchObject({ kind: "auth" });
    expect(sim.control.journal()).toEqual([]);
  });
});

describe("automations", () => {
  it("names the live workflows that the list starts, and cannot tell without the scope", async () => {
    const listId = id("a") && sim.control.addList("Trial").id;
    for (const [name, isEnabled, listIds] of [
      ["Welcome", true, [listId]],
      ["Old welcome", false, [listId]],
      ["Other", true, ["99"]],
    ] as const)
      sim.control.addFlow({ id: name, name, isEnabled, listIds });
    expect(await writer().automations({ list: "Trial" }, contextFor())).toEqual(["Welcome"]);
    expect(await writer().automations(LIST, contextFor())).toEqual([]);
    sim.control.scopes(["crm.lists.read"]);
    expect(await writer().automations({ list: "Trial" }, contextFor())).toBeNull();
  });
});

describe("whatever is asked of the HubSpot writer", () => {
  const SOURCES: readonly SegmentSource[] = [
    LIST,
    { subscribed: true },
    { subscribed: "Newsletter" },
    { suppressed: true },
    { all: true },
    { sql: "select 1" },
    { label: "x" },
  ];
  const PEOPLE: readonly SeedPerson[] = [
    { email: "in@example.test", lists: ["Active", "Other"], subscriptions: { [NEWSLETTER]: "SUBSCRIBED" } },
    { email: "out@example.test", lists: ["Other"], subscriptions: { [NEWSLETTER]: "UNSUBSCRIBED" } },
    { email: "all.out@example.test", lists: ["Active", "Other"], optedOut: true },
    { email: "bounced@example.test", bounced: true },
    { email: "not.marketing@example.test", lists: ["Other"], marketing: false },
    { email: "unasked@example.test", lists: ["Other"] },
  ];
  it("nobody becomes mailable, nobody appears or disappears, no other list changes", async () => {
    const types = [null, NEWSLETTER, OFFERS];
    for (const subscription of ["Newsletter", null])
      for (const source of SOURCES)
        for (const op of OP_ORDER) {
          sim.control.clear();
          sim.control.addList("Active");
          sim.control.load(PEOPLE);
          const mailable = () =>
            PEOPLE.flatMap((p) => types.map((t) => sim.control.mailable(p.email, t) ?? false));
          const before = mailable();
          const from = sim.control.journal().length;
          const changes = [...PEOPLE.map((p) => p.email), "nobody@example.test"].map((email) =>
            changeFor({ system: config().id }, op, email, { attribute: "city", value: "Bonn" }),
          );
          const outcomes = await apply(changes, source, { subscription });
          expect(outcomes).toHaveLength(changes.length);
          expect(mailable().filter((now, i) => now && !before[i])).toEqual([]);
          expect(sim.control.size()).toBe(PEOPLE.length);
          for (const p of PEOPLE)
            if (p.lists?.includes("Other")) expect(sim.control.listsOf(p.email)).toContain("Other");
          const ops = sim.control
            .journal()
            .slice(from)
            .map((j) => j.op);
          expect(ops.filter((o) => /subscribed$/.test(o) && o !== "consent.unsubscribed")).toEqual([]);
          expect(ops.filter((o) => /create|archive|list\.delete/.test(o))).toEqual([]);
        }
  });
});
