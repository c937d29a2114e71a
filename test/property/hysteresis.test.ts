import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Episodes } from "../../app/backtest/episodes.ts";
import { attributeShift } from "../../checks/attribute-shift.ts";
import { completeness } from "../../checks/completeness.ts";
import { duplicates } from "../../checks/duplicates.ts";
import { flipFlop } from "../../checks/flip-flop.ts";
import { matchRate } from "../../checks/match-rate.ts";
import { runChecks } from "../../checks/registry.ts";
import { sizeAnomaly } from "../../checks/size-anomaly.ts";
import type { DistributionVerdict } from "../../core/distribution.ts";
import type { Check, CheckInput } from "../../core/finding.ts";
import type { Snapshot } from "../../core/model.ts";
import { at, comparison, inputOf, reading, runOf, sizesOf } from "./checks-input.ts";

const BEFORE = 25;
const DAYS = 60;
/** In 60 days of a fault about as large as the limit; closing where it opens, six to ten, or fifteen. */
const FEW = 4;

type Day = (
  day: number,
  off: number,
) => Partial<Pick<CheckInput, "comparisons" | "distributions">> & { snapshot: Snapshot };

const OWNER = Array.from({ length: BEFORE + DAYS }, (_, d) =>
  reading(d, "warehouse", { size: 5000, metrics: { records: 5000 } }),
);

/** How often people are told, when a share is off by about `limit` from day 25 on. */
function episodes(check: Check, day: Day, off: (n: number) => number): number {
  const told = new Episodes();
  const history: Snapshot[] = [];
  const comparisons: CheckInput["comparisons"][number][] = [];
  for (let d = 0; d < BEFORE + DAYS; d++) {
    const now = day(d, d < BEFORE ? 0 : off(d - BEFORE));
    history.push(now.snapshot);
    comparisons.push(...(now.comparisons ?? []));
    const input = inputOf({
      history: [...history],
      ownerHistory: OWNER.slice(0, d + 1),
      comparisons: [...comparisons],
      distributions: now.distributions ?? {},
      incidents: told.live,
      sizes: check === sizeAnomaly ? sizesOf(history) : [],
    });
    told.take(runChecks([input], [check]), { runId: runOf(d), at: at(d) });
  }
  return told.all.length;
}

const wobble = (d: number) => (d * 7) % 5;

const SHIFT: DistributionVerdict = {
  used: true,
  learning: false,
  flagged: true,
  score: 9,
  totalVariation: 0,
  gradual: false,
  newNormal: false,
  newCategories: [],
  vanishedCategories: [],
  moved: [{ category: "DE", count: 2500, share: 0.5, expected: 0.48, low: 0.47, high: 0.49 }],
  total: 5000,
  maths: { chiSquare: 30, degrees: 3, spread: 0.0002, points: 25 },
};

const CASES: readonly [string, Check, number, Day][] = [
  [
    "completeness",
    completeness,
    0.03,
    (d, off) => ({
      snapshot: reading(d, "crm", {
        size: 5000,
        attributes: {
          plan: {
            valid: Math.round(5000 * (0.97 - off)) - wobble(d),
            empty: 5000 - Math.round(5000 * (0.97 - off)) + wobble(d),
          },
        },
      }),
    }),
  ],
  [
    "match_rate",
    matchRate,
    0.02,
    (d, off) => {
      const matched = Math.round(5000 * (0.97 - off)) - wobble(d);
      return {
        comparisons: [
          comparison(d, { warehouse: {}, crm: { expected: 5000, matched, matchedDue: matched } }),
        ],
        snapshot: reading(d, "crm", { size: 4900 }),
      };
    },
  ],
  [
    "duplicates",
    duplicates,
    0.01,
    (d, off) => ({
      snapshot: reading(d, "crm", {
        size: 4980,
        metrics: { records: 5000, duplicates: Math.round(5000 * off) + (wobble(d) % 2) },
      }),
    }),
  ],
  [
    "size_anomaly",
    sizeAnomaly,
    0.05,
    (d, off) => ({ snapshot: reading(d, "crm", { size: Math.round(5000 * (1 - off)) + wobble(d) }) }),
  ],
  [
    "attribute_shift",
    attributeShift,
    0.02,
    (d, off) => ({
      snapshot: reading(d, "crm", { size: 5000 }),
      distributions: { country: { ...SHIFT, flagged: off > 0, totalVariation: off } },
    }),
  ],
  [
    "flip_flop",
    flipFlop,
    0.004,
    (d, off) => ({
      snapshot: reading(d, "crm", { size: 5000 }),
      comparisons: [comparison(d, { warehouse: {}, crm: { flipping: Math.round(5000 * off) } })],
    }),
  ],
];

describe.each(CASES)("%s", { timeout: 60_000 }, (_, check, limit, day) => {
  test("what hovers around a limit opens few incidents in 60 days", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.8, max: 1.2, noNaN: true }), { minLength: DAYS, maxLength: DAYS }),
        (around) => {
          const n = episodes(check, day, (i) => limit * (around[i] ?? 1));
          expect(n).toBeLessThanOrEqual(FEW);
        },
      ),
      { numRuns: 2, seed: 7, endOnFailure: true },
    );
  });

  test("what is clearly over is over, and what is clearly there is told", () => {
    const n = (off: (i: number) => number) => episodes(check, day, off);
    expect(n(() => 0)).toBe(0);
    expect(n((i) => (i < 4 ? limit * 2 : 0))).toBe(1);
    expect(n((i) => (i % 30 < 5 ? limit * 2 : 0))).toBe(2);
  });
});
