import { expect, it } from "vitest";
import type { Cell } from "../../app/api/contract.ts";
import { barLength, cellWords } from "./plumb-glyph.tsx";

const cell = (over: Partial<Cell>): Cell => ({
  system: "k",
  mark: "fine",
  missing: 0,
  extra: 0,
  mailableOptedOut: 0,
  size: 10,
  asOf: null,
  because: null,
  ...over,
});

it("reads as a sentence", () => {
  expect(cellWords(cell({ mark: "act", missing: 42, extra: 27310 }), "Klaviyo")).toBe(
    "Klaviyo, 42 missing, 27,310 extra, act now",
  );
  expect(cellWords(cell({}), "Klaviyo")).toBe("Klaviyo, same people");
  expect(
    cellWords(cell({ mark: "cant_tell", missing: null, extra: null, because: "key refused" }), "Ads"),
  ).toBe("Ads, can’t tell: key refused");
  expect(cellWords(cell({ missing: null, extra: 3 }), "Ads")).toBe("Ads, can’t tell missing, 3 extra");
});

it("draws one person visibly, caps the rest and draws nothing for nobody", () => {
  expect(barLength(1, 1_000_000)).toEqual({ px: 4, capped: false });
  expect(barLength(27310, 48316)).toEqual({ px: 46, capped: true });
  expect(barLength(0, 100)).toEqual({ px: 0, capped: false });
  expect(barLength(5, null).px).toBe(46);
});
