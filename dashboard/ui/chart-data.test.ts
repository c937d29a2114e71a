import { describe, expect, it } from "vitest";
import type { Point } from "../../app/api/contract.ts";
import { extent, rowsOf, sharedScale, ticks } from "./chart-data.ts";

const point = (size: number | null, coverage: Point["coverage"] = "complete"): Point => ({
  at: "2026-11-24T05:04:00.000Z",
  size,
  coverage,
  low: null,
  high: null,
  flagged: false,
  ordinal: null,
});

describe("chart data", () => {
  it("never joins a partial reading to the line", () => {
    const [row] = rowsOf([point(7, "partial")]);
    expect(row).toMatchObject({ size: null, partial: 7, band: null });
  });

  it("keeps partial readings and unknowns out of the scale", () => {
    expect(extent([point(100), point(110), point(3, "partial"), point(null)])).toEqual([100, 110]);
    expect(extent([point(null)])).toBeNull();
  });

  it("shares a scale between neighbours and names the exception", () => {
    const { domains, own } = sharedScale(
      [
        { id: "w", points: [point(48000), point(48600)] },
        { id: "h", points: [point(47900)] },
        { id: "k", points: [point(48000), point(75584)] },
      ],
      "w",
    );
    expect(own).toEqual(["k"]);
    expect(domains.get("w")).toEqual(domains.get("h"));
    expect(domains.get("k")?.[1]).toBeGreaterThan(75584);
  });

  it("makes round ticks", () => {
    expect(ticks([47_010, 49_300], 3)).toEqual([48_000, 49_000]);
    expect(ticks([0, 5], 5)).toEqual([0, 1, 2, 3, 4, 5]);
  });
});
