import { describe, expect, test } from "vitest";
import { nextSend } from "../../checks/next-send.ts";
import type { DefinitionVersion, KnownCampaign, SystemFacts } from "../../core/facts.ts";
import { audienceId, type Instant, type ReadTarget, systemId } from "../../core/model.ts";
import { AUDIENCE, CONFIG, SUPPRESSION } from "../../test/property/checks-input.ts";
import { campaignSends, leftOutBy, withSends } from "./calendar.ts";
import { ruleChanges } from "./known-changes.ts";
import { takeIn } from "./take-in.ts";

const news = systemId("news");
const time = (t: string) => `2026-11-24T${t}:00.000Z` as Instant;
const list = (name: string, ...audiences: string[]) => ({ name, audiences: audiences.map(audienceId) });
const campaign = (over: Partial<KnownCampaign> = {}): KnownCampaign => ({
  system: news,
  id: "c1",
  name: "Autumn drop",
  state: "scheduled",
  at: time("09:00"),
  includes: [list("Active", "active")],
  excludes: [list("Recent buyers", "recent")],
  lastSeen: time("04:00"),
  ...over,
});
const recent = { ...AUDIENCE, id: audienceId("recent") };
const trial = { ...AUDIENCE, id: audienceId("trial") };
const base = { ...CONFIG, audiences: [AUDIENCE, SUPPRESSION, recent, trial] };
const next = (campaigns: KnownCampaign[], audience: string | null, calendar = base.calendar) =>
  nextSend(
    withSends({ ...base, calendar }, campaignSends(campaigns)),
    audience === null ? null : audienceId(audience),
    news,
    time("05:20"),
  )?.name ?? null;

describe("campaigns of the systems are sends of the calendar", () => {
  test("for whom they include and whom they leave out; a suppression list guards them all", () => {
    const seen = ["active", "recent", "dnc", "trial", null].map((a) => next([campaign()], a));
    expect(seen).toEqual(["Autumn drop", "Autumn drop", "Autumn drop", null, "Autumn drop"]);
  });
  test("one to nobody of ours still counts for the suppression list and for keeping quiet", () => {
    const other = campaign({ includes: [list("Press")], excludes: [] });
    expect(["active", "dnc", null].map((a) => next([other], a))).toEqual([
      null,
      "Autumn drop",
      "Autumn drop",
    ]);
  });
  test("drafts, sent ones and those without a time are no coming sends", () => {
    const none = [campaign({ state: "draft" }), campaign({ state: "sent" }), campaign({ at: null })];
    expect(next(none, "active")).toBeNull();
  });
  test("one that the YAML dates as well is there once", () => {
    const own = {
      name: "autumn drop",
      system: news,
      audience: AUDIENCE.id,
      at: "2026-11-24T10:00:00+01:00",
      cron: null,
    };
    const { calendar } = withSends({ ...base, calendar: [own] }, campaignSends([campaign()]));
    expect(calendar.map((s) => s.audience)).toEqual(["active", "recent"]);
  });
  test("a list that a campaign leaves out, whatever its state, loses nobody", () => {
    const sent = campaign({ state: "sent" });
    expect(leftOutBy([sent], audienceId("recent"))).toBe("Autumn drop");
    expect(leftOutBy([sent], audienceId("active"))).toBeNull();
  });
});

describe("rules as changes", () => {
  const version = (n: number, over: Partial<DefinitionVersion> = {}): DefinitionVersion => ({
    audience: AUDIENCE.id,
    system: news,
    version: n,
    name: "Active",
    definition: n === 1 ? "all of\n  status = active" : "all of",
    firstSeen: time(`0${n}:00`),
    lastSeen: time(`0${n}:30`),
    changedAt: null,
    ...over,
  });
  const changes = (changedAt: Instant | null) =>
    ruleChanges([version(1), version(2, { changedAt })], () => "Newsletter").map((c) => [
      c.certainty,
      c.at,
      c.text,
    ]);
  const rule = "the rule of “Active” in Newsletter was changed (−status = active)";
  test("confirmed only when the vendor dates it between the two reads", () => {
    expect(changes(time("01:45"))).toEqual([["confirmed", time("01:45"), rule]]);
    expect(changes(null)).toEqual([["likely", time("02:00"), `${rule}, first seen`]]);
    expect(changes(time("01:10"))[0]?.[0]).toBe("likely");
    expect(changes(time("02:10"))[0]?.[0]).toBe("likely");
  });
  test("the first wording of a copy is no change, nor is another copy's", () => {
    expect(ruleChanges([version(1), version(1, { system: systemId("crm") })], String)).toEqual([]);
  });
});

describe("what is kept of what a system tells", () => {
  const target = (audience: string, source: { list: string }): ReadTarget => ({
    kind: "segment",
    audience: audienceId(audience),
    source,
  });
  const targets = [
    target("active", { list: "Active" }),
    target("vip", { list: "VIP" }),
    target("vip_twin", { list: "VIP" }),
    { kind: "base" as const },
  ];
  const facts = (over: Partial<SystemFacts>): SystemFacts => ({
    campaigns: null,
    definitions: null,
    automations: null,
    deliverability: null,
    changes: null,
    notes: [],
    ...over,
  });
  test("indexes become audiences; a list that two audiences read is both", () => {
    const refs = [0, 1, 3, 99, null].map((i) => ({ name: `list ${i}`, target: i }));
    const kept = takeIn(
      news,
      targets,
      facts({ automations: [{ name: "Welcome", live: true, startsOn: refs }] }),
    );
    expect(kept.row.automations?.[0]?.startsOn.map((r) => r.audiences)).toEqual([
      ["active"],
      ["vip", "vip_twin"],
      [],
      [],
      [],
    ]);
  });
  test("people's addresses are left out, and still a rule that names another is another rule", () => {
    const of = (address: string) =>
      takeIn(
        news,
        targets,
        facts({
          definitions: [{ target: 0, name: "A", definition: `email = ${address}`, changedAt: null }],
          notes: [`asked as ${address}`],
        }),
      );
    const [a, b] = [of("jane@example.com"), of("joe@example.com")];
    expect(a.definitions[0]?.definition).toBe("email = (address left out)");
    expect(a.row.notes).toEqual(["asked as (address left out)"]);
    expect(a.definitions[0]?.hash).not.toBe(b.definitions[0]?.hash);
  });
  test("unknown stays unknown, and a time that cannot be read is one", () => {
    expect(takeIn(news, targets, facts({}))).toMatchObject({
      campaigns: null,
      row: { automations: null, changes: null },
    });
    const odd = takeIn(
      news,
      targets,
      facts({
        campaigns: [
          { id: "1", name: "x", state: "scheduled", at: "soon" as Instant, includes: [], excludes: [] },
        ],
        changes: [
          { attribute: "plan", source: "CRM", records: 3, latestAt: "2026-11-24T05:00:00Z" as Instant },
        ],
      }),
    );
    expect([odd.campaigns?.[0]?.at, odd.row.changes?.[0]?.latestAt]).toEqual([null, time("05:00")]);
  });
});
