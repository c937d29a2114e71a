import { describe, expect, test } from "vitest";
import { normal, random } from "../../../test/property/checks-series.ts";
import { Bank } from "./bank.ts";
import { fillRegressors, regressors } from "./calendar.ts";
import type { KindPrior } from "./priors.ts";

const DAY = 86_400_000;
const PRIOR: KindPrior = { sigma: 1, calm: 0.2, lively: 3, edge: 1, slope: 0.02 };

/** A bank that has seen so many days of a level with plain noise of this size. */
function known(days: number, noise: number, level = 100): Bank {
  const r = random(4);
  const bank = new Bank("daily", PRIOR);
  bank.start(level, 0);
  const h = regressors("daily");
  for (let day = 1; day <= days; day++) {
    fillRegressors("daily", day * DAY, h);
    bank.predict(1, h, () => 0);
    if (day < days) bank.update(level + noise * normal(r), 2.2, 1);
  }
  return bank;
}

describe("the models side by side", () => {
  test.each([0.3, 1, 3])("find level and noise of a series: %d", (noise) => {
    const bank = known(400, noise);
    expect(Math.abs(bank.mean - 100)).toBeLessThan(noise);
    expect(bank.sd / noise).toBeGreaterThan(0.8);
    expect(bank.sd / noise).toBeLessThan(1.3);
    expect(Math.exp(bank.logSigma) / noise).toBeGreaterThan(0.75);
    expect(Math.exp(bank.logSigma) / noise).toBeLessThan(1.25);
  });

  test("a spread does not drown in the size of what is spread", () => {
    const [near, far] = [known(2, 1, 0), known(2, 1, 2 ** 44)];
    expect(far.sd / near.sd).toBeCloseTo(1, 2);
    expect(far.slow.sd / near.slow.sd).toBeCloseTo(1, 2);
  });

  test("both tails together are everything, and shrink outwards", () => {
    const bank = known(200, 1);
    let before = 1;
    for (let y = 98; y < 110; y += 0.5) {
      const { lower, upper } = bank.tails(y);
      expect(lower + upper).toBeCloseTo(1, 6);
      expect(upper).toBeLessThan(before);
      before = upper;
    }
  });

  test("seven models stay, three of them slow; a plain level leaves most weight with the slow ones", () => {
    const bank = known(200, 1);
    expect(bank.toJSON().members).toHaveLength(7);
    expect(bank.slowShare).toBeGreaterThan(0.5);
  });

  test("one far value makes wider tails, many make them no wider than half and half", () => {
    const bank = known(200, 1);
    const before = bank.toJSON().heavy;
    bank.learnTail(bank.mean + 6 * bank.sd);
    const one = bank.toJSON().heavy;
    expect(one).toBeGreaterThan(before);
    expect(one).toBeLessThan(before + 0.75);
    for (let i = 0; i < 100; i++) bank.learnTail(bank.mean + 6 * bank.sd);
    expect(bank.toJSON().heavy).toBe(0);
  });
});
