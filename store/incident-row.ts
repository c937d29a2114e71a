import type { Finding, Incident } from "../core/finding.ts";

export const INCIDENT_COLUMNS = `id, fingerprint, state, severity, finding, opened_at as "openedAt", changed_at as "changedAt",
  last_seen_at as "lastSeenAt", resolved_at as "resolvedAt", snoozed_until as "snoozedUntil", marked_false_at as "markedFalseAt", owner, peak, run_id as "runId", version`;

export type IncidentRow = Incident & Record<string, unknown>;

/** How bad a finding is, in people: those affected, else the distance from the expected range. null: cannot tell. */
export function weightOf(finding: Finding): number | null {
  if (finding.people !== null) return finding.people;
  if (finding.observed === null || finding.expected === null) return null;
  const { low, high } = finding.expected;
  return Math.round(Math.max(low - finding.observed, finding.observed - high, 0));
}
