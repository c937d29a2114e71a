import { expect, test } from "vitest";
import { comparison } from "../../../test/property/checks-input.ts";
import { duelCounts } from "../../../test/property/flips-input.ts";
import { replaysOf } from "./replays.ts";

test("copies with people who flip, and what a rule had made of them; unknown stays unknown", () => {
  const here = { flipping: 200, flips: duelCounts() };
  const told = replaysOf(
    comparison(1, {
      warehouse: { flipping: 0, flips: duelCounts({ returns: 0 }) },
      crm: here,
      news: { ...here, flips: duelCounts({ replay: null }) },
      old: { flipping: 12 },
    }),
  );
  expect(told).toEqual([
    {
      system: "crm",
      people: 200,
      reads: 20,
      flipsAWeek: 663,
      rule: { name: "owner_wins", flipsAWeek: 0, differs: 37 },
    },
    { system: "news", people: 200, reads: 20, flipsAWeek: 663, rule: null },
  ]);
  expect(replaysOf(null)).toEqual([]);
});
