import { expect, test } from "vitest";
import type { OverSuppressed } from "../core/comparison.ts";
import {
  AUDIENCE,
  comparison,
  figures,
  inputOf,
  reading,
  SUPPRESSION,
} from "../test/property/checks-input.ts";
import { overSuppression } from "./over-suppression.ts";

const dnc = { ...SUPPRESSION, segments: AUDIENCE.segments };
const run = (overSuppressed: Partial<OverSuppressed> | null, audience = dnc, system = "news") =>
  overSuppression.run(
    inputOf({
      audience,
      history: [reading(0, system, { size: 100 }), reading(1, system, { size: 100 })],
      comparisons: [
        {
          ...comparison(1, { [system]: {} }),
          people: {
            [system]: figures({
              overSuppressed:
                overSuppressed === null ? null : { newer: 0, notCounting: 0, undated: 0, ...overSuppressed },
            }),
          },
        },
      ],
    }),
  );

test("people with a newer yes of their own are told, for people to decide", () => {
  const o = run({ newer: 17, notCounting: 300, undated: 40 });
  if (o.status !== "fail") throw new Error(o.status);
  expect(o.findings[0]).toMatchObject({
    severity: "look",
    repair: null,
    people: 17,
    title: "17 people are held back in Newsletter although they subscribed again",
    moved:
      "17 people are held back in Newsletter by an opt-out that is older than the yes that they gave themselves, by CRM. Normal is 0.",
  });
  expect(o.findings[0].means).toContain("Plumbline lifts no opt-out");
});

test("a yes by import is none; one of which nothing is known leaves it open", () => {
  expect(run({ notCounting: 900 })).toEqual({ status: "pass" });
  expect(run({ newer: 4, undated: 4 })).toEqual({ status: "pass" });
  expect(run({ newer: 4, undated: 5 })).toEqual({ status: "skip", because: "not_collected" });
  expect(run(null)).toEqual({ status: "skip", because: "not_readable" });
});

test("only copies of a suppression list", () => {
  const not = { status: "skip", because: "not_configured" };
  expect(run({ newer: 99 }, dnc, "crm")).toEqual(not);
  expect(run({ newer: 99 }, { ...AUDIENCE, segments: AUDIENCE.segments } as typeof dnc)).toEqual(not);
});
