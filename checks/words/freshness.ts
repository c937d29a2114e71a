import type { Cause, CheckInput, Finding } from "../../core/finding.ts";
import type { Snapshot } from "../../core/model.ts";
import { UNCLEAR, writersOf } from "../cause.ts";
import { draftFinding } from "../draft-finding.ts";
import { metric } from "../readings.ts";
import { touchesSend, urgentIf } from "../severity.ts";
import { endOf, failedRun, overdueRun } from "../sync-runs.ts";
import { people } from "./format.ts";
import { sendWords } from "./send.ts";
import { duration, moment } from "./when.ts";

export function staleFinding(
  input: CheckInput,
  latest: Snapshot,
  ageMs: number,
  budgetHours: number,
): Finding {
  const { title } = input.audience;
  const system = input.system.title;
  const size = metric(latest, "size");
  return draftFinding(input, "freshness", {
    severity: urgentIf(touchesSend(input)),
    title: `${title} is stale in ${system}`,
    moved: `${title} in ${system} shows ${moment(latest.asOf, input.now, input.config.timezone)}, ${duration(ageMs)} ago. Normal is at most ${duration(budgetHours * 3_600_000)}.`,
    means: `Who joined or left since then is not in ${size === null ? "it" : `this list of ${people(size)}`}; ${sendWords(input)}.`,
    cause: causeOf(input, latest),
    todo: [
      `Find out why ${system} was not renewed: an export or a sync that stopped`,
      "Run it again; the next complete read closes this by itself",
    ],
    people: null,
    maths: { "Age in hours": Math.round(ageMs / 3_600_000), "Allowed hours": Math.round(budgetHours) },
  });
}

function causeOf(input: CheckInput, latest: Snapshot): Cause {
  const writers = writersOf(input);
  const troubled =
    failedRun(input, writers, latest.asOf, latest.takenAt) ?? overdueRun(input, writers, latest.takenAt);
  if (troubled !== null) return troubled;
  const off = writers.find((w) => !w.enabled);
  if (off !== undefined && writers.every((w) => !w.enabled))
    return { certainty: "likely", text: `the sync “${off.name}” is switched off` };
  const on = writers.find((w) => w.enabled && w.schedule !== null);
  if (on === undefined) return UNCLEAR;
  const ran = input.syncRuns.findLast(
    (r) => r.job === on.name && r.state === "succeeded" && endOf(r) > latest.asOf,
  );
  return {
    certainty: "likely",
    text:
      ran === undefined
        ? `the sync “${on.name}” has not run since`
        : `the sync “${on.name}” says that it succeeded at ${moment(endOf(ran), input.now, input.config.timezone)}, but nothing of it arrived`,
  };
}
