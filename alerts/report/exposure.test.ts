import { expect, test } from "vitest";
import type { Incident } from "../../core/finding.ts";
import type { Instant } from "../../core/model.ts";
import { consentSection } from "./exposure.ts";
import type { ReportInput } from "./model.ts";

const at = (day: number) => `2026-11-${day}T06:00:00.000Z` as Instant;
const incident = (id: number, sends: number, lastSeen = 25): Incident =>
  ({
    id,
    lastSeenAt: at(lastSeen),
    finding: { check: "consent_exposure", maths: { "Sends since": sends } },
  }) as unknown as Incident;

const noteOf = (incidents: readonly Incident[], people = 12) =>
  consentSection({
    timezone: "UTC",
    week: { from: at(23), to: at(30), running: false },
    exposure: [{ systemTitle: "Klaviyo", points: [{ at: at(24), people }] }],
    incidents,
  } as unknown as ReportInput).note;

test("the report says of mail to opted-out people what the incidents know, and no more", () => {
  expect(noteOf([])).toBe("Whether mail went to them is not known: no system told Plumbline what it sent.");
  expect(noteOf([incident(7, 0)])).toBe("No send is known to have gone to them.");
  expect(noteOf([incident(7, 0), incident(8, 2)])).toBe(
    "Mail went to some of them, or may have: INC-8 says which.",
  );
  // of another week
  expect(noteOf([incident(8, 2, 10)])).toContain("is not known");
  expect(noteOf([incident(8, 2)], 0)).toContain("Nobody who opted out");
});
