import type { OverSuppressed } from "../../core/comparison.ts";
import type { CheckInput, Finding } from "../../core/finding.ts";
import { UNCLEAR } from "../cause.ts";
import { draftFinding } from "../draft-finding.ts";
import { are, capital, people } from "./format.ts";
import { titleOf } from "./send.ts";

export function overSuppressionFinding(input: CheckInput, over: OverSuppressed): Finding {
  const { audience, system } = input;
  const owner = titleOf(input, audience.owner);
  const who = people(over.newer);
  const held = `${are(over.newer)} held back in ${system.title}`;
  return draftFinding(input, "over_suppression", {
    severity: "look",
    title: `${who} ${held} although they subscribed again`,
    moved: `${who} ${held} by an opt-out that is older than the yes that they gave themselves, by ${owner}. Normal is 0.`,
    means: `${capital(who)} asked for mail and ${over.newer === 1 ? "gets" : "get"} none from ${system.title}. Plumbline lifts no opt-out: whether to do so is for people to decide.`,
    cause: UNCLEAR,
    todo: [
      `Look at how these people said yes in ${owner}, and keep the proof`,
      `Where it holds, let them confirm it to ${system.title} themselves, by its own form`,
      "Leave everybody else as they are",
    ],
    people: over.newer,
    observed: over.newer,
    expected: { low: 0, high: 0 },
    repair: null,
    maths: {
      "Newer yes of their own": over.newer,
      "Yes by import or API, or older": over.notCounting,
      "Yes without a time or a way": over.undated,
    },
  });
}
