import type { CheckInput, Finding } from "../../core/finding.ts";
import type { Snapshot } from "../../core/model.ts";
import { likelyCause } from "../cause.ts";
import { draftFinding } from "../draft-finding.ts";
import { sendWords, titleOf } from "./send.ts";
import { duration } from "./when.ts";

export function latencyFinding(
  input: CheckInput,
  latest: Snapshot,
  pendingMs: number,
  budgetMs: number,
): Finding {
  const owner = titleOf(input, input.audience.owner);
  return draftFinding(input, "latency", {
    severity: "look",
    title: `${input.audience.title} reaches ${input.system.title} late`,
    moved: `The oldest change of ${owner} has waited ${duration(pendingMs)} to arrive in ${input.system.title}. Normal is at most ${duration(budgetMs)}.`,
    means: `People who joined or left at ${owner} are still treated as before; ${sendWords(input)}.`,
    cause: likelyCause(input, latest.takenAt, { fewer: true }),
    todo: [`Check the queue of the job that fills ${input.system.title}`],
    people: null,
    maths: {
      "Oldest waiting change, hours": Math.round(pendingMs / 360_000) / 10,
      "Budget, hours": budgetMs / 3_600_000,
    },
  });
}
