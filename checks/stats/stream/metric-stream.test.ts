import { describe, expect, test } from "vitest";
import {
  DAY,
  flagged,
  type Luck,
  MINUTE,
  poisson,
  quietSize,
  run,
  START,
} from "../../../test/property/stream-run.ts";

const SEEDS = [1, 2, 3, 4];
const WEEK = [1.1, 1.2, 1.15, 1.1, 1, 0.5, 0.45];
const weekly = (i: number, luck: Luck) =>
  Math.round(900 * (WEEK[i % 7] as number) * Math.exp(0.06 * luck.normal()));

describe("sizes", () => {
  test.each(SEEDS)("a list that halves is found on the day, below, by the point; seed %d", (seed) => {
    const v = run("size", 61, (i, l) => Math.round(quietSize(i, l) * (i === 60 ? 0.5 : 1)), { seed });
    expect(flagged(v)).toEqual([60]);
    expect(v[60]).toMatchObject({ side: -1, open: true, because: null });
    expect(v[60]?.score).toBeGreaterThan(2);
    expect(v[60]?.low).toBeGreaterThan(15_000);
    expect(v[60]?.expected).toBeGreaterThan(19_000);
    expect(v[60]?.expected).toBeLessThan(23_000);
  });

  test.each(SEEDS)(
    "a slow leak, 1 % a day that no single day shows, is found within ten days; seed %d",
    (seed) => {
      const v = run("size", 75, (i, l) => Math.round(quietSize(i, l) * 0.99 ** Math.max(0, i - 60)), {
        seed,
      });
      const first = flagged(v)[0] ?? 1e9;
      expect(first).toBeGreaterThan(60);
      expect(first).toBeLessThanOrEqual(70);
      expect(v[first]?.side).toBe(-1);
    },
  );

  test("a list that used to move and stands still is told, as stale and of no side", () => {
    let last = 0;
    const v = run("size", 75, (i, l) => {
      if (i <= 60) last = quietSize(i, l);
      return last;
    });
    const first = flagged(v)[0] ?? 1e9;
    expect(first).toBeGreaterThan(61);
    expect(first).toBeLessThanOrEqual(66);
    expect(v[first]).toMatchObject({ test: "stale", side: 0, points: first - 60 });
  });

  test.each([0, 1, 7, 250, 40_000])("a list that always had %d people is never told", (size) => {
    expect(flagged(run("size", 400, () => size))).toEqual([]);
  });

  test.each(SEEDS)(
    "steady growth is no alarm, and goes on after five days without a reading; seed %d",
    (seed) => {
      const v = run("size", 120, (i, l) => (i >= 70 && i < 75 ? null : quietSize(i, l)), { seed });
      expect(v).toHaveLength(115);
      expect(flagged(v)).toEqual([]);
    },
  );

  test("a level that lasts six days is the new normal, and quiet from then on", () => {
    for (const factor of [0.8, 1.25]) {
      const v = run("size", 110, (i, l) => Math.round(quietSize(i, l) * (i >= 60 ? factor : 1)));
      const normal = v.findIndex((x) => x.newNormal);
      expect(flagged(v)[0]).toBe(60);
      expect(normal).toBeGreaterThanOrEqual(65);
      expect(normal).toBeLessThanOrEqual(67);
      expect(flagged(v).filter((i) => i > normal)).toEqual([]);
      expect(v.at(-1)?.open).toBe(false);
      expect(v.filter((x) => x.newNormal)).toHaveLength(1);
    }
  });

  test("where a level may not become normal, the alarm lasts longer than six days", () => {
    const v = run("size", 75, (i, l) => Math.round(quietSize(i, l) * (i >= 60 ? 0.8 : 1)), {
      rebaseline: false,
    });
    expect(v.some((x) => x.newNormal)).toBe(false);
    expect(flagged(v).length).toBeGreaterThan(7);
  });
});

