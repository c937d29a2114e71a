import { afterAll, beforeEach, describe, expect, test } from "vitest";
import type { HubspotSystem, SecretRef } from "../core/config.ts";
import { audienceId, type ReadTarget, type SegmentSource, systemId } from "../core/model.ts";
import { startHubspotSim } from "../demo/hubspot/server.ts";
import { contextFor, readAll } from "../test/contract/collector.ts";
import { hubspotCollector } from "./hubspot.ts";

const NEWSLETTER = 11;
const OFFERS = 12;
const UNLIMITED = { perTenSeconds: null, perDay: null, searchPerSecond: null };
let now = Date.parse("2026-11-23T06:00:00Z");
const clock = { now: () => new Date(now) };
const sim = await startHubspotSim({ port: 0, clock, settings: { limits: UNLIMITED } });
const system = (more: Partial<HubspotSystem> = {}): HubspotSystem => ({
  id: systemId("hubspot"),
  title: "HubSpot",
  kind: "hubspot",
  limitShare: 1,
  privateNetwork: false,
  sends: true,
  url: sim.url,
  token: "token" as SecretRef,
  writeToken: null,
  subscription: "Newsletter",
  attributes: { city: "city" },
  ...more,
});
const quick = { secret: () => sim.token, random: () => 0.5, sleep: async () => undefined };
const collector = (more: Partial<HubspotSystem> = {}) => hubspotCollector(system(more), quick);
const target = (source: SegmentSource): ReadTarget => ({
  kind: "segment",
  audience: audienceId("a"),
  source,
});
const context = () => contextFor(undefined, clock);
const read = (targets: readonly ReadTarget[], more: Partial<HubspotSystem> = {}) =>
  readAll(collector(more), targets, context());
/** Name of each person read, before the @. */
const names = (rows: Awaited<ReturnType<typeof read>>["rows"]) =>
  rows.map((r) => r.identifiers.email?.split("@")[0]).sort();
const idOf = (name: string) => String(sim.control.contact(`${name}@example.test`)?.id);
const asked = (from: number) =>
  sim.control
    .requests()
    .slice(from)
    .map((r) => `${r.method} ${r.path.split("?")[0]}`);

beforeEach(() => {
  sim.control.clearFaults();
  sim.control.clear();
  sim.control.scopes(null);
  sim.control.addSubscription(NEWSLETTER, "Newsletter");
  sim.control.addSubscription(OFFERS, "Offers");
  sim.control.addProperty("city");
});
afterAll(() => sim.close());

describe("segments", () => {
  beforeEach(() =>
    sim.control.load([
      { email: "yes@example.test", lists: ["Active"], subscriptions: { [NEWSLETTER]: "SUBSCRIBED" } },
      { email: "no@example.test", lists: ["Active"], subscriptions: { [NEWSLETTER]: "UNSUBSCRIBED" } },
      { email: "none@example.test", lists: ["Active"], optedOut: true },
      { email: "unasked@example.test" },
      { email: "bounced@example.test", bounced: true },
      { email: "cold@example.test", marketing: false },
    ]),
  );

  test("each kind, in one pass over the contacts", async () => {
    const from = sim.control.requests().length;
    const sources: SegmentSource[] = [
      { list: "Active" },
      { suppressed: true },
      { subscribed: true },
      { subscribed: "newsletter" },
      { all: true },
    ];
    const { rows, ends } = await read([...sources.map(target), { kind: "base" }]);
    const of = (index: number) => names(rows.filter((r) => r.of.includes(index)));
    expect(sources.map((_, i) => of(i))).toEqual([
      ["no", "none", "yes"],
      ["no", "none"],
      ["unasked", "yes"],
      ["yes"],
      ["bounced", "cold", "no", "none", "unasked", "yes"],
    ]);
    expect(of(5)).toEqual(of(4));
    expect(ends.map((e) => [e.coverage, e.enumerated])).toEqual(
      [3, 2, 2, 1, 6, 6].map((n) => ["complete", n]),
    );
    expect(asked(from).filter((p) => p === "GET /crm/v3/objects/contacts")).toHaveLength(1);
  });

  test("a list by itself costs its members only, and tells when they joined", async () => {
    const from = sim.control.requests().length;
    const { rows } = await read([target({ list: "Active" })]);
    expect(rows.map((r) => r.joinedAt)).toEqual(Array(3).fill("2026-11-23T06:00:00.000Z"));
    expect(asked(from)).not.toContain("GET /crm/v3/objects/contacts");
  });

  test("a list is found by its id too, and one that is not there is unusable, not empty", async () => {
    const id = sim.control.addList("Trial").id;
    const { ends } = await read([target({ list: id }), target({ list: "Nope" }), target({ list: "9999" })]);
    expect(new Map(ends.map((e) => [e.target, e.coverage]))).toEqual(
      new Map([
        [0, "complete"],
        [1, "unusable"],
        [2, "unusable"],
      ]),
    );
  });

  test("a kind of segment that HubSpot does not have", async () => {
    const { error } = await read([target({ tag: "vip" })]);
    expect(error).toMatchObject({ kind: "config" });
  });
});

