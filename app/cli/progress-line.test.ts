import { describe, expect, test } from "vitest";
import { startProgress } from "./progress.ts";
import { progressLine } from "./progress-line.ts";

const rows = { what: "Reading", total: 4_000_000, unit: "rows" };

test.each<[number | null, number, number, string]>([
  [4_000_000, 0, 0, "Reading ░░░░░░░░░░░░░░░░░░░░ 0 %  0 of 4,000,000 rows"],
  [
    4_000_000,
    1_000_000,
    2_000,
    "Reading █████░░░░░░░░░░░░░░░ 25 %  1,000,000 of 4,000,000 rows  500,000 rows/s  6 s left",
  ],
  [
    4_000_000,
    12_345,
    100_000,
    "Reading ░░░░░░░░░░░░░░░░░░░░ 0 %  12,300 of 4,000,000 rows  123 rows/s  9.0 h left",
  ],
  [
    4_000_000,
    1_000_000,
    100_000,
    "Reading █████░░░░░░░░░░░░░░░ 25 %  1,000,000 of 4,000,000 rows  10,000 rows/s  5 min left",
  ],
  [
    4_000_000,
    4_100_000,
    4_100,
    "Reading ████████████████████ 100 %  4,000,000 of 4,000,000 rows  1,000,000 rows/s",
  ],
  [null, 5, 100, "Reading  5 rows"],
  [0, 0, 5_000, "Reading  0 of 0 rows"],
])("of %j, %j after %i ms", (total, done, elapsed, line) => {
  expect(progressLine({ ...rows, total }, done, elapsed)).toBe(line);
});

test("what is done with all of them", () => {
  const line = (done: number): string => progressLine({ ...rows, next: "Comparing" }, done, 2_000);
  expect(line(3_999_999)).toMatch(/^Reading /);
  expect(line(4_000_000 - 1e-6)).toBe("Comparing 4,000,000 rows");
});

describe("startProgress", () => {
  const run = (isTty: boolean): string[] => {
    const written: string[] = [];
    let time = 5_000;
    const progress = startProgress({ ...rows, now: () => time, write: (text) => written.push(text), isTty });
    for (const at of [5_000, 5_100, 5_249, 5_250, 7_000]) {
      time = at;
      progress.update((at - 5_000) * 1_000);
    }
    progress.stop();
    return written;
  };

  test("tells no rate when nothing new came for two seconds", () => {
    const written: string[] = [];
    let time = 0;
    const o = { now: () => time, write: (text: string) => void written.push(text), isTty: true };
    const progress = startProgress({ ...rows, ...o });
    for (const [at, done] of [
      [0, 0],
      [2_000, 1_000_000],
      [3_900, 1_000_000],
      [4_000, 1_000_000],
      [4_300, 1_000_000],
      [5_000, 2_000_000],
    ] as const) {
      time = at;
      progress.update(done);
    }
    expect(written.map((line) => line.includes("rows/s"))).toEqual([false, true, true, false, true]);
  });

  test("writes at most four times a second, and takes its line away", () => {
    const written = run(true);
    expect(written).toHaveLength(4);
    expect(written[0]).toMatch(/^\u001b\[\?25l\r\u001b\[KReading .* 0 of 4,000,000 rows$/);
    expect(written[2]).toContain("2,000,000 of 4,000,000 rows  1,000,000 rows/s  2 s left");
    expect(written[3]).toBe("\r\u001b[K\u001b[?25h");
  });

  test("says at once that all are there", () => {
    const written: string[] = [];
    const write = (text: string) => written.push(text);
    const progress = startProgress({ ...rows, next: "Comparing", now: () => 5_000, write, isTty: true });
    progress.update(1);
    progress.update(2);
    progress.update(4_000_000);
    expect(written).toHaveLength(2);
    expect(written[1]).toContain("Comparing 4,000,000 rows");
  });

  test("writes nothing where there is no terminal", () => expect(run(false)).toEqual([]));
});
