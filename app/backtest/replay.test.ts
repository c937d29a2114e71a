import { describe, expect, test } from "vitest";
import { ALL_CHECKS } from "../../checks/registry.ts";
import type { CheckInput } from "../../core/finding.ts";
import type { Instant, Snapshot } from "../../core/model.ts";
import { at, comparison, difference, inputOf, reading, runOf } from "../../test/property/checks-input.ts";
import { usualReach } from "../audit/judge.ts";
import { pastInput } from "./past-input.ts";
import { type Replay, replay } from "./replay.ts";

const DAYS = 90;
const noise = (day: number): number => Math.round(9 * Math.sin(day * 12.9898));
/** The CRM loses a third of its people on day 60, and half of those on a plan are on none from day 70 on. */
const size = (day: number): number => Math.round((4_000 + 2 * day + noise(day)) * (day === 60 ? 0.66 : 1));
const plans = (day: number) => {
  const pro = Math.round(size(day) * (day >= 70 ? 0.25 : 0.5));
  return { plan: { pro, free: size(day) - pro } };
};
const moment = (day: number) => ({ runId: runOf(day), at: at(day + 0.01) });
const days = Array.from({ length: DAYS }, (_, day) => day);

const history = days.map((day) => reading(day, "crm", { size: size(day), distributions: plans(day) }));
const owner = days.map((day) => reading(day, "warehouse", { size: 4_000 + 2 * day + noise(day) }));
const comparisons = days.map((day) =>
  comparison(day, {
    crm: difference({
      size: size(day),
      expected: 4_000,
      missing: day >= 80 ? 300 : 0,
      settledMissing: day >= 80 ? 300 : 0,
    }),
  }),
);
const known = inputOf({ history, ownerHistory: owner, comparisons, backlog: null });

const of = (check: string, given: Partial<Replay> = {}): Replay => {
  const found = ALL_CHECKS.find((c) => c.name === check);
  if (found === undefined) throw new Error(check);
  return {
    check: found,
    settings: {},
    inputs: [known],
    moments: days.map(moment),
    since: "" as Instant,
    reach: (now) => usualReach(now, known.config.timezone),
    ...given,
  };
};
const noPause = async () => undefined;
const started = (r: Awaited<ReturnType<typeof replay>>) =>
  r.episodes.map((e) => [e.finding.check, Math.round((Date.parse(e.from) - Date.parse(at(0))) / 86_400_000)]);

describe("a replay", () => {
  test("finds what happened on the day on which it did", async () => {
    expect(started(await replay(of("size_anomaly"), noPause))).toEqual([["size_anomaly", 60]]);
    expect(started(await replay(of("disagreement"), noPause))).toEqual([["disagreement", 80]]);
    const [shift] = started(await replay(of("attribute_shift"), noPause));
    expect(shift).toEqual(["attribute_shift", 70]);
  });

  test("with other settings finds other things", async () => {
    const settings = { minimum_share: 0.5 };
    expect((await replay(of("size_anomaly", { settings }), noPause)).episodes).toEqual([]);
    expect((await replay(of("size_anomaly", { settings: { enabled: false } }), noPause)).judged).toBe(0);
  });

  test.each(["size_anomaly", "disagreement", "attribute_shift", "flip_flop", "completeness"])(
    "%s: what came later changes nothing",
    async (check) => {
      const whole = await replay(of(check), noPause);
      for (const end of [30, 61, 72, 82]) {
        const cut = await replay(
          of(check, { inputs: [cutAt(end)], moments: days.slice(0, end).map(moment) }),
          noPause,
        );
        const before = whole.episodes.filter((e) => e.from < at(end));
        expect(cut.episodes.map((e) => [e.from, e.finding])).toEqual(before.map((e) => [e.from, e.finding]));
      }
    },
  );

  test("judges from `since` on, with what was known before", async () => {
    const late = await replay(of("size_anomaly", { since: at(50) }), noPause);
    expect(started(late)).toEqual([["size_anomaly", 60]]);
    expect(late.audits).toHaveLength(DAYS - 50);
    expect(late.skipped).not.toHaveProperty("learning");
    const shift = await replay(of("attribute_shift", { since: at(65) }), noPause);
    expect(started(shift)[0]).toEqual(["attribute_shift", 70]);
  });

  test("of audits whose readings are forgotten there is nothing to judge", async () => {
    const kept = {
      ...known,
      history: history.slice(40),
      ownerHistory: owner.slice(40),
      comparisons: comparisons.slice(40),
    };
    const late = await replay(of("disagreement", { inputs: [kept] }), noPause);
    expect(late.audits[0]).toEqual(moment(40));
    expect(started(late)).toEqual([["disagreement", 80]]);
  });

  test("can be stopped before any audit", async () => {
    const stop = async (done: number) => {
      if (done === 3) throw new Error("enough");
    };
    await expect(replay(of("size_anomaly"), stop)).rejects.toThrow("enough");
  });
});

test("an input of the past holds nothing of what came later, and leaves the present one alone", () => {
  const present = structuredClone(known);
  const past = pastInput(known, {
    moment: moment(45),
    madeAt: new Map(days.map((day) => [runOf(day), moment(day).at])),
    reach: usualReach(at(45), known.config.timezone),
    backlog: { raised: true, missing: 4, extra: 2 },
    flagged: new Set(["crm-44"]),
    incidents: [],
  });
  const later = JSON.stringify(past, (_, value: unknown) => (value instanceof Set ? [...value] : value));
  for (const day of [46, 60, 89]) expect(later).not.toContain(`"run-${day}"`);
  expect(past).toMatchObject({ now: moment(45).at, runId: "run-45", backlog: { missing: 4 } });
  expect(past?.history.at(-1)?.id).toBe("crm-45");
  expect(past?.comparisons.at(-1)?.runId).toBe("run-45");
  expect(known).toEqual(present);
  const other = {
    moment: { runId: runOf(500), at: at(45.5) },
    madeAt: new Map(),
    flagged: new Set<string>(),
    incidents: [],
  };
  expect(pastInput(known, { ...other, reach: usualReach(at(45), "UTC"), backlog: null })).toBeNull();
});

function cutAt(end: number): CheckInput {
  const until = (all: readonly Snapshot[]) => all.slice(0, end);
  return {
    ...known,
    history: until(history),
    ownerHistory: until(owner),
    comparisons: comparisons.slice(0, end),
  };
}
