import type { KeptOut } from "../../core/comparison.ts";
import type { Audience } from "../../core/config.ts";
import type { CheckInput, Finding } from "../../core/finding.ts";
import { likelyCause, staleCause, UNCLEAR } from "../cause.ts";
import { draftFinding } from "../draft-finding.ts";
import { touchesSend, urgentIf } from "../severity.ts";
import type { SampleRatio } from "../stats/sample-ratio.ts";
import { are, count, countOf, people, percent } from "./format.ts";
import { sendWords } from "./send.ts";

export function leakageFinding(input: CheckInput, list: Audience, kept: KeptOut): Finding {
  const { audience, system } = input;
  const who = people(kept.settled);
  return draftFinding(input, "holdout", {
    subject: "leakage",
    severity: urgentIf(touchesSend(input)),
    title: `${who} held out of ${audience.title} ${are(kept.settled)} in its copy in ${system.title}`,
    moved: `${countOf(kept.settled, kept.of)} people of ${list.title} ${are(kept.settled)} in ${audience.title} in ${system.title}, in at least two reads. Normal is 0.`,
    means: `What they are held out to measure gets too small: they are treated like everybody else; ${sendWords(input)}.`,
    cause: staleCause(input) ?? likelyCause(input, input.now),
    todo: [
      `Take the people of ${list.title} out of ${audience.title} in ${system.title}`,
      "Leave whoever got a message out of the measurement, on both sides",
      "The next complete read closes this by itself",
    ],
    people: kept.settled,
    observed: kept.here,
    expected: { low: 0, high: 0 },
    repair: audience.repair === "off" ? null : "membership",
    maths: { "Held out": kept.of, "In this copy": kept.here, "In two reads": kept.settled },
  });
}

export function ratioFinding(
  input: CheckInput,
  list: Audience,
  r: SampleRatio & { readonly held: number; readonly treated: number; readonly planned: number },
): Finding {
  const all = r.held + r.treated;
  const planned = all * r.planned;
  const off = Math.abs(r.held - planned);
  return draftFinding(input, "holdout", {
    subject: "ratio",
    severity: "look",
    title: `${list.title} holds out ${percent(r.share)} of ${input.audience.title}, planned is ${percent(r.planned)}`,
    moved: `${countOf(r.held, all)} people are held out of ${input.audience.title}; planned are ${count(planned)} (${percent(r.planned)}).`,
    means: `${people(off)} too ${r.held > planned ? "many" : "few"} are held out, more than chance explains: whoever is missing on one side is no random pick, and a difference between the two sides says little.`,
    cause: UNCLEAR,
    todo: [
      "Do not read results of this holdout until the split is explained",
      "Look for people who left one side only: a filter, a bounce rule, a merge of duplicates",
      "Draw the holdout anew if they cannot be put back",
    ],
    people: Math.round(off),
    observed: r.held,
    expected: { low: Math.round(planned), high: Math.round(planned) },
    repair: null,
    maths: {
      "Held out": r.held,
      "Not held out": r.treated,
      "Planned share": r.planned,
      "Share now": Number(r.share.toFixed(5)),
      "Chi-square (1 degree of freedom)": Number(r.chiSquare.toFixed(2)),
    },
  });
}
