import type { Cause, CheckInput, Finding } from "../../core/finding.ts";
import { likelyCause } from "../cause.ts";
import { draftFinding } from "../draft-finding.ts";
import { comparedBefore } from "../readings.ts";
import { are, capital, count, peopleWho } from "./format.ts";
import { sendWords } from "./send.ts";
import { moment } from "./when.ts";

export function suppressionLeakFinding(input: CheckInput, people: number): Finding {
  const system = input.system.title;
  const who = peopleWho(people, "opted-out");
  return draftFinding(input, "suppression_leak", {
    severity: "act",
    title: `${who} can be mailed from ${system}`,
    moved: `${who} on ${input.audience.title} can be mailed from ${system}${against(input)}. Normal is 0.`,
    means: `${capital(who)} may get mail that they refused; ${sendWords(input)}.`,
    cause: causeOf(input),
    todo: [
      `Suppress ${count(people)} ${people === 1 ? "person" : "people"} in ${system}`,
      `Hold sends from ${system} until that is done`,
      "Confirm on the next complete read",
    ],
    people,
    observed: people,
    expected: { low: 0, high: 0 },
    repair: "consent",
    maths: { "Opted out and mailable": people, "Fires from": 1 },
  });
}

export function consentViolationFinding(
  input: CheckInput,
  people: number,
  parts: { suppressed: number | null; conflict: number | null },
): Finding {
  const system = input.system.title;
  const who = peopleWho(people, "opted-out");
  return draftFinding(input, "consent_violation", {
    severity: "act",
    title: `${who} ${are(people)} in ${input.audience.title} and can be mailed from ${system}`,
    moved: `${who} in ${input.audience.title} can be mailed from ${system}${against(input)}, while another system says that they opted out. Normal is 0.`,
    means: `${capital(who)} may get mail that they refused; ${sendWords(input)}.`,
    cause: causeOf(input),
    todo: [
      `Suppress ${count(people)} ${people === 1 ? "person" : "people"} in ${system}`,
      "Find out why the opt-out did not arrive there",
      "Confirm on the next complete read",
    ],
    people,
    observed: people,
    expected: { low: 0, high: 0 },
    repair: "consent",
    maths: {
      "On a suppression list": parts.suppressed,
      "Opted out in another system of this audience": parts.conflict,
      "Fires from": 1,
    },
  });
}

/** ", up from 0 Mon 06:04 CET": against the comparison before this one. */
function against(input: CheckInput): string {
  const [before, now] = comparedBefore(input).slice(-2);
  if (before === undefined || now === undefined) return "";
  const was = leaked(before.here);
  const is = leaked(now.here);
  if (was === null || is === null || was === is) return "";
  return `, ${is > was ? "up" : "down"} from ${count(was)} at ${moment(before.comparison.asOf, input.now, input.config.timezone)}`;
}

const leaked = (d: { mailableOptedOut: number | null; consentConflict: number | null }) =>
  d.mailableOptedOut === null ? d.consentConflict : d.mailableOptedOut + (d.consentConflict ?? 0);

/** What changed before the first comparison of the present run of leaks. */
function causeOf(input: CheckInput): Cause {
  let since = input.now;
  for (const { comparison, here } of comparedBefore(input).reverse()) {
    if ((leaked(here) ?? 0) === 0) break;
    since = comparison.asOf;
  }
  return likelyCause(input, since);
}
