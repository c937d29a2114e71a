import { describe, expect, test } from "vitest";
import type { Finding, Incident } from "../core/finding.ts";
import type { GateSend } from "../core/gate.ts";
import { audienceId, type Instant, runId, systemId } from "../core/model.ts";
import type { GateCounts } from "../members/gate-panel.ts";
import { gate } from "./gate.ts";
import type { GateInput, GateList, GateReading, GateSource } from "./gate-input.ts";

const NOW = "2026-11-24T08:00:00.000Z" as Instant;
const hoursAgo = (h: number) => new Date(Date.parse(NOW) - h * 3_600_000).toISOString() as Instant;
const klaviyo = systemId("klaviyo");
const active = audienceId("active_customers");
const dnc = audienceId("do_not_contact");

const reading = (over: Partial<GateReading> = {}): GateReading => ({
  asOf: hoursAgo(2),
  allowedHours: 25,
  size: 41_000,
  sizesBefore: [40_800, 40_900, 41_000],
  latest: { at: hoursAgo(2), coverage: "complete", because: "last page" },
  usable: true,
  ...over,
});
const list = (over: Partial<GateList> = {}): GateList => ({
  title: "Active customers",
  audiences: [active],
  reading: reading(),
  ...over,
});
const suppression = (over: Partial<GateReading> = {}): GateSource => ({
  role: "suppression",
  title: "Do not contact",
  systemTitle: "Warehouse",
  reading: reading({ size: 5_012, sizesBefore: [5_000], ...over }),
});
const counts = (over: Partial<GateCounts> = {}): GateCounts => ({
  listed: 41_000,
  leftOut: 0,
  leftOutBy: [],
  recipients: 40_200,
  unsaid: 0,
  erased: 0,
  suppressed: 0,
  optedOut: 0,
  keptOut: 0,
  unsure: { erased: 0, suppressed: 0, optedOut: 0, keptOut: 0 },
  ...over,
});
const send = (over: Partial<GateSend> = {}): GateSend => ({
  id: "01ABC",
  name: "Autumn drop",
  system: klaviyo,
  systemTitle: "Klaviyo",
  at: "2026-11-24T09:00:00.000Z" as Instant,
  isDraft: false,
  source: "campaign",
  toldAt: hoursAgo(2),
  transactional: null,
  includes: [{ name: "Active", audiences: [active] }],
  excludes: [],
  ...over,
});
const input = (over: Partial<GateInput> = {}): GateInput => ({
  now: NOW,
  timezone: "Europe/Berlin",
  send: send(),
  campaignHours: 25,
  includes: [list()],
  excludes: [],
  sources: [suppression()],
  counts: counts(),
  countsBecause: null,
  incidents: [],
  ...over,
});
const incident = (over: Partial<Finding> & { state?: Incident["state"] } = {}): Incident => {
  const finding: Finding = {
    check: "size_anomaly",
    audience: active,
    system: klaviyo,
    subject: null,
    severity: "act",
    cantTell: false,
    backlog: false,
    title: "Active customers is too large in Klaviyo",
    moved: "",
    means: "",
    cause: { certainty: "unclear", text: null },
    todo: [],
    observed: 82_000,
    expected: { low: 40_000, high: 42_000 },
    people: 41_000,
    repair: null,
    maths: {},
    ...over,
  };
  return {
    id: 1042,
    fingerprint: "f",
    state: over.state ?? "open",
    severity: finding.severity,
    finding,
    openedAt: hoursAgo(3),
    changedAt: hoursAgo(3),
    lastSeenAt: hoursAgo(2),
    resolvedAt: null,
    snoozedUntil: null,
    owner: null,
    peak: null,
    runId: runId("r"),
    version: 1,
  };
};
const verdict = (over: Partial<GateInput>) => gate(input(over)).verdict;
const texts = (over: Partial<GateInput>) => gate(input(over)).reasons.map((r) => r.text);

