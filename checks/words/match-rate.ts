import type { CheckInput, Finding } from "../../core/finding.ts";
import { likelyCause } from "../cause.ts";
import { draftFinding } from "../draft-finding.ts";
import type { Share, ShareJudgement } from "../stats/proportion.ts";
import { capital, count, countOf, people, percent } from "./format.ts";
import { sendWords, titleOf } from "./send.ts";

export function matchRateFinding(
  input: CheckInput,
  now: Share,
  judged: ShareJudgement,
  lost: number,
): Finding {
  const owner = titleOf(input, input.audience.owner);
  const system = input.system.title;
  const usual = Math.round(judged.usual * now.whole);
  return draftFinding(input, "match_rate", {
    severity: "look",
    title: `${people(lost)} of ${input.audience.title} can no longer be found in ${system}`,
    moved: `${capital(countOf(now.part, now.whole))} people of ${owner} exist in ${system}; usually it is about ${count(usual)}.`,
    means: `${capital(people(lost))} cannot be reached there; ${sendWords(input)}.`,
    cause: likelyCause(input, input.history.at(-1)?.takenAt ?? input.now, { fewer: true }),
    todo: [
      `Check whether ${system} rejected, merged or deleted records`,
      "Check whether the identifiers that are sent there have changed",
      "The next complete read closes this by itself",
    ],
    people: lost,
    observed: now.part,
    expected: { low: usual, high: now.whole },
    maths: {
      Found: now.part,
      Of: now.whole,
      "Usual share": percent(judged.usual),
      "Share now": percent(judged.share),
      "Distance in standard deviations": Math.round(Math.abs(judged.z) * 10) / 10,
    },
  });
}
