import { expect, it } from "vitest";
import { ordered, smallScale } from "./upset.tsx";

const group = (people: number, ...systems: string[]) => ({ in: systems, people });

it("puts everyone first even when they are few, then the largest groups, and leaves empty groups out", () => {
  const groups = [group(9, "a"), group(3, "a", "b"), group(20, "b"), group(0, "c")];
  expect(ordered(groups, 2).map((g) => g.people)).toEqual([3, 20, 9]);
});

it("gives small groups a scale of their own, and says so only when there are some", () => {
  expect(smallScale([group(47832, "a", "b"), group(27302, "b"), group(411, "a"), group(3, "c")])).toEqual({
    from: 2,
    max: 411,
  });
  expect(smallScale([group(50, "a", "b"), group(40, "a")])).toBeNull();
  expect(smallScale([group(3, "a", "b"), group(900, "a")])).toBeNull();
});
