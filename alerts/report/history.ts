import type { Incident } from "../../core/finding.ts";
import { tellsOf } from "../../core/incident-order.ts";
import type { Instant } from "../../core/model.ts";
import type { ReportEvent, ReportInput } from "./model.ts";

const ENDS: readonly ReportEvent["kind"][] = ["resolved", "marked_false"];

/** Was this incident open, taken or snoozed at that moment? From its log, since it may have come and gone. */
export function liveAt(incident: Incident, events: readonly ReportEvent[], at: Instant): boolean {
  if (incident.openedAt > at) return false;
  const last = events.findLast(
    (e) =>
      e.incidentId === incident.id &&
      e.at <= at &&
      (e.kind === "opened" || e.kind === "regressed" || ENDS.includes(e.kind)),
  );
  return last === undefined
    ? incident.resolvedAt === null || incident.resolvedAt > at
    : !ENDS.includes(last.kind);
}

/** Faults live at that moment; "can't tell" is none. */
export const faultsAt = (input: ReportInput, at: Instant): readonly Incident[] =>
  input.incidents.filter((i) => !i.finding.cantTell && liveAt(i, input.events, at));

/** Audiences without any fault at that moment. */
export function agreeingAt(input: ReportInput, at: Instant): number {
  const faults = faultsAt(input, at);
  return input.audiences.filter((a) => !faults.some((f) => tellsOf(f.finding, a.id))).length;
}

/** Systems whose last read of the week was not complete. */
export const blindSystems = (input: ReportInput): readonly string[] =>
  input.reads.filter((r) => r.beats.at(-1)?.coverage !== "complete").map((r) => r.systemTitle);

/** Silence is no agreement. */
export const nothingRead = (input: ReportInput): boolean => input.reads.every((r) => r.beats.length === 0);
