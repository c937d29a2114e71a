import fc from "fast-check";
import { expect, test } from "vitest";
import { poissonTail } from "./flip-background.ts";
import { type FlipDelta, FlipStream, type FlipStreamState } from "./flips.ts";

const DAY = 86_400_000;
const HOUR = 3_600_000;
const names = (n: number, prefix = "p") => Array.from({ length: n }, (_, i) => `${prefix}${i}`);

/** Deltas of a list of members per snapshot. */
function deltas(lists: readonly (readonly string[])[], step: number): FlipDelta[] {
  return lists.map((list, i) => {
    const [now, before] = [new Set(list), new Set(lists[i - 1] ?? list)];
    return {
      t: i * step,
      size: now.size,
      added: [...now].filter((m) => !before.has(m)),
      removed: [...before].filter((m) => !now.has(m)),
    };
  });
}
const run = (given: readonly FlipDelta[], stream = new FlipStream()) => given.map((d) => stream.push(d));
const fights = (given: readonly FlipDelta[]) => run(given).some((v) => v.flagged);

const crowd = names(300);
const duel = names(5, "duel");
/** Two writers with a period of `period` snapshots, from `from` on. */
const fought = (n: number, period: number, from = 30) =>
  Array.from({ length: n }, (_, i) =>
    i >= from && Math.floor((i * 2) / period) % 2 === 0 ? crowd : [...crowd, ...duel],
  );

test.each([
  ["daily, every day", 2, DAY],
  ["daily, every fourth day", 4, DAY],
  ["hourly, every eighth hour", 8, HOUR],
  ["every six hours", 4, 6 * HOUR],
])("a fight is found and its members named: %s", (_, period, step) => {
  const verdicts = run(deltas(fought(90, period), step));
  expect(verdicts.slice(0, 30).some((v) => v.flagged)).toBe(false);
  const flagged = verdicts.filter((v) => v.flagged);
  expect(flagged.length).toBeGreaterThan(10);
  for (const v of flagged) expect([...v.members].sort()).toEqual(duel);
  expect(Math.max(...flagged.map((v) => v.score))).toBeGreaterThan(5);
});

test("away for longer than four days, or twelve hours, is no return", () => {
  expect(fights(deltas(fought(120, 10), DAY))).toBe(false);
  expect(fights(deltas(fought(120, 26), HOUR))).toBe(false);
});

test("two people are gossip, three are a fight", () => {
  const some = (n: number) => fought(60, 2).map((l) => l.filter((m) => !duel.slice(n).includes(m)));
  expect(fights(deltas(some(2), DAY))).toBe(false);
  expect(fights(deltas(some(3), DAY))).toBe(true);
});

test("an outage that is put right is no fight, nor weekdays, nor weekends", () => {
  const outage = Array.from({ length: 60 }, (_, i) => (i >= 30 && i < 33 ? crowd.slice(200) : crowd));
  expect(fights(deltas(outage, DAY))).toBe(false);
  const weekdays = Array.from({ length: 90 }, (_, i) => (i % 7 < 5 ? [...crowd, ...duel] : crowd));
  expect(fights(deltas(weekdays, DAY))).toBe(false);
  const weekends = Array.from({ length: 90 }, (_, i) => (i % 7 < 5 ? crowd : [...crowd, ...duel]));
  expect(fights(deltas(weekends, DAY))).toBe(false);
});

/** People near a boundary, who change sides by chance. */
function jitter(n: number, odds: number, outage = -1, people = 200): string[][] {
  let seed = 7;
  const unit = () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 32;
  };
  const edge = names(people, "edge");
  const here = new Set(edge);
  return Array.from({ length: n }, (_, i) => {
    for (const m of edge) if (unit() < odds && !here.delete(m)) here.add(m);
    return i === outage ? crowd.slice(250) : [...crowd, ...here];
  });
}

