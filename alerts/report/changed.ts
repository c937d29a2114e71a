import type { Incident } from "../../core/finding.ts";
import { byUrgency, tellsOf } from "../../core/incident-order.ts";
import type { Instant } from "../../core/model.ts";
import { clean, ended } from "../clean.ts";
import { count } from "../counts.ts";
import { capital } from "../sentences.ts";
import { dayAndTime, weekday } from "../when.ts";
import { liveAt } from "./history.ts";
import type { Mark, Report, ReportInput, ReportPoint, ReportSegment } from "./model.ts";
import { blurred, groupOf } from "./small-groups.ts";

const MOST = 7;
const RANK: Readonly<Record<Mark, number>> = { act: 0, look: 1, cant_tell: 2, fine: 3 };
type Row = Report["changed"][number] & { readonly weight: number };

/** Copies with a fault first, then those that could not be read, then the largest moves inside their normal range. */
export function changedOf(input: ReportInput): Report["changed"] {
  const rows: Row[] = [];
  for (const system of input.systems) {
    const segments = input.segments.filter((s) => s.system === system.id);
    const blind = segments.filter((s) => s.points.at(-1)?.coverage !== "complete" && s.points.length > 0);
    if (blind.length > 1) rows.push(blindSystem(blind, input));
    for (const s of segments) if (blind.length <= 1 || !blind.includes(s)) rows.push(...rowOf(s, input));
  }
  const sorted = rows.sort((a, b) => RANK[a.mark] - RANK[b.mark] || b.weight - a.weight);
  const shown = sorted.slice(0, MOST);
  // a blind spot that falls off the end would read as if all had been seen
  const blindSpot = sorted.slice(MOST).find((r) => r.mark === "cant_tell");
  if (blindSpot !== undefined && !shown.some((r) => r.mark === "cant_tell")) shown[MOST - 1] = blindSpot;
  return shown.map(({ weight: _weight, ...row }) => row);
}

function rowOf(s: ReportSegment, input: ReportInput): Row[] {
  const complete = s.points.filter((p) => p.coverage === "complete" && p.size !== null);
  const now = complete.at(-1);
  const before = complete.findLast((p) => p.at < input.week.from) ?? complete[0];
  const size = now?.size ?? null;
  const was = before === undefined || before === now ? null : before.size;
  const incidents = faultsOf(s, input);
  const blind = s.points.at(-1) !== undefined && s.points.at(-1)?.coverage !== "complete";
  const [worst] = incidents;
  if (worst === undefined && !blind && (size === null || was === null || size === was)) return [];
  const mark: Mark =
    worst !== undefined && liveAt(worst, input.events, input.week.to)
      ? worst.severity
      : blind
        ? "cant_tell"
        : "fine";
  return [
    {
      title: clean(s.audienceTitle, 60),
      system: clean(s.systemTitle, 60),
      before: was === null || blind ? null : groupOf(was),
      now: blind ? "can’t tell*" : groupOf(size),
      mark,
      points: s.points,
      note:
        worst !== undefined
          ? noteOf(worst, incidents.length, s, input)
          : blind
            ? `${blindSince(s.points, input)}.`
            : calmNote(now, size, was),
      weight: (worst === undefined ? 0 : 1e9) + Math.abs((size ?? 0) - (was ?? size ?? 0)),
    },
  ];
}

/** Faults of this copy that were live during the week. */
function faultsOf(s: ReportSegment, input: ReportInput): readonly Incident[] {
  return input.incidents
    .filter((i) => tellsOf(i.finding, s.audience) && i.finding.system === s.system && !i.finding.cantTell)
    .filter(
      (i) =>
        liveAt(i, input.events, input.week.to) ||
        (i.resolvedAt !== null && i.resolvedAt >= input.week.from && i.resolvedAt <= input.week.to),
    )
    .sort(byUrgency);
}

function noteOf(i: Incident, faults: number, s: ReportSegment, input: ReportInput): string {
  const what =
    i.finding.check === "size_anomaly" ? extreme(s.points, i, input) : blurred(clean(i.finding.title, 140));
  const cause =
    i.finding.cause.text === null
      ? ""
      : ` ${i.finding.cause.certainty === "confirmed" ? "Cause" : "Likely"}: ${ended(clean(i.finding.cause.text, 140))}`;
  const state = liveAt(i, input.events, input.week.to)
    ? i.owner === null
      ? ""
      : ` ${clean(i.owner, 40)} is on it.`
    : " Resolved.";
  const more = faults > 1 ? ` And ${faults - 1} more.` : "";
  return `${ended(what)}${cause}${state}${more}`;
}

/** "Peak 75,584 on Tuesday", "Low 3,104 on Tuesday": the flagged reading farthest from normal. */
function extreme(points: readonly ReportPoint[], i: Incident, input: ReportInput): string {
  const flagged = points.filter((p) => p.flagged && p.size !== null && p.at >= input.week.from);
  const far = (p: ReportPoint) =>
    Math.max(
      (p.size ?? 0) - (p.high ?? Number.POSITIVE_INFINITY),
      (p.low ?? Number.NEGATIVE_INFINITY) - (p.size ?? 0),
    );
  const top = [...flagged].sort((a, b) => far(b) - far(a))[0];
  if (top === undefined || top.size === null || top.low === null || top.high === null)
    return blurred(clean(i.finding.title, 140));
  return `${top.size > top.high ? "Peak" : "Low"} ${groupOf(top.size)} on ${weekday(top.at, input.timezone)}, normal ${count(top.low)} to ${count(top.high)}`;
}

function calmNote(now: ReportPoint | undefined, size: number | null, was: number | null): string {
  if (now === undefined || size === null || was === null) return "";
  if (now.low !== null && now.high !== null)
    return now.size !== null && now.size >= now.low && now.size <= now.high
      ? "Inside its normal range."
      : "No check fired.";
  return `${size > was ? "Grew" : "Shrank"}; what is normal is still being learned.`;
}

function blindSystem(blind: readonly ReportSegment[], input: ReportInput): Row {
  const first = blind[0];
  return {
    title: `${blind.length} audiences`,
    system: clean(first?.systemTitle ?? "", 60),
    before: null,
    now: "can’t tell*",
    mark: "cant_tell",
    points: first?.points ?? [],
    note: `${blindSince(first?.points ?? [], input)}; no verdict since.`,
    weight: blind.length,
  };
}

function blindSince(points: readonly ReportPoint[], input: ReportInput): string {
  const last: Instant | undefined = points.findLast((p) => p.coverage === "complete")?.at;
  return capital(
    last === undefined
      ? "never read completely"
      : `not read completely since ${dayAndTime(last, input.timezone)}`,
  );
}
