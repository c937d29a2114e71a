import type { Cause, CheckInput, Finding } from "../../core/finding.ts";
import { likelyCause } from "../cause.ts";
import { draftFinding } from "../draft-finding.ts";
import { comparedBefore } from "../readings.ts";
import { are, capital, count, peopleWho } from "./format.ts";
import { sendWords } from "./send.ts";
import { moment } from "./when.ts";

/** @param elsewhere people who opted out in another system and are not on the list */
export function suppressionLeakFinding(input: CheckInput, listed: number, elsewhere: number): Finding {
  const system = input.system.title;
  const people = listed + elsewhere;
  const who = peopleWho(people, "opted-out");
  return draftFinding(input, "suppression_leak", {
    severity: "act",
    title: `${who} can be mailed from ${system}`,
    moved: `${whoLeaks(input, listed, elsewhere)}. Normal is 0.`,
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
    maths: {
      "Opted out and mailable": listed,
      "Opted out in another system only, and mailable": elsewhere,
      "Fires from": 1,
    },
  });
}

function whoLeaks(input: CheckInput, listed: number, elsewhere: number): string {
  const { audience, system } = input;
  const here = `can be mailed from ${system.title}`;
  const on = `${peopleWho(listed, "opted-out")} on ${audience.title} ${here}${against(input)}`;
  if (elsewhere === 0) return on;
  const off = `opted out in another system, ${are(elsewhere)} not on ${audience.title} and ${here}`;
  return listed === 0
    ? `${count(elsewhere)} ${elsewhere === 1 ? "person" : "people"} ${off}`
    : `${on}; ${count(elsewhere)} more ${off}`;
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
