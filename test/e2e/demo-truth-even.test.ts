import { describe, expect, inject, it } from "vitest";
import { auditDemo, duelTold, halvedWrongly, missedOf, seedsFrom, unexplainedOf } from "./demo-audit.ts";

/** Every seed plants the same kinds of faults elsewhere. */
const SEEDS = seedsFrom(2);

describe("the demo company, eight weeks of daily audits", () => {
  it.each(SEEDS)(
    "seed %i: every planted fault is found, and nothing else",
    { timeout: 600_000 },
    async (seed) => {
      const run = await auditDemo({ seed, size: "1k", adminUrl: inject("embedded").adminUrl });
      expect(run.planted.length).toBeGreaterThanOrEqual(8);
      expect({ missed: missedOf(run), unexplained: unexplainedOf(run) }).toEqual({
        missed: [],
        unexplained: [],
      });
      expect(halvedWrongly(run)).toEqual([]);
      expect(duelTold(run)).toEqual({
        cause: expect.stringMatching(/(Marketing sync.*Lifecycle workflow|nightly.*Sales import)/i),
        writers: "two writers",
        replay: expect.stringMatching(
          /flips [\d,]+ a week → 0; final state differs for \d+ (people|person)$/,
        ),
      });
    },
  );

  it("without faults nothing is raised", { timeout: 600_000 }, async () => {
    const run = await auditDemo({
      seed: 3,
      size: "1k",
      adminUrl: inject("embedded").adminUrl,
      faults: false,
    });
    expect(run.raised.map((r) => `${r.day} ${r.incident.fingerprint}`)).toEqual([]);
  });
});
