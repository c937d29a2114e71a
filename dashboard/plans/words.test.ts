import { describe, expect, it } from "vitest";
import { planDetail } from "../dev/plans.ts";
import { applyWords, endedOf, planVerdict } from "./words.ts";

const text = (detail: ReturnType<typeof planDetail>) =>
  planVerdict(detail)
    .map((part) => part.text)
    .join("");

describe("plan words", () => {
  it("names verb, count and system on the button", () => {
    expect(
      applyWords({ changes: 1204, ops: { suppress: 1204, remove: 0, add: 0, set: 0 } }, ["Klaviyo"]),
    ).toBe("Suppress 1,204 people in Klaviyo");
    expect(applyWords({ changes: 41, ops: { suppress: 3, remove: 38, add: 0, set: 0 } }, ["Ghost"])).toBe(
      "Apply 41 changes to Ghost",
    );
    expect(
      applyWords({ changes: 1, ops: { suppress: 0, remove: 0, add: 1, set: 0 } }, ["Klaviyo", "HubSpot"]),
    ).toBe("Apply 1 change to Klaviyo and HubSpot");
  });

  it("says what happened, with what did not", () => {
    const detail = planDetail(86);
    expect(text(detail)).toMatch(/^All 640 changes are in place\./);
    const counts = { ...detail.counts, applied: 600, already_so: 30, failed: 8, unknown: 2 };
    expect(text({ ...detail, counts })).toBe(
      "630 of 640 changes are in place. 8 failed and 2 unknown, needs a look.",
    );
    expect(endedOf(counts)).toBe(640);
  });

  it("never says that a stale plan wrote anything", () => {
    const detail = planDetail(88);
    expect(text({ ...detail, plan: { ...detail.plan, state: "stale" } })).toBe(
      "This plan is out of date. Nothing was written.",
    );
  });
});