test("jitter at a boundary is its own background, with an outage on top too; a fight stands out of it", () => {
  expect(fights(deltas(jitter(200, 0.06), DAY))).toBe(false);
  expect(fights(deltas(jitter(200, 0.08, 100, 800), DAY))).toBe(false);
  const both = jitter(120, 0.06).map((l, i) => (i >= 80 && i % 2 === 0 ? l : [...l, ...names(30, "duel")]));
  const verdicts = run(deltas(both, DAY));
  expect(verdicts.slice(0, 80).some((v) => v.flagged)).toBe(false);
  expect(verdicts.at(-1)?.flagged).toBe(true);
});

test("a few people who return again and again stand out where others return now and then", () => {
  const lists = jitter(120, 0.06, -1, 160);
  expect(fights(deltas(lists, DAY))).toBe(false);
  const three = lists.map((l, i) => (i >= 80 && i % 2 === 0 ? l : [...l, ...names(3, "duel")]));
  expect(run(deltas(three, DAY)).at(-1)?.flagged).toBe(true);
});

test("a fight that lasts does not become normal", () => {
  expect(run(deltas(fought(400, 2), DAY)).at(-1)?.flagged).toBe(true);
});

test("missing snapshots leave their place empty; late, repeated and impossible times tell nothing new", () => {
  const all = fought(60, 4);
  const kept = all.map((_, i) => i).filter((i) => i % 9 !== 5);
  const found = deltas(
    kept.map((i) => all[i] as string[]),
    DAY,
  ).map((d, n) => ({ ...d, t: (kept[n] as number) * DAY }));
  expect(fights(found)).toBe(true);
  const stream = new FlipStream();
  const [before] = run(found, stream).slice(-1);
  const odd = { size: 300, added: ["x"], removed: ["p1"] };
  for (const t of [found.at(-1)?.t ?? 0, 3 * DAY, Number.NaN, Number.POSITIVE_INFINITY])
    expect(stream.push({ t, ...odd })).toEqual(before);
});

test("a clock that was set back is believed after five points", () => {
  const stream = new FlipStream();
  stream.push({ t: 1e15, size: 300, added: [], removed: [] });
  expect(run(deltas(fought(60, 2), DAY), stream).some((v) => v.flagged)).toBe(true);
});

test("any stream: finite, causal, the same after it was stored, and it forgets who does not move", () => {
  const delta = fc.record({
    t: fc.oneof(
      fc.integer({ min: 0, max: 60 }).map((n) => n * HOUR),
      fc.constant(Number.NaN),
    ),
    size: fc.oneof(fc.nat(), fc.constant(Number.NaN)),
    added: fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 4 }),
    removed: fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 4 }),
  });
  fc.assert(
    fc.property(fc.array(delta, { maxLength: 80 }), fc.nat(80), (given, at) => {
      const cut = Math.min(at, given.length);
      const whole = run(given.map((d) => Object.freeze(d)));
      for (const v of whole) expect(Number.isFinite(v.score) && v.score >= 0).toBe(true);
      const first = new FlipStream();
      const head = run(given.slice(0, cut), first);
      const stored = JSON.parse(JSON.stringify(first)) as FlipStreamState;
      expect([...head, ...run(given.slice(cut), FlipStream.from(stored))]).toEqual(whole);
    }),
  );
  const stream = new FlipStream();
  run(deltas(jitter(100, 0.06), DAY), stream);
  for (let i = 0; i < 30; i++) stream.push({ t: (100 + i) * DAY, size: 1, added: [], removed: [] });
  expect(stream.toJSON().movers).toEqual([]);
});

// SciPy 1.x: scipy.stats.poisson.sf(k - 1, mean)
test.each([
  [3, 1, 0.080301397],
  [3, 0.02, 1.3134924e-6],
  [10, 2, 4.649808e-5],
  [5, 10, 0.970747312],
  [0, 5, 1],
])("Poisson tail of %i at mean %f", (k, mean, p) => {
  expect(poissonTail(k, mean) / p).toBeCloseTo(1, 5);
});
test("a Poisson tail is a probability and never 0", () => {
  expect(poissonTail(4000, 0.01)).toBe(1e-300);
  expect(poissonTail(3, 0)).toBe(1e-300);
  expect(poissonTail(1, 1e4)).toBeLessThanOrEqual(1);
});
