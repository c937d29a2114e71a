import { describe, expect, test } from "vitest";
import type { Comparison, SystemDifference } from "../core/comparison.ts";
import type { Incident } from "../core/finding.ts";
import { type Instant, runId, type Snapshot } from "../core/model.ts";
import { AUDIENCE, system } from "../test/property/checks-input.ts";
import { overallScore, type ScoreInput, scoreOf } from "./score.ts";
import { breachValue } from "./score-parts.ts";

const NOW = "2026-11-24T08:00:00.000Z" as Instant;
const ago = (hours: number) => new Date(Date.parse(NOW) - hours * 3_600_000).toISOString() as Instant;
const warehouse = system("warehouse", "Warehouse");
const news = system("news", "News", true);

const snapshot = (over: Partial<Snapshot> = {}): Snapshot => ({
  id: "s",
  runId: runId("now"),
  audience: AUDIENCE.id,
  system: warehouse.id,
  ordinal: 1,
  trigger: "scheduled",
  asOf: ago(2),
  takenAt: ago(2),
  coverage: "complete",
  because: "last page",
  failure: null,
  metrics: { size: { numerator: 1000, denominator: null, quality: "exact", settled: true, observedAt: NOW } },
  attributes: { plan: { valid: 1000, null: 0, empty: 0, placeholder: 0, invalid: 0, missing: 0 } },
  fields: {},
  setFile: null,
  epoch: 1,
  ...over,
});
const difference = (over: Partial<SystemDifference> = {}): SystemDifference => ({
  size: 1000,
  expected: 1000,
  missing: 0,
  extra: 0,
  settledMissing: 0,
  settledExtra: 0,
  mailableOptedOut: 0,
  consentConflict: 0,
  matched: 1000,
  attributes: {},
  flipping: 0,
  oldestPendingReads: 0,
  ...over,
});
const comparison = (here: Partial<SystemDifference> | null, over: Partial<Comparison> = {}): Comparison => ({
  runId: runId("now"),
  audience: AUDIENCE.id,
  asOf: NOW,
  owner: warehouse.id,
  systems: [warehouse.id, news.id],
  masks: {},
  perSystem: { warehouse: difference(), ...(here === null ? {} : { news: difference(here) }) },
  cantTell: {},
  ...over,
});
const input = (over: Partial<ScoreInput> = {}): ScoreInput => ({
  now: NOW,
  audience: AUDIENCE,
  copies: [
    { system: warehouse, isOwner: true, history: [snapshot()], freshHours: 48 },
    { system: news, isOwner: false, history: [snapshot()], freshHours: 48 },
  ],
  comparison: comparison({}),
  incidents: [],
  ...over,
});
const newsHistory = (...history: Snapshot[]): Partial<ScoreInput> => ({
  copies: [
    { system: warehouse, isOwner: true, history: [snapshot()], freshHours: 48 },
    { system: news, isOwner: false, history, freshHours: 48 },
  ],
});
const incident = (check: Incident["finding"]["check"], over: Partial<Incident> = {}): Incident => ({
  id: 1042,
  fingerprint: "f",
  state: "open",
  severity: "act",
  openedAt: NOW,
  changedAt: NOW,
  lastSeenAt: NOW,
  resolvedAt: null,
  snoozedUntil: null,
  owner: null,
  peak: null,
  runId: runId("r"),
  version: 1,
  finding: {
    check,
    audience: AUDIENCE.id,
    system: news.id,
    subject: null,
    severity: "act",
    cantTell: false,
    backlog: false,
    title: "Active customers is too large in News",
    moved: "",
    means: "",
    cause: { certainty: "unclear", text: null },
    todo: [],
    observed: null,
    expected: null,
    people: 1204,
    repair: null,
    maths: {},
  },
  ...over,
});
const part = (over: Partial<ScoreInput>, dimension: string) =>
  scoreOf(input(over)).parts.find((p) => p.dimension === dimension);

test("all is well", () => {
  const score = scoreOf(input());
  expect(score).toMatchObject({ value: 100, atMost: false });
  expect(score.text).toBe("Nothing is wrong that Plumbline looks at.");
  expect(score.parts.map((p) => p.value)).toEqual([100, 100, 100, 100, 100, 100]);
});

test("consent: 40 for one person, 10 less for ten times as many", () => {
  expect([1, 9, 10, 1000, 10_000, 900_000].map(breachValue)).toEqual([40, 40, 30, 10, 0, 0]);
  const score = scoreOf(input({ comparison: comparison({ mailableOptedOut: 1204 }) }));
  expect(score).toMatchObject({ value: 9, heldBy: "consent", atMost: false });
  expect(score.text).toBe("Held down by consent safety. 1,204 opted-out people can be mailed from News.");
});

