import { describe, expect, test } from "vitest";
import type { FlipCounts } from "../core/comparison.ts";
import { comparison } from "../test/property/checks-input.ts";
import { A, B, duelCounts, duelInput, found, PEOPLE, TODAY, writers } from "../test/property/flips-input.ts";
import { flipFlop } from "./flip-flop.ts";

describe("against the segment's own background", () => {
  test("says how many, what is normal, and what history had been under the rule", () => {
    const finding = found(duelInput(duelCounts(), writers(A, B)));
    expect(finding).toMatchObject({
      title: "200 people flip in and out of Active customers in CRM",
      moved:
        "200 people left and came back at least 3 times in the last 20 complete reads; 6,200 are there now. Normal is none.",
      people: 200,
      maths: {
        "Flips a week": 663,
        Replay:
          "with Warehouse deciding, over the last 20 reads: flips 663 a week → 0; final state differs for 37 people",
        "Always there in Warehouse": 190,
      },
    });
    expect(finding.todo).toContain(`Played again ${finding.maths.Replay}`);
    expect(found(duelInput(duelCounts({ replay: null }), writers(A, B))).maths.Replay).toBeUndefined();
  });

  test("what has always been so is normal, and a crowd above it is not", () => {
    const usual = (now: number) => {
      const jitter = (n: number): FlipCounts => ({ ...duelCounts(), returners: [800, 250, n] });
      const days = Array.from({ length: 40 }, (_, i) => i - 20);
      return duelInput(null, {
        comparisons: days.map((day) => {
          const n = day === TODAY ? now : 55 + (day % 5);
          return comparison(day, { crm: { size: 6200, flipping: n, flips: jitter(n) } });
        }),
      });
    };
    expect(flipFlop.run(usual(60)).status).toBe("pass");
    expect(found(usual(220)).moved).toContain("Normal is about 5");
  });

  test("a fight in all the comparisons there are is still one", () => {
    const comparisons = Array.from({ length: 40 }, (_, i) =>
      comparison(i - 20, { crm: { size: 6200, flipping: PEOPLE, flips: duelCounts() } }),
    );
    expect(flipFlop.run(duelInput(null, { comparisons })).status).toBe("fail");
  });

  test("when nobody of them moves any more it is over, though the window still shows it", () => {
    const quiet = (n: number) => {
      const still = (moves: readonly number[]) => moves.map((m, i) => (i >= moves.length - n ? 0 : m));
      const c = duelCounts();
      return flipFlop.run(duelInput({ ...c, entries: still(c.entries), exits: still(c.exits) })).status;
    };
    expect(quiet(6)).toBe("fail");
    expect(quiet(7)).toBe("pass");
  });

  test("a slow fight is told on between its returns, and no longer than four reads", () => {
    const since = (reads: number) =>
      flipFlop.run(
        duelInput(null, {
          comparisons: Array.from({ length: 20 }, (_, day) =>
            comparison(day, {
              crm:
                day === TODAY - reads
                  ? { size: 6200, flipping: PEOPLE, flips: duelCounts() }
                  : { size: 6200 },
            }),
          ),
        }),
      ).status;
    expect([0, 4, 5].map(since)).toEqual(["fail", "fail", "pass"]);
  });
});
