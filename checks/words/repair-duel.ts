import type { CheckInput, Finding, OwnRepairs } from "../../core/finding.ts";
import { UNCLEAR, writersOf, writersOfField } from "../cause.ts";
import { draftFinding } from "../draft-finding.ts";
import { are, people as persons } from "./format.ts";
import { sendWords } from "./send.ts";

/** Somebody else undoes our repairs: who is known to write there, and what happens to these people now. */
export function repairDuelFinding(
  input: CheckInput,
  f: OwnRepairs["fought"][number],
  subject: string,
): Finding {
  const { differ, attribute } = f;
  const list = `${input.audience.title} in ${input.system.title}`;
  const what = attribute === null ? list : `${attribute} of ${list}`;
  const known = attribute === null ? writersOf(input) : writersOfField(input, attribute);
  const names = known.filter((w) => w.enabled).map((w) => `“${w.name}”`);
  const writers = names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
  const purpose = input.audience.purpose;
  const goesOn = attribute === null && (purpose === "suppression" || purpose === "ineligible");
  return draftFinding(input, "flip_flop", {
    subject,
    severity: "look",
    title: `Somebody else undoes the repair of ${what}`,
    moved: `${persons(differ)} had been repaired 3 times in 7 days and ${are(differ)} different again on this read. Normal is none.`,
    means: goesOn
      ? `This list keeps people from being contacted, so plans go on adding them; ${sendWords(input)}.`
      : `Plans leave them out for 7 days after their last repair, since they would not stay repaired; ${sendWords(input)}.`,
    cause:
      names.length === 0
        ? UNCLEAR
        : {
            certainty: "likely",
            text: `${writers} ${names.length === 1 ? "writes" : "write"} ${attribute === null ? "this list" : "this field"} too and ${names.length === 1 ? "puts" : "put"} these people back`,
          },
    todo: [
      names.length === 0
        ? `Find out which job or person writes ${what}`
        : `Correct what ${writers} ${names.length === 1 ? "is" : "are"} fed from, or switch that part off`,
      "Let one full run go by without a difference; then it closes by itself",
    ],
    people: differ,
    observed: differ,
    expected: { low: 0, high: 0 },
    maths: {
      "Repaired 3 times in 7 days": f.people,
      "Different again on this read": differ,
      "Known writers": names.length === 0 ? "none" : names.join(", "),
    },
  });
}
