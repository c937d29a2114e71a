import type { SystemDifference } from "../../core/comparison.ts";
import type { CheckInput, Finding } from "../../core/finding.ts";
import { UNCLEAR } from "../cause.ts";
import { draftFinding } from "../draft-finding.ts";
import type { Stuck } from "../waiting.ts";
import { are, capital, people } from "./format.ts";
import { sendWords, titleOf } from "./send.ts";
import { duration } from "./when.ts";

export function stuckFinding(
  input: CheckInput,
  stuck: Stuck,
  budgetMs: number,
  here: SystemDifference,
): Finding {
  const owner = titleOf(input, input.audience.owner);
  const system = input.system.title;
  const total = stuck.arriving + stuck.leaving;
  const directions = [
    ...(stuck.arriving > 0
      ? [`${people(stuck.arriving)} of ${owner} ${are(stuck.arriving)} still not in ${system}`]
      : []),
    ...(stuck.leaving > 0
      ? [`${people(stuck.leaving)} ${are(stuck.leaving)} still in ${system} without reason`]
      : []),
  ];
  const effects = [
    ...(stuck.arriving > 0 ? [`${people(stuck.arriving)} would be left out`] : []),
    ...(stuck.leaving > 0
      ? [`${people(stuck.leaving)} may be addressed who do not belong here any more`]
      : []),
  ];
  return draftFinding(input, "stuck_members", {
    severity: "look",
    title: `${people(total)} ${are(total)} stuck on the way of ${input.audience.title} to ${system}`,
    moved: `${capital(directions.join(", and "))} after ${stuck.reads} reads or more and at least ${duration(stuck.waitedMs)}, while the list as a whole is in time. Normal is at most ${duration(budgetMs)}.`,
    means: `${capital(effects.join(", and "))}; ${sendWords(input)}.`,
    cause: UNCLEAR,
    todo: [
      `Look up these people in the refused rows of the job that fills ${system}: an invalid value, a blocked or merged record`,
      "A run of the sync that sends only changes will not try them again: resync them, or draft a repair",
    ],
    people: total,
    observed: here.size,
    repair: input.audience.repair === "off" ? null : "membership",
    maths: {
      "Waiting to arrive": stuck.arriving,
      "Waiting to leave": stuck.leaving,
      "Reads in a row, at least": stuck.reads,
      "Hours, at least": Math.round(stuck.waitedMs / 3_600_000),
      "Budget, hours": budgetMs / 3_600_000,
    },
  });
}
