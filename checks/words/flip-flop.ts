import type { WriterJob } from "../../core/config.ts";
import type { Cause, CheckInput, Finding } from "../../core/finding.ts";
import { UNCLEAR, writersOf } from "../cause.ts";
import { draftFinding } from "../draft-finding.ts";
import { countOf, people } from "./format.ts";
import { sendWords } from "./send.ts";

export function flipFlopFinding(input: CheckInput, flipping: number, size: number): Finding {
  const duel = duelists(input);
  const system = input.system.title;
  return draftFinding(input, "flip_flop", {
    severity: "look",
    title: `${people(flipping)} flip in and out of ${input.audience.title} in ${system}`,
    moved: `${people(flipping)} left and came back at least 4 times in the last 16 complete reads (${countOf(flipping, size)} who are there now). Normal is none.`,
    means: `${people(flipping)} get what is meant for this audience, or not, by chance of timing; ${sendWords(input)}.`,
    cause: causeOf(duel),
    todo:
      duel === null
        ? [
            `Find out which jobs write ${input.audience.title} into ${system}, and leave the list to one of them`,
          ]
        : [
            `Leave ${input.audience.title} in ${system} to one of “${duel[0].name}” and “${duel[1].name}”`,
            "A repair made before that would be undone by them",
          ],
    people: flipping,
    observed: flipping,
    expected: { low: 0, high: 0 },
    maths: {
      "People who flip": flipping,
      "Changes needed to count": 4,
      "Reads looked at": 16,
      "Fires from": 20,
    },
  });
}

/** Two enabled jobs that write the same list, or the same attribute of it, in this system. */
function duelists(input: CheckInput): readonly [WriterJob, WriterJob] | null {
  const [first, second] = writersOf(input).filter((w) => w.enabled);
  if (first !== undefined && second !== undefined) return [first, second];
  const here = input.config.writers.filter((w) => w.enabled && w.to === input.system.id);
  for (const [i, a] of here.entries()) {
    for (const b of here.slice(i + 1)) {
      if (a.attributes.some((x) => b.attributes.includes(x))) return [a, b];
    }
  }
  return null;
}

function causeOf(duel: readonly [WriterJob, WriterJob] | null): Cause {
  if (duel === null) return UNCLEAR;
  return {
    certainty: "likely",
    text: `“${duel[0].name}” and “${duel[1].name}” both write it and overwrite each other`,
  };
}
