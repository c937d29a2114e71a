import { describe, expect, test } from "vitest";
import type { DistributionVerdict } from "../../core/distribution.ts";
import { MOST_CATEGORIES } from "./category-table.ts";
import { DistributionStream } from "./distribution.ts";

const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 5);
type Counts = Record<string, number>;

/** A fixed sequence of numbers in [0, 1): mulberry32. */
function chance(seed: number): () => number {
  let s = seed;
  return () => {
    s = (s + 0x6d2b79f5) | 0;
    let t = Math.imul(s ^ (s >>> 15), 1 | s);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Counts around the given ones, as chance would have them. */
function around(counts: Counts, random: () => number): Counts {
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Object.fromEntries(
    Object.entries(counts).map(([c, n]) => [c, Math.max(0, Math.round(n + Math.sqrt(n) * normal()))]),
  );
}

const USUAL: Counts = { DE: 6000, FR: 2500, NL: 1200, unknown: 100 };
const run = (days: readonly Counts[], stream = new DistributionStream()): DistributionVerdict[] =>
  days.map((counts, d) => stream.push({ t: START + d * DAY, counts }));
const usual = (n: number, seed = 7): Counts[] => {
  const random = chance(seed);
  return Array.from({ length: n }, () => around(USUAL, random));
};
const flaggedDays = (verdicts: readonly DistributionVerdict[]): number[] =>
  verdicts.flatMap((v, d) => (v.flagged ? [d] : []));

describe("a stream of distributions", () => {
  test("chance is no fault", () => {
    for (const seed of [1, 2, 3]) expect(flaggedDays(run(usual(120, seed)))).toEqual([]);
  });

  test("900 people become “unknown”: told that day, with what was foreseen", () => {
    const days = usual(41);
    days[40] = { DE: 5400, FR: 2300, NL: 1100, unknown: 1000 };
    const last = run(days).at(-1);
    expect(last).toMatchObject({ used: true, flagged: true, gradual: false, newCategories: [], total: 9800 });
    expect(last?.moved[0]).toMatchObject({ category: "unknown", count: 1000 });
    expect((last?.moved[0]?.expected ?? 0) * 9800).toBeCloseTo(100, -1);
    expect(last?.totalVariation).toBeGreaterThan(0.08);
  });

  test("a renamed value is one that vanished and a new one", () => {
    const days = usual(41);
    const { DE = 0, ...rest } = days[40] ?? {};
    days[40] = { ...rest, Germany: DE };
    expect(run(days).at(-1)).toMatchObject({
      flagged: true,
      newCategories: ["Germany"],
      vanishedCategories: ["DE"],
    });
  });

  test("less than 2 % is no fault, however sure", () => {
    const still = Array.from({ length: 40 }, () => ({ a: 500_000, b: 500_000 }));
    expect(run([...still, { a: 511_000, b: 489_000 }]).at(-1)?.flagged).toBe(false);
    expect(run([...still, { a: 530_000, b: 470_000 }]).at(-1)?.flagged).toBe(true);
  });

  test("what moves bit by bit is told before a single day shows it; natural drift is not", () => {
    const leak = (perDay: number) => {
      const random = chance(11);
      return Array.from({ length: 70 }, (_, d) => {
        const left = Math.max(0, d - 40) * perDay;
        return around({ DE: 600 - left, FR: 300 + left, NL: 100 }, random);
      });
    };
    const [first = 0] = flaggedDays(run(leak(10)));
    expect(first).toBeGreaterThan(41);
    expect(first).toBeLessThan(56);
    const random = chance(5);
    const drifting = Array.from({ length: 150 }, (_, d) =>
      around({ DE: 60_000 - 60 * d, FR: 30_000 + 60 * d, NL: 10_000 }, random),
    );
    expect(flaggedDays(run(drifting))).toEqual([]);
  });

  test("a weekend that differs is learned", () => {
    const random = chance(3);
    const weeks = Array.from({ length: 120 }, (_, d) =>
      around(d % 7 >= 5 ? { app: 3000, web: 7000 } : { app: 4000, web: 6000 }, random),
    );
    expect(flaggedDays(run(weeks)).filter((d) => d > 27)).toEqual([]);
    const swapped = weeks.slice(0, 103);
    swapped[102] = { app: 3000, web: 7000 }; // a Thursday with a weekend's shares
    expect(run(swapped).at(-1)?.flagged).toBe(true);
  });

  test("a shift that stays is the new normal after six days, and the way back is no fault", () => {
    const moved = { DE: 4500, FR: 4000, NL: 1200, unknown: 100 };
    const random = chance(9);
    const days = [
      ...usual(40),
      ...Array.from({ length: 15 }, () => around(moved, random)),
      ...Array.from({ length: 20 }, () => around(USUAL, random)),
    ];
    const verdicts = run(days);
    expect(flaggedDays(verdicts)).toEqual([40, 41, 42, 43, 44, 45, 46]);
    expect(verdicts.findIndex((v) => v.newNormal)).toBe(46);
  });

  test("a fault that ended is over: no day after it is flagged", () => {
    const days = usual(70);
    for (let d = 40; d < 44; d++) days[d] = { DE: 4500, FR: 4000, NL: 1200, unknown: 100 };
    expect(flaggedDays(run(days))).toEqual([40, 41, 42, 43]);
  });

  test("a fault teaches nothing: it is told as sharply on its third day", () => {
    const days = [
      ...usual(40),
      ...Array.from({ length: 3 }, () => ({ DE: 4500, FR: 4000, NL: 1200, unknown: 100 })),
    ];
    const [a, , c] = run(days).slice(-3);
    expect((c?.score ?? 0) / (a?.score ?? 1)).toBeGreaterThan(0.7);
  });

  test("what comes every first of the month is expected from the third time on", () => {
    const random = chance(4);
    const days = Array.from({ length: 150 }, (_, d) => {
      const first = new Date(START + d * DAY).getUTCDate() === 1;
      return around(first ? { DE: 5000, FR: 3500, NL: 1200 } : { DE: 6000, FR: 2500, NL: 1200 }, random);
    });
    expect(flaggedDays(run(days)).map((d) => new Date(START + d * DAY).toISOString().slice(5, 10))).toEqual([
      "02-01",
      "03-01",
    ]);
  });

  test("with fewer than five points nothing is flagged", () => {
    const verdicts = run([...usual(4), { DE: 10 }, { unknown: 9000 }]);
    expect(verdicts.slice(0, 4).every((v) => v.learning && !v.flagged)).toBe(true);
    expect(verdicts[0]).toMatchObject({ used: true, score: 0 });
  });
});

describe("odd points have a defined answer", () => {
  const odd: [string, { t: number; counts: Counts }][] = [
    ["negative", { t: START + 50 * DAY, counts: { DE: -1, FR: 5 } }],
    ["not a number", { t: START + 50 * DAY, counts: { DE: Number.NaN } }],
    ["infinite", { t: START + 50 * DAY, counts: { DE: Number.POSITIVE_INFINITY } }],
    ["too large to add", { t: START + 50 * DAY, counts: { DE: 1e308, FR: 1e308 } }],
    ["empty", { t: START + 50 * DAY, counts: {} }],
    ["all zero", { t: START + 50 * DAY, counts: { DE: 0 } }],
    ["a duplicate", { t: START + 39 * DAY, counts: USUAL }],
    ["out of order", { t: START, counts: USUAL }],
    ["no time", { t: Number.NaN, counts: USUAL }],
  ];
  test.each(odd)("%s: not used, nothing learned", (_, point) => {
    const stream = new DistributionStream();
    run(usual(40), stream);
    const before = JSON.stringify(stream);
    expect(stream.push(point)).toMatchObject({ used: false, flagged: false, score: 0 });
    expect(JSON.stringify(stream)).toBe(before);
  });

  test("a long gap and a name of the prototype are points like others", () => {
    const stream = new DistributionStream();
    run(usual(40), stream);
    const counts = JSON.parse('{"__proto__":5000,"constructor":4800}') as Counts;
    const verdict = stream.push({ t: START + 4000 * DAY, counts });
    expect(Number.isFinite(verdict.score)).toBe(true);
    expect(verdict.newCategories).toEqual(["__proto__", "constructor"]);
  });

  test("extreme numbers never give a score that is not finite", () => {
    const random = chance(21);
    const stream = new DistributionStream();
    for (let d = 0; d < 400; d++) {
      const counts: Counts = {};
      const k = Math.floor(random() * 5);
      for (let c = 0; c <= k; c++)
        counts[`c${Math.floor(random() * 9)}`] = Math.floor(10 ** (random() * 15 - 2));
      const v = stream.push({ t: START + d * DAY * (1 + 20 * random()), counts });
      expect(Number.isFinite(v.score) && Number.isFinite(v.totalVariation)).toBe(true);
      expect(v.moved.every((m) => Number.isFinite(m.low) && Number.isFinite(m.high))).toBe(true);
    }
  });
});

describe("what a stream keeps", () => {
  test("a restored stream goes on exactly as the one that was kept; a prefix gives the same verdicts", () => {
    const days = usual(90);
    for (let d = 50; d < 60; d++) days[d] = { DE: 4500, FR: 4000, NL: 1200, unknown: 100 };
    const whole = run(days);
    for (const cut of [0, 1, 30, 53, 58, 75]) {
      const stream = new DistributionStream();
      expect(run(days.slice(0, cut), stream)).toEqual(whole.slice(0, cut));
      const restored = DistributionStream.from(JSON.parse(JSON.stringify(stream)));
      const rest = days.slice(cut).map((counts, i) => restored.push({ t: START + (cut + i) * DAY, counts }));
      expect(rest).toEqual(whole.slice(cut));
    }
  });

  test("a state of another version is refused", () => {
    expect(() => DistributionStream.from({ ...new DistributionStream().toJSON(), version: 0 })).toThrow(
      RangeError,
    );
  });

  test("however many values come, 64 are told apart and the state stays small", () => {
    const stream = new DistributionStream();
    for (let d = 0; d < 60; d++) {
      const counts: Counts = { main: 5000 };
      for (let i = 0; i < 500; i++) counts[`v${d * 37 + i}`] = 1 + (i % 7) * 20;
      stream.push({ t: START + d * DAY, counts });
    }
    const text = JSON.stringify(stream);
    expect(stream.toJSON().names.length).toBe(MOST_CATEGORIES);
    expect(text.length).toBeLessThan(120_000);
  });

  test("a large newcomer takes the place of the smallest, which joins “other”", () => {
    const stream = new DistributionStream();
    const full: Counts = {};
    for (let i = 0; i < 63; i++) full[`v${i}`] = 100 + i;
    for (let d = 0; d < 20; d++) stream.push({ t: START + d * DAY, counts: full });
    const verdict = stream.push({ t: START + 20 * DAY, counts: { ...full, late: 4000 } });
    expect(verdict).toMatchObject({ flagged: true, newCategories: ["late"] });
    expect(stream.toJSON().names).not.toContain("v0");
  });
});
