import type { Instant } from "../../core/model.ts";
import { clean } from "../clean.ts";
import { dayMonth, weekday } from "../when.ts";
import type { ExposurePoint, Report, ReportInput } from "./model.ts";
import { groupOf } from "./small-groups.ts";

/** Opted-out people who can be mailed: at the start, at most, and at the end. null: could not tell. */
export type Exposure = {
  readonly start: number | null;
  readonly peak: number | null;
  readonly peakAt: Instant | null;
  readonly end: number | null;
};

export function exposureOf(points: readonly ExposurePoint[], from: Instant): Exposure {
  const inWeek = points.filter((p) => p.at >= from);
  const start = points.findLast((p) => p.at < from) ?? inWeek[0];
  const top = [...(start === undefined ? [] : [start]), ...inWeek].reduce<ExposurePoint | null>(
    (best, p) => (p.people !== null && (best === null || p.people > (best.people ?? -1)) ? p : best),
    null,
  );
  return {
    start: start?.people ?? null,
    peak: top?.people ?? null,
    peakAt: top?.at ?? null,
    end: (inWeek.at(-1) ?? start)?.people ?? null,
  };
}

/** Over all systems. The end is unknown as soon as one system's is; `atLeast` then says what is known. */
export type TotalExposure = {
  readonly end: number | null;
  readonly atLeast: number;
  readonly peak: number | null;
  readonly peakAt: Instant | null;
  readonly where: readonly string[];
  readonly blind: readonly string[];
};

export function totalExposure(input: ReportInput): TotalExposure {
  const all = input.exposure.map((s) => ({ title: s.systemTitle, ...exposureOf(s.points, input.week.from) }));
  const blind = all.filter((s) => s.end === null).map((s) => s.title);
  const atLeast = all.reduce((n, s) => n + (s.end ?? 0), 0);
  const peak = peakOfSums(input);
  return {
    end: blind.length > 0 || all.length === 0 ? null : atLeast,
    atLeast,
    peak: peak?.people ?? null,
    peakAt: peak?.at ?? null,
    where: all.filter((s) => (s.end ?? 0) > 0).map((s) => s.title),
    blind,
  };
}

/** The worst moment of all systems together: peaks of different days do not add up. */
function peakOfSums(input: ReportInput): { at: Instant; people: number } | null {
  const moments = [
    ...new Set(
      input.exposure.flatMap((s) => s.points.filter((p) => p.at >= input.week.from).map((p) => p.at)),
    ),
  ].sort();
  let best: { at: Instant; people: number } | null = null;
  for (const at of moments) {
    const people = input.exposure.reduce(
      (n, s) => n + (s.points.findLast((p) => p.at <= at)?.people ?? 0),
      0,
    );
    if (best === null || people > best.people) best = { at, people };
  }
  return best;
}

/** What is known of mail to them, from the incidents about exposure that were seen this week. */
function mailedNote(input: ReportInput): string {
  const told = input.incidents.filter(
    (i) => i.finding.check === "consent_exposure" && i.lastSeenAt >= input.week.from,
  );
  if (told.length === 0)
    return "Whether mail went to them is not known: no system told Plumbline what it sent.";
  const sent = told.filter((i) => i.finding.maths["Sends since"] !== 0).map((i) => `INC-${i.id}`);
  return sent.length === 0
    ? "No send is known to have gone to them."
    : `Mail went to some of them, or may have: ${sent.join(", ")} ${sent.length === 1 ? "says" : "say"} which.`;
}

export function consentSection(input: ReportInput): Report["consent"] {
  const { week, timezone } = input;
  const rows = input.exposure.map((s) => {
    const e = exposureOf(s.points, week.from);
    return {
      system: clean(s.systemTitle, 60),
      start: groupOf(e.start),
      peak: groupOf(e.peak),
      end: groupOf(e.end),
      alarm: (e.peak ?? 0) > 0,
    };
  });
  const note =
    rows.length === 0
      ? "No system that sends mail is compared with a list of opted-out people, so this is not known."
      : rows.some((r) => r.alarm)
        ? mailedNote(input)
        : rows.some((r) => r.end === "can’t tell")
          ? "Where it says can’t tell, a list was not read completely."
          : "Nobody who opted out could be mailed at any read of the week.";
  return {
    rows,
    note,
    startLabel: week.running ? dayMonth(week.from, timezone) : weekday(week.from, timezone),
    endLabel: week.running ? "Now" : "Sunday",
  };
}
