import type { CheckInput, Finding } from "../../core/finding.ts";
import type { Snapshot } from "../../core/model.ts";
import { likelyCause } from "../cause.ts";
import { alike, draftFinding } from "../draft-finding.ts";
import { metric } from "../readings.ts";
import type { ShareJudgement } from "../stats/proportion.ts";
import { capital, count, countOf } from "./format.ts";
import { sendWords } from "./send.ts";

export function duplicatesFinding(
  input: CheckInput,
  latest: Snapshot,
  part: number,
  whole: number,
  judged: ShareJudgement | null,
): Finding {
  const usual = judged === null ? null : Math.round(judged.usual * whole);
  const records = part === 1 ? "1 duplicate record" : `${count(part)} duplicate records`;
  return draftFinding(input, "duplicates", {
    severity: "look",
    title: `${records} in ${input.audience.title} in ${input.system.title}`,
    moved: `${capital(countOf(part, whole))} records repeat a person who is already there.${usual === null ? "" : ` Normal is about ${count(usual)}.`}`,
    means: `The same person may get the same mail twice, and counts are too high by ${count(part)}; ${sendWords(input)}.`,
    cause: likelyCause(input, latest.takenAt, { moved: true }),
    todo: [
      `Merge the doubles in ${input.system.title}; addresses that differ only in capitals or spaces are the usual kind`,
      "Check whether an import created instead of updated",
    ],
    people: part,
    alike: alike("", " has too many duplicate records", " have too many duplicate records"),
    observed: part,
    expected: usual === null ? null : { low: 0, high: usual },
    maths: {
      Records: whole,
      Persons: metric(latest, "size"),
      Duplicates: part,
      Usual: usual,
      "Score (1 is an alarm)": judged === null ? null : Math.round(judged.score * 10) / 10,
    },
  });
}
