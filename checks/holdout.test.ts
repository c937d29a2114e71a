import { expect, test } from "vitest";
import type { KeptOut } from "../core/comparison.ts";
import type { Audience } from "../core/config.ts";
import { audienceId } from "../core/model.ts";
import { AUDIENCE, CONFIG, comparison, figures, inputOf, reading } from "../test/property/checks-input.ts";
import { holdout } from "./holdout.ts";
import { sampleRatio } from "./stats/sample-ratio.ts";

const HELD: Audience = {
  ...AUDIENCE,
  id: audienceId("holdout"),
  title: "Holdout",
  purpose: "ineligible",
};
const WITH: Audience = { ...AUDIENCE, holdout: HELD.id, holdoutShare: 0.1 };

function run(
  system: string,
  kept: Partial<KeptOut> | null,
  o: { size?: number; audience?: Audience; audiences?: Audience[] } = {},
) {
  const audience = o.audience ?? WITH;
  const keptOut: Record<string, KeptOut> =
    kept === null ? {} : { holdout: { of: 1000, here: 0, mailable: null, settled: 0, ...kept } };
  return holdout.run(
    inputOf({
      audience,
      history: [reading(0, system, { size: 100 }), reading(1, system, { size: 100 })],
      comparisons: [
        {
          ...comparison(1, { [system]: { size: o.size ?? 9000 } }),
          people: { [system]: figures({ keptOut }) },
        },
      ],
      config: { ...CONFIG, audiences: o.audiences ?? [audience, HELD] },
    }),
  );
}
const finding = (o: ReturnType<typeof run>) => {
  if (o.status !== "fail") throw new Error(`${o.status}`);
  return o.findings[0];
};

test("chi-square is that of SciPy 1.17 (scipy.stats.chisquare)", () => {
  expect(sampleRatio(821_588, 815_482, 0.5)?.chiSquare).toBeCloseTo(22.77436884189436, 9);
  expect(sampleRatio(1100, 8900, 0.1)?.chiSquare).toBeCloseTo(11.11111111111111, 9);
  expect(sampleRatio(52, 948, 0.05)?.chiSquare).toBeCloseTo(0.08421052631578947, 9);
  for (const [a, b, p] of [
    [0, 0, 0.5],
    [1, 1, 0],
    [1, 1, 1],
    [1, 1, Number.NaN],
    [Number.NaN, 1, 0.5],
  ] as const)
    expect(sampleRatio(a, b, p)).toBeNull();
});

test("held-out people who are in a copy are told", () => {
  expect(finding(run("news", { here: 40, settled: 38 }))).toMatchObject({
    subject: "leakage",
    people: 38,
    title: "38 people held out of Active customers are in its copy in Newsletter",
    moved:
      "38 of 1,000 (3.8 %) people of Holdout are in Active customers in Newsletter, in at least two reads. Normal is 0.",
  });
  expect(run("news", { here: 40, settled: 0 })).toEqual({ status: "skip", because: "settling" });
  expect(run("news", { here: 4, settled: 4 })).toEqual({ status: "pass" });
  expect(run("news", { of: 100_000, here: 60, settled: 60 })).toEqual({ status: "pass" });
  expect(run("news", null)).toEqual({ status: "skip", because: "owner_partial" });
});

test("the owner's split is held against the plan, where its list still has the held-out people or not", () => {
  // 1,100 of 10,000 on both lists, planned 1,000
  const inside = run("warehouse", { of: 1200, here: 1100 }, { size: 10_000 });
  expect(finding(inside)).toMatchObject({
    subject: "ratio",
    severity: "look",
    people: 100,
    repair: null,
    title: "Holdout holds out 11 % of Active customers, planned is 10 %",
    moved: "1,100 of 10,000 (11 %) people are held out of Active customers; planned are 1,000 (10 %).",
  });
  // left out already: the whole holdout against whoever is left
  expect(finding(run("warehouse", { of: 1100, here: 0 }, { size: 8900 })).people).toBe(100);
  expect(run("warehouse", { of: 1000, here: 0 }, { size: 9000 })).toEqual({ status: "pass" });
});

test("chance, a small plan and a small list are no mismatch", () => {
  expect(run("warehouse", { of: 1050, here: 1050 }, { size: 10_000 })).toEqual({ status: "pass" });
  // significant in a million, and far below 2 % of the plan
  expect(run("warehouse", { of: 101_100, here: 101_100 }, { size: 1_000_000 })).toEqual({ status: "pass" });
  expect(run("warehouse", { of: 300, here: 300 }, { size: 900 })).toEqual({
    status: "skip",
    because: "learning",
  });
});

test("what is not set or cannot be told apart is not judged", () => {
  const not = { status: "skip", because: "not_configured" };
  expect(run("news", { here: 40, settled: 40 }, { audience: AUDIENCE })).toEqual(not);
  const { holdoutShare: _, ...unplanned } = WITH;
  expect(run("warehouse", { here: 1000 }, { audience: unplanned })).toEqual(not);
  // one holdout for two audiences whose rules leave it out: whose share is it?
  const two = [WITH, { ...WITH, id: audienceId("trial") }, HELD];
  expect(run("warehouse", { of: 1100, here: 0 }, { size: 8900, audiences: two })).toEqual(not);
});