test("the parts, each by its worst copy", () => {
  const differs = comparison({ expected: 1000, settledMissing: 250, settledExtra: 100, size: 850 });
  expect(part({ comparison: differs }, "agreement")).toMatchObject({
    value: 75,
    text: "News lacks 250 people and holds 100 people too many.",
  });
  const half = snapshot({ attributes: { plan: { ...NONE, valid: 505, null: 495 } } });
  expect(part(newsHistory(half), "completeness")).toMatchObject({
    value: 50,
    text: "“plan” is valid for 50 % in News.",
  });
  expect(part(newsHistory(snapshot({ asOf: ago(96) })), "freshness")).toMatchObject({ value: 66 });
  expect(part(newsHistory(snapshot({ asOf: ago(400) })), "freshness")).toMatchObject({ value: 0 });
  expect(part({ comparison: comparison({ flipping: 31 }) }, "stability")).toMatchObject({ value: 69 });
  const failed = snapshot({ coverage: "partial" });
  expect(part(newsHistory(snapshot(), failed, snapshot(), snapshot()), "readability")).toMatchObject({
    value: 75,
    state: "known",
  });
  expect(part(newsHistory(...Array<Snapshot>(9).fill(snapshot()), failed), "readability")).toMatchObject({
    value: 50,
  });
});
const NONE = { valid: 0, null: 0, empty: 0, placeholder: 0, invalid: 0, missing: 0 };

test("incidents hold their part, snoozed ones too; resolved ones and those of other audiences do not", () => {
  const size = incident("size_anomaly");
  expect(scoreOf(input({ incidents: [size] }))).toMatchObject({ value: 50, heldBy: "stability" });
  expect(scoreOf(input({ incidents: [{ ...size, state: "snoozed" }] })).value).toBe(50);
  expect(scoreOf(input({ incidents: [{ ...size, severity: "look" }] })).value).toBe(80);
  expect(scoreOf(input({ incidents: [{ ...size, state: "resolved" }] })).value).toBe(100);
  const other = { ...size, finding: { ...size.finding, audience: null, system: system("ads", "Ads").id } };
  expect(scoreOf(input({ incidents: [other] })).value).toBe(100);
});

describe("what is not known", () => {
  test("is no 0 and no 100, and no more than 80 is claimed", () => {
    const score = scoreOf(input({ comparison: comparison(null) }));
    expect(score).toMatchObject({ value: 80, atMost: true, heldBy: "unknown" });
    expect(score.parts.find((p) => p.dimension === "consent")).toMatchObject({
      value: null,
      state: "cant_tell",
      text: "Can’t tell: News could not be judged.",
    });
    expect(score.text).toContain("consent safety, agreement and stability");
  });
  test("an older comparison stays the upper bound while nothing newer is known", () => {
    const score = scoreOf(
      input({ comparison: comparison({ settledExtra: 700 }, { runId: runId("before") }) }),
    );
    expect(score).toMatchObject({ value: 30, atMost: true, heldBy: "agreement" });
  });
  test("a breach that is known by its incident still caps it", () => {
    const leak = incident("suppression_leak");
    expect(scoreOf(input({ comparison: null, incidents: [leak] })).value).toBe(9);
  });
  test("nothing read is can’t tell", () => {
    const copies = input().copies.map((c) => ({ ...c, history: [] }));
    expect(scoreOf(input({ copies, comparison: null }))).toMatchObject({
      value: null,
      heldBy: null,
      text: "Can’t tell: nothing is known yet of who is where.",
    });
  });
  test("what there is nothing of takes no part", () => {
    const audience = { ...AUDIENCE, requiredAttributes: [] };
    expect(part({ audience }, "completeness")).toMatchObject({ state: "not_applicable", value: null });
    expect(scoreOf(input({ audience }))).toMatchObject({ value: 100, atMost: false });
  });
});

test("the company’s is its worst audience’s, named", () => {
  const good = { title: "Trial", score: scoreOf(input()) };
  const bad = {
    title: "Active customers",
    score: scoreOf(input({ comparison: comparison({ mailableOptedOut: 10 }) })),
  };
  const all = overallScore([...Array<typeof good>(11).fill(good), bad]);
  expect(all).toMatchObject({ value: 30, heldBy: "consent" });
  expect(all.text).toBe(
    "Held down by consent safety. Active customers: 10 opted-out people can be mailed from News.",
  );
});
