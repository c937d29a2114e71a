import { describe, expect, test } from "vitest";
import type { SystemDifference, Waits } from "../core/comparison.ts";
import type { CheckInput } from "../core/finding.ts";
import type { Snapshot } from "../core/model.ts";
import { AUDIENCE, comparison, inputOf, reading, SUPPRESSION } from "../test/property/checks-input.ts";
import { latency } from "./latency.ts";
import { runChecks } from "./registry.ts";
import { stuckMembers } from "./stuck-members.ts";
import { delayOf, stuckPeople } from "./waiting.ts";
import { boundsWords } from "./words/latency.ts";

const HOUR = 3_600_000;
const NONE: Waits = { arrived: [], left: [], arriving: [], leaving: [], missing: [], extra: [] };
const DAYS = 20;

type Day = Partial<Waits> & { difference?: Partial<SystemDifference>; reading?: { ordinal: null } };
const input = (day: (d: number) => Day, over: Partial<CheckInput> = {}): CheckInput => {
  const days = Array.from({ length: DAYS }, (_, d) => d);
  return inputOf({
    history: days.map((d) => reading(d, "crm", { size: 50_000, ...day(d).reading })),
    ownerHistory: days.map((d) => reading(d, "warehouse", { size: 50_000 })),
    comparisons: days.map((d) => {
      const { difference, reading: _, ...waits } = day(d);
      return comparison(d, {
        crm: { size: 50_000, expected: 50_000, waits: { ...NONE, ...waits }, ...difference },
      });
    }),
    backlog: { raised: true, missing: 0, extra: 0 },
    ...over,
  });
};
/** Every night most changes come in the same read as the owner's, some a day later. */
const healthy = (): Day => ({ arrived: [80, 20], left: [40, 5] });
const last = (day: Day) => (d: number) => (d === DAYS - 1 ? { ...healthy(), ...day } : healthy());

describe("how long changes take, between bounds", () => {
  test("a daily sync read daily: within a day, and 19 of 20 within two", () => {
    const delay = delayOf(input(healthy));
    expect(delay).toMatchObject({
      p50: { lowMs: 0, highMs: 24 * HOUR },
      p95: { lowMs: 0, highMs: 24 * HOUR },
      waiting: 0,
    });
    // in 14 comparisons, less the ones whose change came before the first of them
    expect(delay?.people).toBe(14 * 145 - 25);
  });
  test("a job that is three days behind", () => {
    const late = delayOf(input(() => ({ arrived: [0, 0, 0, 100], arriving: [100, 100, 100] })));
    // shown on day d − 3, not here on day d − 1, here on day d: more than two days, at most four
    expect(late).toMatchObject({ p50: { lowMs: 48 * HOUR, highMs: 96 * HOUR }, waiting: 300 });
  });
  test("who still waits holds the estimate open", () => {
    const stopped = delayOf(
      input((d) => (d < 10 ? healthy() : { arriving: Array.from({ length: d - 9 }, () => 125) })),
    );
    expect(stopped?.p95.highMs).toBe(Number.POSITIVE_INFINITY);
    expect(stopped?.p95.lowMs).toBe(9 * 24 * HOUR);
    expect(stopped?.waiting).toBe(1250);
  });
  test("a manual reading does not count arrivals twice; no comparison that tells is null", () => {
    const manual = last({ reading: { ordinal: null } });
    expect(delayOf(input(manual))?.people).toBe(13 * 145 - 25);
    expect(delayOf(input(() => ({ difference: { waits: null } })))).toBeNull();
    expect(delayOf(input(() => ({})))).toBeNull();
  });
  test("a few seconds of jitter make no new kind of wait", () => {
    const shaky = input(healthy);
    const shake = (s: Snapshot, i: number): Snapshot => ({
      ...s,
      takenAt: new Date(
        Date.parse(s.takenAt) + ((i * 7919) % 40) * 1000,
      ).toISOString() as Snapshot["takenAt"],
    });
    expect(
      delayOf({ ...shaky, history: shaky.history.map(shake), ownerHistory: shaky.ownerHistory.map(shake) }),
    ).toMatchObject({ p50: { lowMs: 0, highMs: 24 * HOUR }, p95: { highMs: 24 * HOUR } });
  });
  test("bounds in words", () => {
    const words = (low: number, high: number) => boundsWords({ lowMs: low * HOUR, highMs: high * HOUR });
    expect(words(26, 50)).toBe("between 26 and 50 hours");
    expect(words(0, 24)).toBe("within 24 hours");
    expect(words(72, Number.POSITIVE_INFINITY)).toBe("longer than 3 days");
    expect(words(72, 120)).toBe("between 3 days and 5 days");
  });
});

const finding = (o: ReturnType<typeof latency.run>) => (o.status === "fail" ? o.findings[0] : o);

