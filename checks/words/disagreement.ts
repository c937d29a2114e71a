import type { SystemDifference } from "../../core/comparison.ts";
import type { CheckInput, Finding } from "../../core/finding.ts";
import { withPeople } from "../attributed-cause.ts";
import { likelyCause, staleCause, writersOf } from "../cause.ts";
import { draftFinding } from "../draft-finding.ts";
import { funnelOf } from "../funnel-counts.ts";
import { comparedBefore } from "../readings.ts";
import { touchesSend, urgentIf } from "../severity.ts";
import { are, capital, count, countOf, people } from "./format.ts";
import { sendWords, titleOf } from "./send.ts";
import { moment } from "./when.ts";

/** Fewer people without an explanation are not worth a look into another tool's log. */
const UNEXPLAINED = 25;

export type Differences = { readonly missing: number; readonly extra: number };

/** What the first comparison found. `known`: told before, so that it only updates its incident. */
export function backlogFinding(
  input: CheckInput,
  d: Differences,
  here: SystemDifference,
  known: boolean,
): Finding {
  return draftFinding(input, "disagreement", {
    ...differing(input, d, here),
    subject: "backlog",
    backlog: true,
    ...(known ? { known: true } : {}),
    severity: "look",
    moved: `${capital(differences(d))} compared with ${owner(input)}: found by the first comparison, so how long they have differed is not known.`,
    cause: staleCause(input) ?? { certainty: "unclear", text: null },
  });
}

/** More differs than the first comparison found. */
export function grownFinding(
  input: CheckInput,
  grown: Differences,
  settled: Differences,
  here: SystemDifference,
): Finding {
  const since = sinceWhen(input);
  const finding = draftFinding(input, "disagreement", {
    ...differing(input, grown, here),
    severity: urgentIf(touchesSend(input) && grown.extra >= here.size * 0.05),
    moved: `${capital(differences(grown))} compared with ${owner(input)}, in at least two reads${since === null ? "" : `, since ${moment(since, input.now, input.config.timezone)}`}. Normal is none for longer than ${input.audience.latencyBudgetHours} hours.`,
    cause:
      staleCause(input) ?? likelyCause(input, since ?? input.now, { fewer: grown.missing > grown.extra }),
    maths: {
      "Missing, seen twice": settled.missing,
      "Extra, seen twice": settled.extra,
      "Missing when first compared": input.backlog?.missing ?? 0,
      "Extra when first compared": input.backlog?.extra ?? 0,
      "Expected here": here.expected,
      Here: here.size,
    },
  });
  const fewer = grown.missing > grown.extra;
  return withPeople(input, finding, {
    way: fewer ? "left" : "came",
    people: fewer ? grown.missing : grown.extra,
    differing: true,
  });
}

function differing(input: CheckInput, d: Differences, here: SystemDifference) {
  const { audience, system } = input;
  const total = d.missing + d.extra;
  return {
    title: titleFor(input, d),
    means: meaning(input, d, here),
    todo: [
      ...unexplained(input),
      ...(writersOf(input).some((w) => w.enabled)
        ? [`Run the sync that fills ${system.title} again; it would undo a repair made here`]
        : []),
      "Draft a repair and review who would change",
      "The next complete read closes this by itself",
    ],
    people: total,
    observed: here.size,
    expected: here.expected === null ? null : { low: here.expected, high: here.expected },
    repair: audience.repair === "off" ? null : ("membership" as const),
    maths: { Missing: d.missing, Extra: d.extra, "Expected here": here.expected, Here: here.size },
  };
}

/** A job that says it refused few or none of them will not bring them by running again. */
function unexplained(input: CheckInput): string[] {
  const counts = funnelOf(input);
  if (counts?.residual == null || counts.rejected === null || counts.residual < UNEXPLAINED) return [];
  const refused = counts.rejected === 0 ? "none" : `only ${count(counts.rejected)}`;
  return [
    `The sync says that it refused ${refused} of them: look in the import log of ${input.system.title} for records that it dropped or merged`,
  ];
}

function titleFor(input: CheckInput, d: Differences): string {
  const list = `${input.audience.title} in ${input.system.title}`;
  if (d.extra === 0) return `${people(d.missing)} ${are(d.missing)} missing from ${list}`;
  if (d.missing === 0) return `${people(d.extra)} too many ${are(d.extra)} in ${list}`;
  return `${list} differs from ${owner(input)} by ${people(d.missing + d.extra)}`;
}

function differences(d: Differences): string {
  if (d.extra === 0) return `${people(d.missing)} ${are(d.missing)} missing`;
  if (d.missing === 0) return `${people(d.extra)} ${are(d.extra)} extra`;
  return `${people(d.missing)} ${are(d.missing)} missing and ${count(d.extra)} ${are(d.extra)} extra`;
}

function meaning(input: CheckInput, d: Differences, here: SystemDifference): string {
  const guard = input.audience.purpose === "suppression" || input.audience.purpose === "ineligible";
  const parts: string[] = [];
  if (d.missing > 0) {
    const who =
      here.expected === null || here.expected < d.missing
        ? people(d.missing)
        : `${countOf(d.missing, here.expected)} people`;
    parts.push(guard ? `${who} are not kept out of sends by this list` : `${who} would be left out`);
  }
  if (d.extra > 0)
    parts.push(
      guard
        ? `${people(d.extra)} are kept out without need`
        : `${people(d.extra)} may be addressed who do not belong here`,
    );
  return `${capital(parts.join(" and "))}; ${sendWords(input)}.`;
}

const owner = (input: CheckInput): string => titleOf(input, input.audience.owner);

/** The last comparison in which nothing beyond the backlog was settled yet, plus one. */
function sinceWhen(input: CheckInput) {
  const known = input.backlog ?? { missing: 0, extra: 0 };
  let since = null;
  for (const { comparison, here } of comparedBefore(input).reverse()) {
    if ((here.settledMissing ?? 0) <= known.missing && here.settledExtra <= known.extra) break;
    since = comparison.asOf;
  }
  return since;
}