describe("consent", () => {
  const state = async (more: Partial<HubspotSystem>, source: SegmentSource = { all: true }) => {
    const { rows } = await read([target(source), { kind: "base" }], more);
    return Object.fromEntries(rows.map((r) => [r.identifiers.email?.split("@")[0], [r.consent, r.mailable]]));
  };
  beforeEach(() =>
    sim.control.load([
      { email: "both@example.test", subscriptions: { [NEWSLETTER]: "SUBSCRIBED", [OFFERS]: "SUBSCRIBED" } },
      {
        email: "offers.out@example.test",
        subscriptions: { [NEWSLETTER]: "SUBSCRIBED", [OFFERS]: "UNSUBSCRIBED" },
      },
      {
        email: "each.out@example.test",
        subscriptions: { [NEWSLETTER]: "UNSUBSCRIBED", [OFFERS]: "UNSUBSCRIBED" },
      },
      { email: "out@example.test", optedOut: true },
    ]),
  );

  test("an opt-out of another type counts for nothing here; a yes is not read out of a missing no", async () => {
    expect(await state({})).toEqual({
      both: ["unknown", true],
      "offers.out": ["unknown", true],
      "each.out": ["unsubscribed", false],
      out: ["unsubscribed", false],
    });
    expect(await state({ subscription: String(OFFERS) })).toMatchObject({
      "offers.out": ["unsubscribed", false],
    });
  });

  test("without a configured type, out of each is out of all", async () => {
    expect(await state({ subscription: null })).toMatchObject({
      "offers.out": ["unknown", true],
      "each.out": ["unsubscribed", false],
    });
  });

  test("who said yes, and when, is read where a segment needs it", async () => {
    const { rows } = await read([target({ subscribed: "Newsletter" })]);
    expect(rows).toMatchObject([
      { consent: "subscribed", consentAt: "2026-11-23T06:00:00.000Z" },
      { consent: "subscribed", consents: [{ scopeId: "11" }, { scopeId: "12", state: "unsubscribed" }] },
    ]);
  });

  test("without the right to read statuses that segment alone is unusable, and says which scope", async () => {
    sim.control.scopes(["crm.objects.contacts.read", "communication_preferences.read"]);
    const { ends } = await read([target({ subscribed: "Newsletter" }), { kind: "base" }]);
    expect(ends.find((e) => e.target === 0)).toMatchObject({
      coverage: "unusable",
      because: expect.stringContaining("communication_preferences.statuses.batch.read"),
    });
    expect(ends.find((e) => e.target === 1)).toMatchObject({ coverage: "complete" });
  });

  test("a system that does not send has nobody mailable; types that cannot be read are no obstacle", async () => {
    expect((await state({ sends: false })).both).toEqual(["unknown", null]);
    sim.control.scopes(["crm.objects.contacts.read"]);
    expect(await state({ subscription: String(NEWSLETTER) })).toMatchObject({
      "each.out": ["unsubscribed", false],
    });
    expect((await read([{ kind: "base" }])).error).toMatchObject({ kind: "auth" });
  });

  test("an opt-out property that HubSpot no longer sends makes nobody mailable", async () => {
    sim.control.fault({ kind: "renamed_field", path: "/crm/v3/objects/contacts", field: "hs_email_optout" });
    expect(await state({})).toMatchObject({ both: ["unknown", null], out: ["unknown", null] });
  });
});

describe("lists and contacts that do not agree", () => {
  beforeEach(() =>
    sim.control.load(["a", "b", "c"].map((n) => ({ email: `${n}@example.test`, lists: ["Active"] }))),
  );

  test("ids of contacts that are gone are told, and the rest is complete", async () => {
    const list = sim.control.addList("Stale");
    // a membership that outlives its contact
    sim.control.join(list.id, [Number(idOf("a")), 999_999_999]);
    const { rows, ends } = await read([target({ list: "Stale" })]);
    expect([names(rows), ends[0]?.coverage, ends[0]?.because]).toEqual([
      ["a"],
      "complete",
      expect.stringContaining("1 ids are of no contact any more"),
    ]);
  });

  test("contacts that a batch says nothing about make the list partial", async () => {
    sim.control.fault({ kind: "short_page", rows: 1, path: "/crm/v3/objects/contacts/batch/read" });
    const { rows, ends } = await read([target({ list: "Active" })]);
    expect([names(rows), ends[0]?.coverage, ends[0]?.because]).toEqual([
      ["a", "b"],
      "partial",
      "HubSpot did not answer for 1 of 3 contacts",
    ]);
  });

  test("an id that was merged is the contact that it lives on in", async () => {
    const old = Number(idOf("b"));
    sim.control.merge("c@example.test", "b@example.test");
    const list = sim.control.addList("Merged");
    sim.control.join(list.id, [old]);
    const { rows, ends } = await read([target({ list: "Merged" })]);
    expect([names(rows), ends[0]?.coverage]).toEqual([["c"], "complete"]);
  });
});

