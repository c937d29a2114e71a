import { expect, test } from "vitest";
import type { SystemDifference } from "../../../core/comparison.ts";
import type { SyncRun } from "../../../core/facts.ts";
import { systemId } from "../../../core/model.ts";
import { AUDIENCE, at, CONFIG, comparison, reading, WRITER } from "../../../test/property/checks-input.ts";
import { matchRatesOf } from "./match-rates.ts";
import type { SegmentView, World } from "./world.ts";

const config = { ...CONFIG, writers: [WRITER] };
const rates = (crm: Partial<SystemDifference>, runs: readonly SyncRun[] = [], system = "crm") => {
  const view = (id: string): SegmentView => {
    const latest = reading(3, id, { size: 5200, metrics: { records: 5300, invalid: 60, duplicates: 40 } });
    return {
      audience: AUDIENCE,
      system: CONFIG.systems.find((s) => s.id === id)!,
      isOwner: id === "warehouse",
      history: [latest],
      latest,
      latestComplete: latest,
      flagged: new Set(),
    };
  };
  const segments = ["warehouse", "crm"].map(view);
  const world: World = {
    now: new Date(at(3)),
    timezone: CONFIG.timezone,
    systems: CONFIG.systems,
    audiences: [AUDIENCE],
    segments,
    bases: new Map([[systemId("crm"), [reading(3, "crm", { size: 90_000 })]]]),
    comparisons: new Map([[AUDIENCE.id, [comparison(3, { warehouse: { size: 5200 }, crm })]]]),
    open: [],
  };
  return matchRatesOf(world, segments.find((s) => s.system.id === system)!, config, runs);
};
const run: SyncRun = {
  job: WRITER.name,
  id: "s1",
  state: "succeeded",
  startedAt: at(2.8),
  endedAt: at(2.9),
  rowsRead: 5300,
  rowsWritten: 4900,
  rowsFailed: 400,
  receivedAt: at(2.9),
};
const due = { expected: 5000, missing: 60, settledMissing: 40, matched: 5100, matchedDue: 4800 };

test("both rates, with what they are taken of", () => {
  expect(rates(due, [run])).toEqual({
    matched: 5100,
    base: 90_000,
    ofSource: { matched: 4800, of: 5080 },
    ofAccepted: { matched: 4800, of: 4900, quality: "estimated", settled: true },
  });
});

test("what is not known is null; an older comparison tells the rate as it was counted then", () => {
  expect(rates({ ...due, matched: null, matchedDue: null })).toMatchObject({
    ofSource: null,
    ofAccepted: null,
  });
  const { matchedDue: _, ...before } = due;
  expect(rates(before)).toMatchObject({ ofSource: { matched: 5100, of: 5200 } });
  expect(rates(due, [run], "warehouse")).toMatchObject({ ofSource: null, ofAccepted: null });
});
