import { expect, test } from "vitest";
import { unjudged } from "../../checks/stats/stream/verdict.ts";
import { becauseOf } from "./because.ts";

test("a reason for what is flagged or left out, and for nothing else", () => {
  const judged = { ...unjudged(null), score: 3, test: "point", side: -1, points: 1 } as const;
  const flagged = { ...judged, flagged: true };
  expect(becauseOf(judged)).toBeNull();
  expect(becauseOf(flagged)).toBe("below normal");
  expect(becauseOf({ ...flagged, test: "drift", side: 1, points: 9 })).toBe("going up over 9 points");
  expect(becauseOf({ ...flagged, test: "lasting", points: 5 })).toBe("below its level for 5 points");
  expect(becauseOf({ ...flagged, test: "window", points: 7 })).toBe("below normal in the mean of 7 points");
  expect(becauseOf({ ...flagged, test: "stale", side: 0, points: 6 })).toBe("the same value 6 times");
  expect(becauseOf({ ...flagged, newNormal: true })).toBe(
    "below normal for so long that this is the new normal",
  );
  expect(becauseOf(unjudged("late"))).toBe("not later than the one before");
});
