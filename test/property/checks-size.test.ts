import { describe, expect, test } from "vitest";
import { sizeAnomaly } from "../../checks/size-anomaly.ts";
import type { Snapshot } from "../../core/model.ts";
import { inputOf, reading } from "./checks-input.ts";
import { sizes } from "./checks-series.ts";

const DAYS = 52;
const WARM = 30;

/** Runs the check day by day as an audit would: failed readings leave the training. Answers the days that fired. */
function alarms(own: readonly number[], owner: readonly number[] | null, from: number): number[] {
  const sys = owner === null ? "warehouse" : "crm";
  const copy = own.map((size, day) => reading(day, sys, { size }));
  const ownerReadings = (owner ?? own).map((size, day) => reading(day, "warehouse", { size }));
  const flagged = new Set<string>();
  const fired: number[] = [];
  for (let day = from; day < own.length; day++) {
    const history: Snapshot[] = copy.slice(0, day + 1);
    const outcome = sizeAnomaly.run(
      inputOf({ history, ownerHistory: ownerReadings.slice(0, day + 1), flagged }),
    );
    if (outcome.status !== "fail") continue;
    fired.push(day);
    flagged.add(`${sys}-${day}`);
  }
  return fired;
}

/** A merged run of alarm days is one alarm, as one incident is. */
const episodes = (days: readonly number[]) => days.filter((d, i) => d - (days[i - 1] ?? -10) > 3).length;

/** A copy that trails its owner by a day's sync and loses or adds nobody. */
const copyOf = (owner: readonly number[]) => owner.map((n, i) => Math.round(0.9 * (owner[i - 1] ?? n)));

describe("sizes of clean lists", () => {
  test("200 seeds: at most 2 false alarms in 1000 series-days for owners", () => {
    let count = 0;
    const who: number[] = [];
    for (let seed = 1; seed <= 200; seed++) {
      const n = episodes(alarms(sizes(seed, DAYS), null, WARM));
      count += n;
      if (n > 0) who.push(seed);
    }
    const perThousand = (count / (200 * (DAYS - WARM))) * 1000;
    expect(perThousand, `seeds ${who.join(" ")}`).toBeLessThanOrEqual(2);
  }, 60_000);

  test("200 seeds: at most 2 false alarms in 1000 series-days for copies", () => {
    let count = 0;
    for (let seed = 1; seed <= 200; seed++) {
      const owner = sizes(seed, DAYS);
      count += episodes(alarms(copyOf(owner), owner, WARM));
    }
    expect((count / (200 * (DAYS - WARM))) * 1000).toBeLessThanOrEqual(2);
  }, 60_000);
});

describe("planted faults are found", () => {
  const seeds = Array.from({ length: 40 }, (_, i) => 1000 + i);
  const onset = 45;
  const firstAfter = (days: readonly number[]) => days.find((d) => d >= onset);

  test.each([
    ["halved", 0.5],
    ["57 % too many", 1.57],
    ["empty", 0],
  ])("%s: on the day itself, owner and copy", (_, factor) => {
    for (const seed of seeds) {
      const clean = sizes(seed, onset + 2);
      const broken = clean.map((n, d) => (d >= onset ? Math.round(n * factor) : n));
      expect(firstAfter(alarms(broken, null, onset - 1)), `owner, seed ${seed}`).toBe(onset);
      expect(firstAfter(alarms(broken, clean, onset - 1)), `copy, seed ${seed}`).toBe(onset);
    }
  });

  test("a leak of 1 % a day: within 10 days, owner and copy", () => {
    const late: string[] = [];
    for (const seed of seeds) {
      const clean = sizes(seed, onset + 12);
      const leaking = clean.map((n, d) => Math.round(n * 0.99 ** Math.max(0, d - onset + 1)));
      for (const owner of [null, clean]) {
        const found = firstAfter(alarms(leaking, owner, onset));
        if (found === undefined || found - onset > 10)
          late.push(`${owner === null ? "owner" : "copy"} ${seed}: ${found}`);
      }
    }
    // The most restless of the lists may take longer; nine in ten are found after eight days.
    expect(late.length, late.join(", ")).toBeLessThanOrEqual(1);
  }, 60_000);

  test("a copy that follows its owner's halving is not blamed for it", () => {
    for (const seed of seeds.slice(0, 10)) {
      const owner = sizes(seed, onset + 3).map((n, d) => (d >= onset ? Math.round(n / 2) : n));
      expect(
        alarms(
          owner.map((n) => Math.round(n * 0.9)),
          owner,
          onset,
        ),
      ).toEqual([]);
    }
  });

  test("a leak stays told of while it lasts", () => {
    const clean = sizes(7, onset + 30, {
      size: 9000,
      growth: 0.0005,
      rhythm: 0.01,
      walk: 0.001,
      noise: 0.001,
      bumps: false,
      monthEnds: false,
    });
    const leaking = clean.map((n, d) => Math.round(n * 0.99 ** Math.max(0, d - onset + 1)));
    const fired = alarms(leaking, null, onset);
    const first = fired[0] ?? 0;
    expect(first).toBeLessThanOrEqual(onset + 8);
    // A level that was taken as the new normal too soon is told again within days.
    expect(fired.length).toBeGreaterThanOrEqual(0.8 * (leaking.length - first));
    expect(fired.every((d, i) => d - (fired[i - 1] ?? d) <= 4)).toBe(true);
  });
});
