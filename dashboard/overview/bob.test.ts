import { expect, it } from "vitest";
import type { Cell } from "../../app/api/contract.ts";
import { lean } from "./bob.tsx";

const cell = (missing: number | null, extra: number | null): Cell => ({
  system: "k",
  mark: "fine",
  missing,
  extra,
  mailableOptedOut: null,
  size: null,
  asOf: null,
  because: null,
});

it("hangs right of the line when people are extra, left when they are missing, on it when they balance", () => {
  expect(lean([{ cell: cell(0, 27310), ownerSize: 48316 }])).toBe(26);
  expect(lean([{ cell: cell(431, 17), ownerSize: 48316 }])).toBe(-6);
  expect(lean([{ cell: cell(5, 5), ownerSize: 100 }])).toBe(0);
});

it("takes unknown as no weight", () => {
  expect(lean([{ cell: cell(null, null), ownerSize: null }])).toBe(0);
});
