import { type Instant, instant } from "../../core/model.ts";
import { clean } from "../clean.ts";
import { capital } from "../sentences.ts";
import { weekday } from "../when.ts";
import { changedOf } from "./changed.ts";
import { decisionsOf } from "./decisions.ts";
import { consentSection, totalExposure } from "./exposure.ts";
import { agreeingAt, blindSystems, nothingRead } from "./history.ts";
import type { Report, ReportInput } from "./model.ts";
import { comingOf, endedIn, fixedOf, noiseOf, scoreOf, trustOf } from "./sections.ts";
import { groupOf } from "./small-groups.ts";
import { verdictOf } from "./verdict.ts";

/** The weekly integrity report, in the order in which it is read. Pure: the same input makes the same report. */
export function buildReport(input: ReportInput): Report {
  const company = clean(input.company, 80);
  const { decisions, total, nearest } = decisionsOf(input);
  const top = topNumber(input);
  return {
    week: input.week.id,
    company,
    range: rangeOf(input),
    url: input.publicUrl,
    subject: `${company}, week ${weekNumber(input)}: ${top.sentence}`,
    preheader: `${capital(top.sentence)}. ${nothingRead(input) ? "Nothing was read" : `${agreement(input)} audiences agree`}.`,
    verdict: verdictOf(input),
    figures: figuresOf(input, top, total, nearest),
    decisions,
    decisionsTotal: total,
    changed: changedOf(input),
    fixed: fixedOf(input),
    consent: consentSection(input),
    score: scoreOf(input),
    trust: trustOf(input),
    noise: noiseOf(input),
    coming: comingOf(input),
    footer: footerOf(input),
  };
}

const weekNumber = (input: ReportInput): number => Number(input.week.id.slice(-2));
const agreement = (input: ReportInput): string =>
  nothingRead(input) ? "can’t tell" : `${agreeingAt(input, input.week.to)} of ${input.audiences.length}`;

function rangeOf({ week, timezone }: ReportInput): string {
  const last = instant(new Date(Date.parse(week.to) - 1));
  const long = (at: Instant, o: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat("en-GB", { ...o, timeZone: timezone }).format(new Date(at));
  const sameMonth = long(week.from, { month: "numeric" }) === long(last, { month: "numeric" });
  const first = long(week.from, sameMonth ? { day: "numeric" } : { day: "numeric", month: "long" });
  return `week ${Number(week.id.slice(-2))}, ${first} to ${long(last, { day: "numeric", month: "long", year: "numeric" })}`;
}

/** The number that decides whether anybody reads on. */
function topNumber(input: ReportInput): { value: string; sentence: string; note: string } {
  const e = totalExposure(input);
  const peak =
    e.peak === null || e.peakAt === null
      ? ""
      : e.peak === 0
        ? "none all week"
        : `peak ${groupOf(e.peak)}, ${weekday(e.peakAt, input.timezone)}`;
  if (e.end === null)
    return {
      value: "can’t tell",
      sentence: "can’t tell whether opted-out people can be mailed",
      note: e.atLeast > 0 ? `at least ${groupOf(e.atLeast)}` : peak,
    };
  if (e.end === 0) return { value: "0", sentence: "nobody can be mailed against their wish", note: peak };
  return { value: groupOf(e.end), sentence: `${groupOf(e.end)} opted-out people can be mailed`, note: peak };
}

function figuresOf(
  input: ReportInput,
  top: { value: string; note: string },
  decisions: number,
  nearest: string | null,
): Report["figures"] {
  const { week } = input;
  const before = instant(new Date(Date.parse(week.from) - 7 * 86_400_000));
  const fixed = endedIn(input.plans, week.from, week.to);
  const readBack = fixed.every((p) => p.ends !== null && p.ends.failed + p.ends.unknown === 0);
  const star = blindSystems(input).length > 0 && !nothingRead(input) ? "*" : "";
  return [
    { value: top.value, label: "mailable although opted out", note: top.note },
    {
      value: `${agreement(input)}${star}`,
      label: "audiences agree everywhere",
      note: `last week ${agreeingAt(input, week.from)} of ${input.audiences.length}`,
    },
    {
      value: String(fixed.length),
      label: fixed.length > 0 && readBack ? "repairs, all read back" : "repairs",
      note: `last week ${endedIn(input.plans, before, week.from).length}`,
    },
    {
      value: String(decisions),
      label: decisions === 1 ? "needs your decision" : "need your decision",
      note:
        nearest === null ? (decisions === 0 ? "nothing waits" : "no deadline known") : `first by ${nearest}`,
    },
  ];
}

function footerOf({ week, timezone }: ReportInput): string {
  const zone = zoneOf(week.to, timezone);
  const span = week.running ? "Seven days up to now." : "Week: Monday 00:00 to Sunday 24:00.";
  return `Times in ${zone}. ${span} Groups below 10 people read “fewer than 10”. * Not every read was complete. No personal data in this mail. To change or stop it: routes.mail in the configuration.`;
}

const zoneOf = (at: Instant, timezone: string): string =>
  new Intl.DateTimeFormat("en-GB", { timeZone: timezone, timeZoneName: "short" })
    .formatToParts(new Date(at))
    .find((p) => p.type === "timeZoneName")?.value ?? timezone;
