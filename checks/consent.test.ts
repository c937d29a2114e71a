import { expect, test } from "vitest";
import { audienceId } from "../core/model.ts";
import {
  AUDIENCE,
  CONFIG,
  comparison,
  figures,
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

const base = [reading(1, "news", { audience: null, size: 900 })];

test("a conflict within an audience always fires; a suppressed member only where no suppression list tells it", () => {
  const comparisons = [comparison(1, { news: { mailableOptedOut: 7, consentConflict: 2 } })];
  const people = (audiences: (typeof CONFIG)["audiences"], baseHistory = base) => {
    const o = consentViolation.run(
      inputOf({ history, comparisons, baseHistory, config: { ...CONFIG, audiences } }),
    );
    return o.status === "fail" ? o.findings[0].people : o.status;
  };
  expect(people([AUDIENCE])).toBe(2);
  expect(people([AUDIENCE, dnc])).toBe(2);
  expect(people([AUDIENCE, { ...dnc, segments: [] }])).toBe(9);
  expect(people([AUDIENCE, dnc], [])).toBe(9);
});

const second = { ...dnc, id: audienceId("complaints"), segments: [] };
const kept = (mailable: number) => ({ of: 50, here: 20, mailable, settled: 0 });

test("one list that is told elsewhere does not hide another that is not", () => {
  const run = (keptOut: Record<string, ReturnType<typeof kept>>, mailableOptedOut: number) =>
    consentViolation.run(
      inputOf({
        history,
        comparisons: [
          {
            ...comparison(1, { news: { mailableOptedOut } }),
            people: { news: figures({ keptOut }) },
          },
        ],
        baseHistory: base,
        config: { ...CONFIG, audiences: [AUDIENCE, dnc, second] },
      }),
    );
  const found = run({ dnc: kept(7), complaints: kept(3) }, 8);
  expect(found.status === "fail" && found.findings[0].people).toBe(3);
  expect(run({ dnc: kept(7), complaints: kept(0) }, 7)).toEqual({ status: "pass" });
  // a list whose owner was not read leaves it open, it does not pass
  expect(run({ dnc: kept(7) }, 7)).toEqual({ status: "skip", because: "owner_partial" });
});

test("who opted out in another system only, with a date, is a leak too", () => {
  const run = (
    optedOutElsewhere: { people: number; undated: number } | null,
    mailableOptedOut: number | null,
  ) =>
    suppressionLeak.run(
      inputOf({
        audience: dnc,
        history,
        comparisons: [
          {
            ...comparison(1, { news: { mailableOptedOut } }),
            people: { news: figures({ optedOutElsewhere }) },
          },
        ],
      }),
    );
  const said = (o: ReturnType<typeof run>) =>
    o.status === "fail" ? [o.findings[0].people, o.findings[0].moved] : o;
  expect(said(run({ people: 3, undated: 900 }, 0))).toEqual([
    3,
    "3 people opted out in another system, are not on Do not contact and can be mailed from Newsletter. Normal is 0.",
  ]);
  expect(said(run({ people: 1, undated: 0 }, 20))).toEqual([
    21,
    "20 opted-out people on Do not contact can be mailed from Newsletter; 1 more opted out in another system, is not on Do not contact and can be mailed from Newsletter. Normal is 0.",
  ]);
  expect(run({ people: 0, undated: 900 }, 0)).toEqual({ status: "pass" });
  expect(run({ people: 2, undated: 0 }, null)).toMatchObject({ status: "fail" });
  expect(run(null, null)).toEqual({ status: "skip", because: "not_readable" });
});
