import { byUrgency } from "../../core/incident-order.ts";
import { clean } from "../clean.ts";
import { listed } from "../counts.ts";
import { capital } from "../sentences.ts";
import { weekday } from "../when.ts";
import { totalExposure } from "./exposure.ts";
import { agreeingAt, blindSystems, faultsAt, nothingRead } from "./history.ts";
import type { Part, ReportInput } from "./model.ts";
import { blurred, groupOf } from "./small-groups.ts";

const plain = (text: string): Part => ({ text, strong: false });
const strong = (text: string): Part => ({ text, strong: true });

/** Two sentences: can somebody be mailed against their wish, and do the audiences agree? */
export const verdictOf = (input: ReportInput): Part[] => [
  ...consentSentence(input),
  plain(" "),
  ...agreementSentence(input),
];

function consentSentence(input: ReportInput): Part[] {
  const e = totalExposure(input);
  const today = input.week.running ? "today" : "at the end of the week";
  if (input.exposure.length === 0)
    return [
      plain("Whether opted-out people can be mailed is "),
      strong("not known"),
      plain(": no sending system is compared with a list of them."),
    ];
  if (e.end === null) {
    const least = e.atLeast > 0 ? `; at least ${groupOf(e.atLeast)} could` : "";
    return [
      strong("Can’t tell"),
      plain(
        ` whether anybody can be mailed against their wish: ${listed(e.blind.map((b) => clean(b, 60)))} could not be compared${least}.`,
      ),
    ];
  }
  if (e.end > 0) {
    const peak =
      e.peak !== null && e.peakAt !== null && e.peak > e.end
        ? `; on ${weekday(e.peakAt, input.timezone)} it was ${groupOf(e.peak)}`
        : "";
    return [
      strong(`${capital(groupOf(e.end))} opted-out people`),
      plain(` can be mailed from ${listed(e.where.map((w) => clean(w, 60)))} ${today}${peak}.`),
    ];
  }
  if (e.peak === null || e.peak === 0 || e.peakAt === null)
    return [plain(`Nobody can be mailed against their wish ${today}, and nobody could all week.`)];
  return [
    plain(`Nobody can be mailed against their wish ${today}; on ${weekday(e.peakAt, input.timezone)} `),
    strong(`${groupOf(e.peak)} opted-out people`),
    plain(" could."),
  ];
}

function agreementSentence(input: ReportInput): Part[] {
  if (nothingRead(input))
    return [strong("Nothing was read"), plain(" in this week, so whether the audiences agree is not known.")];
  const total = input.audiences.length;
  const agree = agreeingAt(input, input.week.to);
  const blind = blindSystems(input);
  const readable = blind.length === 0 ? "in every system" : "wherever we could look";
  // the sentence before has told of those who opted out; what only wants a look has its place below
  const worst = [...faultsAt(input, input.week.to)]
    .filter((i) => i.severity === "act" && i.finding.check !== "suppression_leak")
    .sort(byUrgency)[0];
  const but = worst === undefined ? "" : `; ${lead(blurred(clean(worst.finding.title, 160)))}`;
  const blindness = blind.length === 0 ? "" : `; ${listed(blind.map((b) => clean(b, 60)))} can’t be checked`;
  const who =
    agree === total && blind.length === 0
      ? `All ${total} audiences agree`
      : `${agree} of ${total} audiences agree`;
  return [strong(who), plain(` ${readable}${but}${blindness}.`)];
}

/** Inside a sentence; names of audiences keep their capital. */
const lead = (s: string): string => s.replace(/^Fewer than/, "fewer than");
