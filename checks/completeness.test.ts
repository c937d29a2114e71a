import { describe, expect, test } from "vitest";
import { AUDIENCE, inputOf, reading } from "../test/property/checks-input.ts";
import { completeness } from "./completeness.ts";

const audience = { ...AUDIENCE, requiredAttributes: ["plan", "country", "name"] };
/** Of 10,000 people, so many have each attribute and so many have all. */
const day = (d: number, each: number, all: number | null) =>
  reading(d, "crm", {
    size: 10_000,
    metrics: all === null ? {} : { complete_all: all },
    attributes: Object.fromEntries(
      audience.requiredAttributes.map((a) => [a, { valid: each, null: 10_000 - each }]),
    ),
  });
const run = (each: number, all: number | null, before: number | null = 9700) =>
  completeness.run(
    inputOf({
      audience,
      history: [
        ...Array.from({ length: 8 }, (_, d) =>
          day(d, 9900 + (d % 3), before === null ? null : before + (d % 3)),
        ),
        day(8, each, all),
      ],
    }),
  );

describe("completeness, strictly: all required attributes at once", () => {
  test("each attribute lost 2 %, but the people are others each time", () => {
    const outcome = run(9700, 9100);
    expect(outcome.status === "fail" && outcome.findings).toMatchObject([
      {
        subject: "all required",
        people: 601,
        observed: 9100,
        title: "601 people of Active customers in CRM no longer have everything they need",
        moved:
          "9,100 of 10,000 (91 %) people have a valid value in each of plan, country, name. Normal is about 9,701.",
      },
    ]);
  });
  test("what single attributes explain is told by them alone", () => {
    const outcome = run(9300, 9100);
    expect(outcome.status === "fail" && outcome.findings.map((f) => f.subject)).toEqual([
      "plan",
      "country",
      "name",
    ]);
  });
  test("a small dip passes, and so does a system that never had all of them", () => {
    expect(run(9880, 9600).status).toBe("pass");
    expect(run(9900, 0, 0).status).toBe("pass");
  });
  test("a reading from before it was counted is judged by its attributes", () => {
    expect(run(9900, null, null).status).toBe("pass");
    expect(run(9900, 5000, null).status).toBe("pass");
  });
});