describe("latency", () => {
  const behind = (): Day => ({ arrived: [0, 0, 0, 100], arriving: [100, 100, 100] });
  test("19 of 20 changes surely take longer than the budget", () => {
    expect(finding(latency.run(input(behind)))).toMatchObject({
      title: "Active customers reaches CRM late",
      moved:
        "Half of the changes of Warehouse take between 2 days and 4 days to arrive in CRM, and 19 of 20 between 2 days and 4 days. Normal is at most 24 hours.",
      maths: { "95 % of the changes, at least hours": 48, "Of them still waiting": 300 },
    });
    expect(latency.run(input(healthy)).status).toBe("pass");
    const patient = { ...AUDIENCE, latencyBudgetHours: 72 };
    expect(latency.run(input(behind, { audience: patient })).status).toBe("pass");
  });
  test("a quantile that may lie within the budget is not late, though a few surely are", () => {
    const quick = { ...AUDIENCE, latencyBudgetHours: 12 };
    const few = () => ({ arrived: [970, 0, 0, 30] });
    expect(latency.run(input(few, { audience: quick })).status).toBe("pass");
  });
  test("what was mended four reads ago is an old story", () => {
    expect(latency.run(input((d) => (d < DAYS - 4 ? behind() : healthy()))).status).toBe("pass");
  });
  test("of a few changes no quantile is judged", () => {
    expect(latency.run(input((d) => (d % 3 === 0 ? { arrived: [0, 0, 0, 3] } : {}))).status).toBe("pass");
  });
  test("the oldest change is late only where later ones do not get through either", () => {
    const waiting = { oldestPendingReads: 6, missing: 9, settledMissing: 9 };
    const stuck = { missing: [0, 0, 0, 0, 0, 9] };
    expect(latency.run(input(last({ ...stuck, difference: waiting }))).status).toBe("pass");
    const none = (d: number): Day => (d === DAYS - 1 ? { ...stuck, difference: waiting } : {});
    expect(finding(latency.run(input(none)))).toMatchObject({
      moved: expect.stringContaining("has waited 5 days"),
    });
  });
});

describe("stuck members", () => {
  const stuck = (missing: number, extra: number, more: Partial<SystemDifference> = {}) =>
    last({
      missing: [3, 0, 0, 0, missing],
      extra: [2, 0, 0, 0, 0, extra],
      difference: {
        missing: missing + 3,
        settledMissing: missing,
        extra: extra + 2,
        settledExtra: extra,
        oldestPendingReads: 5,
        ...more,
      },
    });
  test("a few who never arrive or leave while the rest does", () => {
    expect(finding(stuckMembers.run(input(stuck(6, 4))))).toMatchObject({
      title: "10 people are stuck on the way of Active customers to CRM",
      people: 10,
      repair: "membership",
      moved:
        "6 people of Warehouse are still not in CRM, and 4 people are still in CRM without reason after 4 reads or more and at least 3 days, while the list as a whole is in time. Normal is at most 24 hours.",
    });
  });
  test("fewer than five, short waits, and what the first comparison found are none", () => {
    expect(stuckMembers.run(input(stuck(2, 2))).status).toBe("pass");
    expect(stuckMembers.run(input(last({ missing: [0, 0, 30] }))).status).toBe("pass"); // two days
    const backlog = { raised: true, missing: 6, extra: 9 };
    expect(stuckMembers.run(input(stuck(6, 9), { backlog })).status).toBe("pass");
    expect(stuckMembers.run(input(stuck(6, 14), { backlog }))).toMatchObject({ status: "fail" });
    expect(stuckMembers.run(input(stuck(11, 9), { backlog }))).toMatchObject({ status: "fail" });
  });
  test("many are a disagreement, a list that nobody reaches is late: one incident tells of them", () => {
    expect(stuckMembers.run(input(stuck(60, 40)))).toEqual({ status: "skip", because: "told_elsewhere" });
    const stopped = (d: number): Day => (d === DAYS - 1 ? { ...stuck(9, 0)(d), arrived: [], left: [] } : {});
    const results = runChecks([input(stopped)]).filter((r) => r.outcome.status === "fail");
    expect(results.map((r) => r.check)).toEqual(["latency"]);
    const suppression = { audience: SUPPRESSION, isOwner: false };
    expect(stuckMembers.run(input(stuck(6, 4), suppression))).toEqual({
      status: "skip",
      because: "told_elsewhere",
    });
  });
  test("a comparison that does not tell is not zero", () => {
    expect(stuckMembers.run(input(last({ difference: { waits: null } })))).toEqual({
      status: "skip",
      because: "not_readable",
    });
  });
  test("both the readings and the time have to be long", () => {
    const i = input(last({ missing: [1, 2, 4, 8, 16] }));
    // the fourth reading back was three days ago: the first that is longer than two
    expect(stuckPeople(i, 3, 48 * HOUR)).toMatchObject({ arriving: 24, reads: 4 });
    expect(stuckPeople(i, 3, 0)).toMatchObject({ arriving: 28, reads: 3 });
    expect(stuckPeople(i, 5, 0)).toMatchObject({ arriving: 16, reads: 5 });
  });
});
