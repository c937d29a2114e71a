import type { KeptOut } from "../../core/comparison.ts";
import type { Audience } from "../../core/config.ts";
import type { CheckInput, Finding } from "../../core/finding.ts";
import { likelyCause, staleCause, writersOf } from "../cause.ts";
import { draftFinding } from "../draft-finding.ts";
import { touchesSend, urgentIf } from "../severity.ts";
import { are, capital, count, people } from "./format.ts";
import { sendWords } from "./send.ts";

export function ineligibleFinding(input: CheckInput, list: Audience, kept: KeptOut): Finding {
  const { audience, system } = input;
  const who = people(kept.settled);
  const reached = kept.mailable ?? kept.here;
  return draftFinding(input, "ineligible", {
    subject: list.id,
    severity: urgentIf(touchesSend(input) && reached > 0),
    title: `${who} on ${list.title} ${are(kept.settled)} in ${audience.title} in ${system.title}`,
    moved: `${who} on ${list.title} ${are(kept.settled)} in ${audience.title} in ${system.title}, in at least two reads. Normal is 0.`,
    means: `${capital(mailed(kept))} promotional mail that is not meant for them; ${sendWords(input)}.`,
    cause: staleCause(input) ?? likelyCause(input, input.now),
    todo: [
      `Leave ${list.title} out of sends to ${audience.title} until this is clean`,
      ...(writersOf(input).some((w) => w.enabled)
        ? [`Correct the sync that fills ${system.title}: it does not leave them out`]
        : ["Draft a repair and review who would be taken out"]),
      "The next complete read closes this by itself",
    ],
    people: kept.settled,
    observed: kept.here,
    expected: { low: 0, high: 0 },
    repair: audience.repair === "off" ? null : "membership",
    maths: {
      "On the list": kept.of,
      "In this copy too": kept.here,
      "In two reads": kept.settled,
      "Of those here, mailable": kept.mailable,
    },
  });
}

function mailed(kept: KeptOut): string {
  if (kept.mailable === null) return `${people(kept.here)} may get`;
  if (kept.mailable === 0) return "none of them can be mailed now, and nobody would get";
  return `${count(kept.mailable)} of ${people(kept.here)} can be mailed now and may get`;
}
