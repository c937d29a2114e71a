import type { CheckInput, Finding } from "../../core/finding.ts";
import type { Snapshot } from "../../core/model.ts";
import { UNCLEAR } from "../cause.ts";
import { draftFinding } from "../draft-finding.ts";
import type { Balance, Funnel } from "../funnel-counts.ts";
import { capital, count, people } from "./format.ts";
import { sendWords, titleOf } from "./send.ts";
import { moment } from "./when.ts";

/** What a person needs to follow the sum. */
export const funnelMaths = (f: Funnel): Finding["maths"] => ({
  "Records of the owner": f.source,
  "Kept out on purpose": f.suppressed,
  "Without a usable identifier": f.invalid,
  "Duplicates there": f.duplicate,
  "Refused, by the word of the sync": f.rejected,
  "On their way": f.pending,
  Here: f.accepted,
  "Lost without a word": f.residual,
});

export function lossFinding(input: CheckInput, f: Funnel, lost: number): Finding {
  const owner = titleOf(input, input.audience.owner);
  const system = input.system.title;
  return draftFinding(input, "funnel", {
    subject: "loss",
    severity: "look",
    title: `${people(lost)} of ${input.audience.title} are lost between ${owner} and ${system}`,
    moved: `Of ${count(f.source)} records of ${owner}, ${count(f.accepted)} are in ${system}, ${count(f.suppressed)} are kept out on purpose, ${count(f.invalid + f.duplicate)} are unusable or duplicates, ${count(f.pending)} are on their way and ${count(f.rejected ?? 0)} were refused. Nothing explains the other ${count(lost)}; normal is none.`,
    means: `${capital(people(lost))} would be left out; ${sendWords(input)}.`,
    cause: UNCLEAR,
    todo: [
      `The sync says that it delivered them: look in the import log of ${system} for records that it dropped or merged`,
      "The next complete read closes this by itself",
    ],
    people: lost,
    observed: f.accepted,
    expected: { low: f.accepted + lost, high: f.accepted + lost },
    maths: funnelMaths(f),
  });
}

export function balanceFinding(input: CheckInput, latest: Snapshot, b: Balance): Finding {
  const off = Math.abs(b.counted - b.expected);
  return ourCounts(input, latest, "balance", off, {
    moved: `${people(b.counted)} were counted, but the reading before, with who joined and left since, makes ${count(b.expected)}.`,
    maths: { Counted: b.counted, "Before + joined − left": b.expected },
  });
}

export function recordsFinding(input: CheckInput, latest: Snapshot, b: Balance): Finding {
  const off = Math.abs(b.counted - b.expected);
  return ourCounts(input, latest, "records", off, {
    moved: `${count(b.counted)} records were read, but people, duplicates and unusable records make ${count(b.expected)}.`,
    maths: { Records: b.counted, "People + duplicates + unusable": b.expected },
  });
}

/** Our own counts contradict each other: not a fault of the list, and nothing that is said of it can be trusted. */
function ourCounts(
  input: CheckInput,
  latest: Snapshot,
  subject: string,
  off: number,
  more: Pick<Finding, "moved" | "maths">,
): Finding {
  const list = `${input.audience.title} in ${input.system.title}`;
  return draftFinding(input, "funnel", {
    subject,
    severity: "look",
    cantTell: true,
    title: `The counts of ${list} do not add up`,
    means: `The counts of this list, read ${moment(latest.takenAt, input.now, input.config.timezone)}, cannot be trusted until they do; ${sendWords(input)}.`,
    cause: UNCLEAR,
    todo: ["Read it again; if it stays so, report it with the log of this run"],
    people: null,
    observed: off,
    expected: { low: 0, high: 0 },
    ...more,
  });
}