test("of several lists in one incident, the ones of this send decide", () => {
  const sibling = (id: string, now: "off" | "over", severity: "act" | "look") => ({
    audience: audienceId(id),
    title: id,
    now,
    severity,
    people: 900,
    observed: 100,
    expected: { low: 900, high: 1000 },
  });
  const several = (...siblings: readonly ReturnType<typeof sibling>[]) =>
    verdict({ incidents: [incident({ audience: null, siblings })] });
  expect(several(sibling("trial", "off", "act"), sibling(active, "off", "act"))).toBe("no_go");
  expect(several(sibling("trial", "off", "act"), sibling(active, "over", "act"))).toBe("go");
  expect(several(sibling("trial", "off", "act"), sibling("vip", "off", "act"))).toBe("go");
});

describe("Go", () => {
  test("everything read, nobody at risk", () => {
    const answer = gate(input());
    expect(answer).toMatchObject({ verdict: "go", recipients: 40_200, mustNot: 0, reasons: [] });
    expect(answer.headline).toBe("Go: 40,200 people would get it, and nobody among them must be left alone.");
    expect(answer.asOf).toBe(hoursAgo(2));
  });
  test("an unknown list that is left out can only make it fewer: a note, named", () => {
    const answer = gate(input({ excludes: [list({ title: "Unengaged", audiences: [], reading: null })] }));
    expect(answer).toMatchObject({ verdict: "go", atMost: true });
    expect(answer.reasons).toMatchObject([{ weight: "note", kind: "list_unknown" }]);
    expect(answer.reasons[0]?.text).toContain("“Unengaged”");
  });
  test("incidents of other lists and systems, backlogs and snoozed ones do not stop it", () => {
    expect(verdict({ incidents: [incident({ system: systemId("hubspot") })] })).toBe("go");
    expect(verdict({ incidents: [incident({ audience: audienceId("trial") })] })).toBe("go");
    expect(verdict({ incidents: [incident({ backlog: true, check: "disagreement" })] })).toBe("go");
    expect(verdict({ incidents: [incident({ state: "snoozed" })] })).toBe("go");
    expect(verdict({ incidents: [incident({ state: "resolved" })] })).toBe("go");
  });
});

describe("No-go", () => {
  test("one person on a suppression list is enough", () => {
    const answer = gate(input({ counts: counts({ suppressed: 1 }) }));
    expect(answer).toMatchObject({ verdict: "no_go", mustNot: 1 });
    expect(answer.headline).toBe("No-go: 1 person who must not get it would.");
    expect(answer.reasons[0]?.text).toBe("1 person on “Do not contact” would get it.");
  });
  test("adds up who must not, worst first, and says when an unknown list may leave them out", () => {
    const unknown = list({ title: "Unengaged", audiences: [], reading: null });
    const answer = gate(
      input({ excludes: [unknown], counts: counts({ suppressed: 24, optedOut: 3, keptOut: 7, erased: 1 }) }),
    );
    expect(answer.headline).toBe("No-go: up to 35 people who must not get it would.");
    expect(answer.reasons.map((r) => r.people)).toEqual([24, 7, 3, 1, null]);
    expect(answer.reasons[0]?.text).toBe(
      "24 people on “Do not contact” would get it, unless “Unengaged” leaves them out.",
    );
  });
  test("a list of twice its size, and one too large that is mailed within a day", () => {
    expect(texts({ incidents: [incident()] })).toEqual([
      "INC-1042: Active customers is too large in Klaviyo, 41,000 people.",
    ]);
    expect(verdict({ incidents: [incident()] })).toBe("no_go");
    const look = incident({ severity: "look" });
    expect(verdict({ incidents: [look] })).toBe("no_go");
    const later = send({ at: "2026-11-29T09:00:00.000Z" as Instant });
    expect(verdict({ incidents: [look], send: later })).toBe("go");
  });
  test("a list to leave out that is empty or has halved against its own past", () => {
    const out = (size: number, sizesBefore: number[]) =>
      verdict({
        excludes: [
          list({ title: "Do not contact", audiences: [dnc], reading: reading({ size, sizesBefore }) }),
        ],
      });
    expect(out(0, [4, 4, 4])).toBe("no_go");
    expect(out(2_400, [5_000, 5_010, 4_990])).toBe("no_go");
    expect(out(4_100, [5_000, 5_010, 4_990])).toBe("go");
    expect(out(5, [10, 11, 12])).toBe("go"); // half of a dozen is chance
    expect(out(0, [])).toBe("go"); // never held anybody
    expect(out(0, [0, 0])).toBe("go");
  });
  test("beats Can’t tell, and says at least", () => {
    const answer = gate(
      input({
        counts: counts({ suppressed: 24 }),
        includes: [list(), list({ title: "VIP", audiences: [], reading: null })],
      }),
    );
    expect(answer).toMatchObject({ verdict: "no_go", atLeast: true });
    expect(answer.headline).toBe("No-go: at least 24 people who must not get it would.");
  });
  test("a consent incident of that very list decides only when nobody could be counted", () => {
    const consent = incident({ check: "consent_violation", title: "12 people can be mailed", people: 12 });
    expect(verdict({ incidents: [consent] })).toBe("go"); // counted for exactly this send: none
    expect(verdict({ incidents: [consent], counts: null })).toBe("no_go");
    const leak = incident({ check: "suppression_leak", audience: dnc, people: 12 });
    expect(verdict({ incidents: [leak], counts: null })).toBe("cant_tell");
  });
});

