import { expect, test } from "vitest";
import type { Overlap } from "../core/comparison.ts";
import type { Audience } from "../core/config.ts";
import type { CheckInput } from "../core/finding.ts";
import { audienceId } from "../core/model.ts";
import { AUDIENCE, CONFIG, inputOf, reading, runOf } from "../test/property/checks-input.ts";
import { exclusiveOverlap } from "./exclusive-overlap.ts";
import { together } from "./overlaps.ts";

const TRIAL: Audience = { ...AUDIENCE, id: audienceId("trial"), title: "Trial" };
const EXCLUDES: Audience = { ...AUDIENCE, exclusiveWith: [TRIAL.id] };
const news = CONFIG.systems[2]!.id;
const overlap = (masks: Record<string, number>, settled: Record<string, number> = masks): Overlap => ({
  runId: runOf(1),
  system: news,
  audiences: [audienceId("other"), AUDIENCE.id, TRIAL.id],
  masks,
  settled,
});
const history = [reading(0, "news", { size: 1000 }), reading(1, "news", { size: 1000 })];
const send = (name: string, audience: Audience, at: string) => ({
  name,
  system: news,
  audience: audience.id,
  at,
  cron: null,
});

const run = (
  o: Partial<CheckInput> & { audiences?: readonly Audience[]; calendar?: CheckInput["config"]["calendar"] },
) => {
  const { audiences = [EXCLUDES, TRIAL], calendar = [], ...more } = o;
  return exclusiveOverlap.run(
    inputOf({
      audience: audiences[0]!,
      history,
      overlaps: [overlap({ 2: 900, 4: 300, 6: 28, 7: 2, 1: 50 })],
      config: { ...CONFIG, audiences, calendar },
      ...more,
    }),
  );
};

test("masks of all audiences of the system add up to a pair", () => {
  const input = inputOf({ history, overlaps: [overlap({ 2: 900, 4: 300, 6: 28, 7: 2, 1: 50 }, { 6: 9 })] });
  expect(together(input, AUDIENCE.id, TRIAL.id)).toEqual({ people: 30, settled: 9, ofA: 930, ofB: 330 });
  expect(together(input, AUDIENCE.id, audienceId("nobody"))).toBeNull();
});

test("people in both of two lists that exclude each other are told; two sends within a day make it urgent", () => {
  const calendar = [
    send("Autumn drop", EXCLUDES, "2026-09-02T08:00:00.000Z"),
    send("Getting started", TRIAL, "2026-09-02T16:00:00.000Z"),
  ];
  const o = run({ calendar });
  if (o.status !== "fail") throw new Error(o.status);
  expect(o.findings[0]).toMatchObject({
    subject: "trial",
    severity: "act",
    people: 30,
    repair: null,
    title: "30 people are in both Active customers and Trial in Newsletter",
    moved:
      "30 of 330 (9.1 %) people of the smaller list are in both Active customers and Trial in Newsletter, in at least two reads. The two exclude each other, so normal is 0.",
    means:
      "30 people may get the messages of both; “Autumn drop” goes to Active customers today 10:00 CEST and “Getting started” goes to Trial today 18:00 CEST.",
  });
  const severity = (calendar: CheckInput["config"]["calendar"]) => {
    const other = run({ calendar });
    return other.status === "fail" ? other.findings[0].severity : other.status;
  };
  expect(severity([])).toBe("look");
  expect(severity([calendar[0]!])).toBe("look");
  expect(severity([calendar[0]!, { ...calendar[1]!, at: "2026-09-05T16:00:00.000Z" }])).toBe("look");
});

test("a pair is told once, on the audience that names the other", () => {
  const both = { ...TRIAL, exclusiveWith: [AUDIENCE.id] };
  const elsewhere = { status: "skip", because: "told_elsewhere" };
  expect(run({ audiences: [TRIAL, EXCLUDES] })).toEqual(elsewhere);
  expect(run({ audiences: [EXCLUDES, both] }).status).toBe("fail");
  expect(run({ audience: both, audiences: [EXCLUDES, both] })).toEqual(elsewhere);
});

test("seen once, few, or not seen at all", () => {
  expect(run({ overlaps: [overlap({ 2: 900, 4: 300, 6: 28 }, {})] })).toEqual({
    status: "skip",
    because: "settling",
  });
  expect(run({ overlaps: [overlap({ 2: 900, 4: 300, 6: 4 })] })).toEqual({ status: "pass" });
  expect(run({ overlaps: [overlap({ 2: 90_000, 4: 30_000, 6: 28 })] })).toEqual({ status: "pass" });
  expect(run({ overlaps: [] })).toEqual({ status: "skip", because: "partial" });
  expect(run({ overlaps: [], audiences: [EXCLUDES, { ...TRIAL, identity: "phone" }] })).toEqual({
    status: "skip",
    because: "not_readable",
  });
});

test("suppressed and ineligible people are told by other checks", () => {
  for (const purpose of ["suppression", "ineligible"] as const)
    expect(run({ audiences: [EXCLUDES, { ...TRIAL, purpose }] })).toEqual({
      status: "skip",
      because: "not_configured",
    });
});