describe("counts", () => {
  test.each(SEEDS)(
    "a weekly rhythm is known after three weekends, and a third of a Wednesday is found; seed %d",
    (seed) => {
      const v = run("count", 94, (i, l) => Math.round((i === 93 ? 0.35 : 1) * weekly(i, l)), { seed });
      expect(flagged(v).filter((i) => i > 21)).toEqual([93]);
      expect(v[93]?.side).toBe(-1);
      // It knows its Sundays from its Tuesdays.
      expect((v[90]?.expected ?? 0) / (v[85]?.expected ?? 1)).toBeLessThan(0.6);
    },
  );

  test("of forty such series hardly any alarms weekend after weekend", () => {
    // Three did when the models that know of rhythms could all be left out after two weekends.
    const often = Array.from({ length: 40 }, (_, i) => run("count", 94, weekly, { seed: i + 1 }))
      .map((v) => flagged(v).filter((i) => i > 28).length)
      .filter((alarms) => alarms > 1);
    expect(often.length).toBeLessThanOrEqual(2);
  });

  test("what every month's end brings is learned after two of them", () => {
    const v = run("count", 150, (i, l, t) =>
      Math.round(weekly(i, l) * (new Date(t + DAY).getUTCDate() === 1 ? 4 : 1)),
    );
    const ends = v.flatMap((_, i) => (new Date(START + (i + 1) * DAY).getUTCDate() === 1 ? [i] : []));
    expect(ends.length).toBe(5);
    expect(flagged(v).filter((i) => i > (ends[1] as number))).toEqual([]);
    expect(v[ends[4] as number]?.expected).toBeGreaterThan(2 * (v[(ends[4] as number) - 7]?.expected ?? 1e9));
  });

  test("even what is told at the first month's end is learned: thirty times as many, step by step", () => {
    const v = run("count", 150, (i, l, t) =>
      Math.round(weekly(i, l) * (new Date(t + DAY).getUTCDate() === 1 ? 30 : 1)),
    );
    const ends = v.flatMap((_, i) => (new Date(START + (i + 1) * DAY).getUTCDate() === 1 ? [i] : []));
    expect(flagged(v)).toContain(ends[1]);
    expect(v[ends[4] as number]?.expected).toBeGreaterThan(3_000);
  });

  test.each(SEEDS)(
    "six where one is usual is as strange as Poisson has it, not as a smooth curve; seed %d",
    (seed) => {
      const v = run("count", 301, (i, l) => (i === 300 ? 6 : poisson(1, l)), { seed });
      // SciPy 1.17.1: norm.isf(poisson.sf(6, 1) + poisson.pmf(6, 1) / 2) = 3.40; the mean is learned, hence the range.
      expect(v[300]?.z).toBeGreaterThan(2.9);
      expect(v[300]?.z).toBeLessThan(3.9);
    },
  );

  test.each(SEEDS)("none to three a day is quiet, and fifteen is found; seed %d", (seed) => {
    const v = run("count", 121, (i, l) => (i === 120 ? 15 : Math.min(3, poisson(1, l))), { seed });
    expect(flagged(v)).toEqual([120]);
    expect(v[120]).toMatchObject({ side: 1 });
  });

  test.each(SEEDS)("Christmas is quiet, and half as many on a day in November is not; seed %d", (seed) => {
    const from = Date.UTC(2026, 8, 7);
    const dip = (t: number) => {
      const [month, day] = [new Date(t).getUTCMonth(), new Date(t).getUTCDate()];
      return month === 11 && day >= 24 && day <= 26 ? 0.5 : month === 11 && day > 26 ? 0.85 : 1;
    };
    const v = run("count", 118, (i, l, t) => Math.round(weekly(i, l) * dip(t)), { seed, from });
    expect(flagged(v).filter((i) => i > 21)).toEqual([]);
    const november = run("count", 72, (i, l) => Math.round(weekly(i, l) * (i === 71 ? 0.5 : 1)), {
      seed,
      from,
    });
    expect(flagged(november).filter((i) => i > 21)).toEqual([71]);
  });

  test("days without a reading are no zeros", () => {
    const v = run("count", 120, (i, l) => (i % 9 === 4 || (i > 80 && i < 95) ? null : weekly(i, l)));
    expect(flagged(v)).toEqual([]);
  });
});

describe("rates and latencies", () => {
  test.each(SEEDS)("five of a thousand: chance is quiet, thirty are found; seed %d", (seed) => {
    const v = run(
      "rate",
      91,
      (i, l) => ({ value: (i === 90 ? 30 : poisson(5, l)) / 1_000, denominator: 1_000 }),
      { seed },
    );
    expect(flagged(v)).toEqual([90]);
    expect(v[90]?.side).toBe(1);
    expect(v[90]?.expected).toBeGreaterThan(0.003);
    expect(v[90]?.expected).toBeLessThan(0.008);
  });

  test("the fewer stand behind a rate, the less a far one means", () => {
    const at = (n: number) =>
      run("rate", 61, (i, l) => ({
        value: i === 60 ? 0.6 : 0.4 + 0.01 * l.normal(),
        denominator: i === 60 ? n : 2_000,
      })).at(-1);
    expect(at(2_000)?.flagged).toBe(true);
    expect(at(5)?.flagged).toBe(false);
  });

  test("ten times as slow is found, twice as fast on one of noisy days is not", () => {
    const slow = (last: number) =>
      run("latency", 61, (i, l) => (i === 60 ? last : 4 * Math.exp(0.4 * l.normal())), { seed: 2 });
    expect(flagged(slow(40))).toEqual([60]);
    expect(flagged(slow(2))).toEqual([]);
  });
});

describe("a gauge every five minutes", () => {
  const load = (i: number, l: Luck) => 50 + 20 * Math.sin((2 * Math.PI * i) / 288) + 2 * l.normal();
  const DAYS = 288;

  test("its daily rhythm is quiet, and an outage is found at once", () => {
    const from = 6 * DAYS;
    const v = run("gauge", 6 * DAYS + 12, (i, l) => (i >= from ? 0 : load(i, l)), { every: 5 * MINUTE });
    expect(flagged(v).filter((i) => i < from && i > DAYS)).toEqual([]);
    expect(flagged(v)).toContain(from);
    expect(v[from]?.side).toBe(-1);
  });

  test("it foretells its nights and its days", () => {
    const v = run("gauge", 6 * DAYS, load, { every: 5 * MINUTE, seed: 3 });
    for (const [hour, wanted] of [
      [6, 70],
      [18, 30],
    ] as const)
      expect(Math.abs((v[5 * DAYS + hour * 12]?.expected ?? 0) - wanted)).toBeLessThan(6);
  });
});
