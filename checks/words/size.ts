import type { CheckInput, Finding } from "../../core/finding.ts";
import type { Snapshot } from "../../core/model.ts";
import type { StreamTest } from "../../core/stream.ts";
import { bandOf, READINGS_NEEDED } from "../band.ts";
import { likelyCause } from "../cause.ts";
import { alike, draftFinding } from "../draft-finding.ts";
import { touchesSend, urgentIf } from "../severity.ts";
import type { SizeVerdict } from "../size-judgement.ts";
import { capital, count, people, percent } from "./format.ts";
import { sendWords } from "./send.ts";
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
  const reading = input.sizes.at(-1);
  const learned = input.sizes.length > READINGS_NEEDED;
  const band = reading === undefined || !learned ? null : bandOf(reading, input.config.timezone);
  const normal =
    band === null
      ? ` The reads before found about ${count(v.expected)}; what is normal for each weekday is still being learned.`
      : ` Normal for a ${band.label} is ${count(band.low)} to ${count(band.high)}.`;
  return draftFinding(input, "size_anomaly", {
    ...jumped(input, latest, before, v.value, v.expected),
    moved: `${movedSince(input, before, v.value)}${normal}`,
    expected: band === null ? null : { low: band.low, high: band.high },
    maths: mathsOf(input, v.expected),
  });
}

export function driftFinding(input: CheckInput, v: Of<"drift">): Finding {
  const gone = v.value < v.expected;
  const off = Math.abs(v.value - v.expected);
  const since = v.since.at;
  const reading = input.sizes.at(-1);
  const band = reading === undefined ? null : bandOf(reading, input.config.timezone);
  return draftFinding(input, "size_anomaly", {
    severity: urgentIf(touchesSend(input)),
    title: `${input.audience.title} is slowly ${gone ? "losing" : "gaining"} people in ${input.system.title}`,
    moved: `${people(v.value)}, ${count(off)} ${gone ? "fewer" : "more"} than the ${count(v.expected)} of ${dateOf(since, input.config.timezone)}: about ${percent(Math.abs(Math.expm1(v.perDay)))} a day since then.`,
    means: meaning(input, gone, off),
    cause: likelyCause(input, since, { fewer: gone }),
    todo: [
      gone
        ? `Find out which filter or job takes people out of ${input.system.title}`
        : `Find out which job adds people to ${input.system.title}`,
      ...repairSteps(input),
    ],
    people: Math.round(off),
    alike: alike(
      gone ? "losing" : "gaining",
      ` is slowly ${gone ? "losing" : "gaining"} people`,
      ` are slowly ${gone ? "losing" : "gaining"} people`,
    ),
    observed: v.value,
    expected: band === null ? null : { low: band.low, high: band.high },
    repair: input.isOwner ? null : "membership",
    maths: { ...mathsOf(input, v.expected), "Change per day": percent(Math.expm1(v.perDay)) },
  });
}

export function stillFinding(input: CheckInput, v: Of<"still">): Finding {
  return draftFinding(input, "size_anomaly", {
    severity: "look",
    title: `${input.audience.title} stopped moving in ${input.system.title}`,
    moved: `Exactly ${people(v.value)} in ${count(v.readings)} readings in a row; the number used to change.`,
    means: `Nobody may be coming in or going out any more; ${sendWords(input)}.`,
    cause: likelyCause(input, input.sizes.at(-v.readings)?.at ?? input.now, { moved: false }),
    todo: [`Check that the job which fills ${input.system.title} still writes`],
    people: null,
    alike: alike("still", " stopped moving"),
    observed: v.value,
    repair: null,
    maths: { ...mathsOf(input, v.value), "Equal readings": v.readings },
  });
}

const TESTS: Readonly<Record<StreamTest, string>> = {
  point: "this reading alone",
  drift: "small moves that add up (CUSUM)",
  lasting: "a level that stays off (CUSUM against slow models)",
  window: "the mean of the last readings",
  stale: "equal readings in a row",
};

function mathsOf(input: CheckInput, expected: number): Finding["maths"] {
  const verdict = input.sizes.at(-1)?.verdict;
  if (verdict === undefined) return {};
  return {
    Expected: Math.round(expected),
    "Normal from": verdict.low === null ? null : Math.round(verdict.low),
    "Normal to": verdict.high === null ? null : Math.round(verdict.high),
    "What told": verdict.test === null ? null : TESTS[verdict.test],
    "Readings that it looks back over": verdict.points,
    "Normal deviate of this reading": verdict.z === null ? null : round(verdict.z),
    "Score (1 is one false alarm in a thousand days)": round(verdict.score),
  };
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
    alike: alike(
      gone ? "fewer" : "more",
      ` is too ${gone ? "small" : "large"}`,
      ` are too ${gone ? "small" : "large"}`,
    ),
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
