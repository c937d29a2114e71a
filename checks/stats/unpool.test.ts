import { expect, test } from "vitest";
import { DistributionStream } from "./distribution.ts";
import { unpool } from "./unpool.ts";

test("names that a small list cannot keep get their people back from “other”", () => {
  const usual = [
    ["other", 0],
    ["DE", 0.6],
    ["FR", 0.15],
    ["IT", 0.25],
  ] as const;
  expect(
    unpool(
      [
        ["DE", 36],
        ["other", 8],
        ["IT", 16],
      ],
      60,
      10,
      usual,
    ),
  ).toEqual([
    ["DE", 36],
    ["IT", 16],
    ["FR", 8],
  ]);
  // Fifteen that vanished whole are no matter of pooling: nobody is in "other".
  expect(
    unpool(
      [
        ["DE", 45],
        ["IT", 15],
      ],
      60,
      10,
      usual,
    ),
  ).toEqual([
    ["DE", 45],
    ["IT", 15],
  ]);
  // A quarter of a thousand people does not fall below ten by chance.
  expect(
    unpool(
      [
        ["DE", 750],
        ["other", 250],
      ],
      1000,
      10,
      usual,
    ),
  ).toEqual([
    ["DE", 750],
    ["other", 250],
  ]);
});

test("a halved list whose values fall below ten did not shift", () => {
  const stream = new DistributionStream();
  const push = (day: number, counts: Record<string, number>) =>
    stream.push({ t: Date.UTC(2026, 8, 1 + day), counts, pooledBelow: 10 });
  for (let d = 0; d < 30; d++) push(d, { DE: 60 + (d % 3), FR: 12 + (d % 2), IT: 14, ES: 11 });
  expect(push(30, { DE: 31, other: 18 }).flagged).toBe(false);
  expect(push(31, { DE: 12, other: 37 }).flagged).toBe(true);
});
