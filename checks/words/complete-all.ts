import type { CheckInput, Finding } from "../../core/finding.ts";
import { likelyCause } from "../cause.ts";
import { draftFinding } from "../draft-finding.ts";
import type { Fall } from "../share-fall.ts";
import type { Share } from "../stats/proportion.ts";
import { capital, count, countOf, people, percent } from "./format.ts";
import { sendWords } from "./send.ts";

export const ALL_REQUIRED = "all required";

/** Fewer members have everything; each attribute by itself lost too little to be told. */
export function allRequiredFinding(input: CheckInput, now: Share, { judged, people: lost }: Fall): Finding {
  const required = input.audience.requiredAttributes;
  const usual = Math.round(judged.usual * now.whole);
  return draftFinding(input, "completeness", {
    subject: ALL_REQUIRED,
    severity: "look",
    title: `${people(lost)} of ${input.audience.title} in ${input.system.title} no longer have everything they need`,
    moved: `${capital(countOf(now.part, now.whole))} people have a valid value in each of ${required.join(", ")}. Normal is about ${count(usual)}.`,
    means: `Each of these attributes lost only a little, but together ${people(lost)} lack at least one; ${sendWords(input)}.`,
    cause: likelyCause(input, input.history.at(-1)?.takenAt ?? input.now, { fewer: true }),
    todo: [
      `Look at who joined or changed lately in ${input.system.title}, and through which form or import`,
      "Restore the values at the source; the next complete read closes this by itself",
    ],
    people: lost,
    observed: now.part,
    expected: { low: usual, high: now.whole },
    maths: {
      "All required valid": now.part,
      Members: now.whole,
      "Usual share": percent(judged.usual),
      "Share now": percent(judged.share),
      "Score (1 is an alarm)": Math.round(Math.abs(judged.score) * 10) / 10,
    },
  });
}
