import { expect, it } from "vitest";
import { reportSample } from "../../test/golden/report-sample.ts";
import { decisionsOf } from "./decisions.ts";

it("asks to look at suppressions that one person carried out alone, until somebody did", () => {
  const [plan] = reportSample().plans;
  if (plan === undefined) throw new Error("the sample has a plan");
  const done = {
    ...plan,
    state: "done" as const,
    author: "Ana",
    audienceTitle: "Trial",
    systems: ["Klaviyo"],
  };
  const asked = (toReview: number) =>
    decisionsOf({ ...reportSample(), incidents: [], plans: [{ ...done, toReview }] }).decisions;
  expect(asked(1204)).toMatchObject([
    {
      question: `Was PL-${plan.id} for Trial right?`,
      text: "Ana alone suppressed 1,204 people in Klaviyo.",
      button: `Look at PL-${plan.id}`,
    },
  ]);
  expect(asked(3)[0]?.text).toBe("Ana alone suppressed fewer than 10 people in Klaviyo.");
  expect(asked(0)).toEqual([]);
});