describe("Can’t tell", () => {
  const partial = reading({
    latest: { at: hoursAgo(1), coverage: "partial", because: "page 3 of 9 failed" },
  });
  test.each<[string, Partial<GateInput>, string]>([
    ["a partial list", { includes: [list({ reading: partial })] }, "page 3 of 9 failed"],
    ["an old list", { includes: [list({ reading: reading({ asOf: hoursAgo(30) }) })] }, "30 hours ago"],
    ["a list never read", { includes: [list({ reading: reading({ latest: null }) })] }, "was not read yet"],
    ["a set that is gone", { includes: [list({ reading: reading({ usable: false }) })] }, "not at hand"],
    ["a list of nobody’s", { includes: [list({ title: "VIP", reading: null })] }, "“VIP”"],
    ["no list at all", { includes: [] }, "does not say which lists"],
    ["a partial list to leave out", { excludes: [list({ reading: partial })] }, "page 3 of 9 failed"],
    ["an old suppression list", { sources: [suppression({ asOf: hoursAgo(30) })] }, "who is on it now"],
    [
      "a system whose opt-outs were not read",
      {
        sources: [
          suppression(),
          { ...suppression(), role: "consent", systemTitle: "HubSpot", reading: partial },
        ],
      },
      "HubSpot was not read completely at 08:00 CET (page 3 of 9 failed), so whether somebody opted out there",
    ],
    ["nothing to hold it against", { sources: [] }, "nothing to hold its lists against"],
    [
      "people whom the system may or may not mail",
      { counts: counts({ unsure: { erased: 0, suppressed: 3, optedOut: 0, keptOut: 0 } }) },
      "does not say whether it can mail them",
    ],
    [
      "a campaign told long ago",
      { send: send({ toldAt: hoursAgo(40) }) },
      "last told of this campaign 40 hours ago",
    ],
    ["lists that do not go together", { counts: null, countsBecause: "a kept reading is gone" }, "is gone"],
  ])("%s", (_, over, says) => {
    const answer = gate(input(over));
    expect(answer.verdict).toBe("cant_tell");
    expect(answer.reasons.map((r) => r.text).join(" ")).toContain(says);
    expect(answer.headline).toMatch(/^Can’t tell: /);
  });
});

describe("a transactional send", () => {
  const told = send({ transactional: true });
  test("may go to whoever opted out, never to whoever was erased", () => {
    const answer = gate(input({ send: told, counts: counts({ suppressed: 24, optedOut: 3 }) }));
    expect(answer).toMatchObject({ verdict: "go", mustNot: 0 });
    expect(answer.reasons[0]?.text).toContain("27 people of them would get it");
    expect(verdict({ send: told, counts: counts({ erased: 1 }) })).toBe("no_go");
  });
});