describe("warnings", () => {
  test("a token for reading that can write is named; one that cannot is not", async () => {
    expect(await collector().warnings(context())).toEqual([expect.stringContaining("crm.lists.write")]);
    sim.control.scopes(["crm.objects.contacts.read", "crm.lists.read"]);
    expect(await collector().warnings(context())).toEqual([]);
  });
});

describe("facts", () => {
  const kiel = {
    filterBranchType: "OR",
    filters: [],
    filterBranches: [
      {
        filterBranchType: "AND",
        filterBranches: [],
        filters: [
          { filterType: "IN_LIST", operator: "IN_LIST", listId: "1" },
          {
            filterType: "PROPERTY",
            property: "city",
            operation: { operationType: "MULTISTRING", operator: "IS_EQUAL_TO", values: ["Kiel"] },
          },
        ],
      },
    ],
  };
  const email = {
    subject: "Hello",
    subscriptionId: NEWSLETTER,
    exclude: [],
    counters: {},
  };

  test("campaigns with both audiences, definitions, workflows, delivery, and who changed what", async () => {
    const list = sim.control.addList("Active");
    const rule = sim.control.addList("In Kiel", { type: "DYNAMIC", filterBranch: kiel });
    const other = sim.control.addList("Staff");
    sim.control.addEmail({
      ...email,
      id: "1",
      name: "Winter",
      state: "PUBLISHED",
      publishDate: "2026-12-01T08:00:00Z",
      include: [list.id],
      exclude: [other.id],
    });
    sim.control.addEmail({
      ...email,
      id: "2",
      name: "Autumn",
      state: "PUBLISHED",
      publishDate: "2026-10-01T08:00:00Z",
      include: [list.id],
      counters: { sent: 100, delivered: 97, bounce: 3, spamreport: 1, unsubscribed: 2 },
    });
    sim.control.addEmail({
      ...email,
      id: "3",
      name: "Welcome",
      state: "AUTOMATED",
      publishDate: null,
      include: [],
    });
    sim.control.addFlow({ id: "7", name: "Onboarding", isEnabled: true, listIds: [list.id] });
    sim.control.addFlow({ id: "8", name: "Old", isEnabled: false, listIds: [list.id] });
    sim.control.load([{ email: "a@example.test" }, { email: "b@example.test" }]);
    now += 60_000;
    for (const name of ["a", "b"])
      sim.control.setProperty(`${name}@example.test`, "city", "Kiel", {
        type: "INTEGRATION",
        id: "77",
        label: "Reverse ETL",
      });
    const facts = await collector().facts?.(
      [target({ list: "Active" }), target({ list: "In Kiel" })],
      context(),
    );
    expect(facts).toMatchObject({
      campaigns: [
        {
          name: "Winter",
          state: "scheduled",
          at: "2026-12-01T08:00:00.000Z",
          includes: [{ name: "Active", target: 0 }],
          excludes: [{ name: "Staff", target: null }],
        },
        { name: "Autumn", state: "sent" },
      ],
      definitions: [
        { target: 1, name: rule.name, definition: "OR\n  AND\n    IN_LIST 1\n    city IS_EQUAL_TO Kiel" },
      ],
      automations: [{ name: "Onboarding", live: true, startsOn: [{ name: "Active", target: 0 }] }],
      deliverability: [
        {
          target: 0,
          campaign: "Autumn",
          sent: 100,
          delivered: 97,
          bounced: 3,
          complained: 1,
          unsubscribed: 2,
        },
      ],
      changes: [{ attribute: "city", source: "INTEGRATION: Reverse ETL", records: 2 }],
      notes: [],
    });
  });

  test("a scope that is missing takes its own part away and says so", async () => {
    sim.control.scopes(["crm.objects.contacts.read", "crm.lists.read"]);
    const facts = await collector().facts?.([target({ list: "Active" })], context());
    expect(facts).toMatchObject({
      campaigns: null,
      automations: null,
      deliverability: null,
      definitions: [],
    });
    expect(facts?.notes).toEqual([
      "campaigns: the token lacks the scope marketing-email",
      "automations: the token lacks the scope automation",
    ]);
  });

  test("names of colleagues who changed a value are not told", async () => {
    sim.control.load([{ email: "a@example.test" }]);
    sim.control.setProperty("a@example.test", "city", "Ulm", { type: "CRM_UI", id: "1", label: "Jane Doe" });
    const facts = await collector().facts?.([], context());
    expect(facts?.changes).toMatchObject([{ source: "CRM_UI", records: 1 }]);
  });
});
