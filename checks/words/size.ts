import type { CheckInput, Finding } from "../../core/finding.ts";
import type { Snapshot } from "../../core/model.ts";
import { likelyCause } from "../cause.ts";
import { draftFinding } from "../draft-finding.ts";
import { touchesSend, urgentIf } from "../severity.ts";
import { instantOfDay, type SizeVerdict } from "../size-judgement.ts";
import { capital, count, people, percent } from "./format.ts";
import { sendWords, titleOf } from "./send.ts";
import { dateOf, moment } from "./when.ts";

type Of<K extends SizeVerdict["kind"]> = Extract<SizeVerdict, { kind: K }>;

/** From this share on a list counts as halved or swollen. */
const DRASTIC = 0.4;

export function jumpFinding(
  input: CheckInput,
  latest: Snapshot,
  before: Snapshot | undefined,
  v: Of<"jump">,
): Finding {
  return draftFinding(input, "size_anomaly", {
    ...jumped(input, latest, before, v.value, v.expected),
    moved: `${movedSince(input, before, v.value)} Normal for a ${v.band.label} is ${count(v.band.low)} to ${count(v.band.high)}.`,
    expected: { low: v.band.low, high: v.band.high },
    maths: {
      Expected: Math.round(v.expected),
      "Normal from": v.band.low,
      "Normal to": v.band.high,
      "Distance in robust standard deviations": round(v.score),
      "Fires above": 4,
      "Days learned from": v.band.forecast.days,
    },
  });
}

export function coarseFinding(
  input: CheckInput,
  latest: Snapshot,
  before: Snapshot | undefined,
  v: Of<"unlike_last">,
): Finding {
  return draftFinding(input, "size_anomaly", {
    ...jumped(input, latest, before, v.value, v.expected),
    moved: `${movedSince(input, before, v.value)} The last ${v.readings} reads found about ${count(v.expected)}; what is normal for each weekday is still being learned.`,
    maths: { "Median of the last reads": Math.round(v.expected), Reads: v.readings },
  });
}

export function driftFinding(input: CheckInput, v: Of<"drift">): Finding {
  const gone = v.value < v.expected;
  const off = Math.abs(v.value - v.expected);
  const since = instantOfDay(v.sinceDay);
  const against = v.againstOwner
    ? `against ${titleOf(input, input.audience.owner)}`
    : "against its own trend of four weeks";
  return draftFinding(input, "size_anomaly", {
    severity: urgentIf(touchesSend(input)),
    title: `${input.audience.title} is slowly ${gone ? "losing" : "gaining"} people in ${input.system.title}`,
    moved: `${people(v.value)}, ${count(off)} ${gone ? "fewer" : "more"} than expected (${count(v.expected)}), about ${percent(Math.abs(Math.expm1(v.perDay)))} a day since ${dateOf(since, input.config.timezone)} ${against}.`,
    means: meaning(input, gone, off),
    cause: likelyCause(input, since, { fewer: gone }),
    todo: [
      gone
        ? `Find out which filter or job takes people out of ${input.system.title}`
        : `Find out which job adds people to ${input.system.title}`,
      ...repairSteps(input),
    ],
    people: Math.round(off),
    observed: v.value,
    expected: v.band === null ? null : { low: v.band.low, high: v.band.high },
    repair: input.isOwner ? null : "membership",
    maths: {
      "Expected by trend": Math.round(v.expected),
      "Distance in standard deviations": round(v.score),
      "Fires above": 4,
      "Change per day": percent(Math.expm1(v.perDay)),
    },
  });
}

function jumped(
  input: CheckInput,
  latest: Snapshot,
  before: Snapshot | undefined,
  value: number,
  expected: number,
) {
  const gone = value < expected;
  const off = Math.abs(value - expected);
  const drastic = off >= expected * DRASTIC;
  return {
    severity: urgentIf((gone && drastic) || touchesSend(input)),
    title:
      value === 0
        ? `${input.audience.title} is empty in ${input.system.title}`
        : `${input.audience.title} is too ${gone ? "small" : "large"} in ${input.system.title}`,
    means: meaning(input, gone, off),
    cause: likelyCause(input, latest.takenAt, { fewer: gone, moved: true }),
    todo: [
      input.isOwner
        ? `Check what defines ${input.audience.title} in ${input.system.title}: a filter, a query or an import`
        : `Check the job that fills ${input.system.title}`,
      ...repairSteps(input),
      ...(before === undefined ? [] : ["If this is meant, mark it as expected"]),
    ],
    people: Math.round(off),
    observed: value,
    repair: input.isOwner ? null : ("membership" as const),
  };
}

function movedSince(input: CheckInput, before: Snapshot | undefined, value: number): string {
  const was = before?.metrics.size?.numerator ?? null;
  if (before === undefined || was === null || was === value) return `${capital(people(value))}.`;
  return `${capital(people(value))}, ${value > was ? "up" : "down"} ${count(Math.abs(value - was))} since ${moment(before.takenAt, input.now, input.config.timezone)}.`;
}

function meaning(input: CheckInput, gone: boolean, off: number): string {
  const who = `about ${people(off)}`;
  if (input.audience.purpose === "suppression" || input.audience.purpose === "ineligible") {
    return gone
      ? `${capital(who)} may no longer be kept out of sends; ${sendWords(input)}.`
      : `${capital(who)} more are kept out of sends; ${sendWords(input)}.`;
  }
  return gone
    ? `${capital(who)} would be left out; ${sendWords(input)}.`
    : `${capital(who)} may be addressed who do not belong here; ${sendWords(input)}.`;
}

const repairSteps = (input: CheckInput): string[] =>
  input.isOwner
    ? ["Hold sends to this audience until that is clear"]
    : ["Draft a repair and review who would change", "The next complete read closes this by itself"];

const round = (n: number) => Math.round(n * 10) / 10;
