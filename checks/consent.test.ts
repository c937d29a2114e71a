import { expect, test } from "vitest";
import {
  AUDIENCE,
  CONFIG,
  comparison,
  inputOf,
  reading,
  SUPPRESSION,
} from "../test/property/checks-input.ts";
import { consentViolation } from "./consent-violation.ts";
import { suppressionLeak } from "./suppression-leak.ts";

const dnc = { ...SUPPRESSION, segments: AUDIENCE.segments };
const calendar = [
  {
    name: "Autumn drop",
    system: CONFIG.systems[2]!.id,
    audience: AUDIENCE.id,
    at: "2026-09-02T08:00:00.000Z",
    cron: null,
  },
];
const history = [reading(0, "news", { size: 100 }), reading(1, "news", { size: 100 })];

test("one opted-out person who can be mailed is enough, and is urgent", () => {
  const comparisons = [comparison(0, { news: {} }), comparison(1, { news: { mailableOptedOut: 1204 } })];
  const outcome = suppressionLeak.run(
    inputOf({
      audience: dnc,
      history,
      comparisons,
      config: { ...CONFIG, audiences: [AUDIENCE, dnc], calendar },
    }),
  );
  if (outcome.status !== "fail") throw new Error("expected a finding");
  expect(outcome.findings[0]).toMatchObject({
    severity: "act",
    repair: "consent",
    people: 1204,
    title: "1,204 opted-out people can be mailed from Newsletter",
    moved:
      "1,204 opted-out people on Do not contact can be mailed from Newsletter, up from 0 at Tue 06:00 CEST. Normal is 0.",
    means:
      "1,204 opted-out people may get mail that they refused; “Autumn drop” is the next send, today 10:00 CEST.",
  });
  expect(outcome.findings[0].todo[0]).toBe("Suppress 1,204 people in Newsletter");
  const one = suppressionLeak.run(
    inputOf({ audience: dnc, history, comparisons: [comparison(1, { news: { mailableOptedOut: 1 } })] }),
  );
  expect(one.status === "fail" && one.findings[0].title).toBe(
    "1 opted-out person can be mailed from Newsletter",
  );
});

test("nobody, not known, and not applicable are three answers", () => {
  const run = (mailableOptedOut: number | null) =>
    suppressionLeak.run(
      inputOf({ audience: dnc, history, comparisons: [comparison(1, { news: { mailableOptedOut } })] }),
    );
  expect(run(0)).toEqual({ status: "pass" });
  expect(run(null)).toEqual({ status: "skip", because: "not_readable" });
  expect(suppressionLeak.run(inputOf({ history, comparisons: [] }))).toEqual({
    status: "skip",
    because: "not_configured",
  });
  expect(
    suppressionLeak.run(inputOf({ audience: dnc, history: [reading(0, "news", { coverage: "partial" })] })),
  ).toEqual({ status: "skip", because: "partial" });
});

test("a conflict within an audience always fires; a suppressed member only where no suppression list tells it", () => {
  const comparisons = [comparison(1, { news: { mailableOptedOut: 7, consentConflict: 2 } })];
  const people = (audiences: (typeof CONFIG)["audiences"]) => {
    const o = consentViolation.run(inputOf({ history, comparisons, config: { ...CONFIG, audiences } }));
    return o.status === "fail" ? o.findings[0].people : o.status;
  };
  expect(people([AUDIENCE])).toBe(9);
  expect(people([AUDIENCE, dnc])).toBe(2);
});
