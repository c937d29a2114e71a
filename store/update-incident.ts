import type { Finding, Incident, IncidentState } from "../core/finding.ts";
import type { Instant, RunId } from "../core/model.ts";
import type { Sql } from "./database.ts";
import { INCIDENT_COLUMNS, type IncidentRow, weightOf } from "./incident-row.ts";
import { toJson } from "./storable.ts";

/**
 * Sees an incident again, in this state. The peak only grows. The version and `changed_at` grow only when something
 * that a person can see changed, so that a button stays valid while nothing happens.
 */
export async function updateIncident(
  sql: Sql,
  id: number,
  state: IncidentState,
  finding: Finding,
  runId: RunId,
  at: Instant,
): Promise<Incident | null> {
  const { rows } = await sql.query<IncidentRow>(
    `update incident set
      state = $2, severity = $3, finding = $4::jsonb, last_seen_at = $5, run_id = $6,
      peak = greatest(peak, $7::bigint),
      resolved_at = case when $2 = 'resolved' then resolved_at end,
      marked_false_at = case when $2 = 'resolved' then marked_false_at end,
      snoozed_until = case when $2 = 'snoozed' then snoozed_until end,
      owner = case when $2 = 'regressed' and state = 'resolved' then null else owner end,
      changed_at = case when finding is distinct from $4::jsonb or state <> $2 then $5 else changed_at end,
      version = version + case when finding is distinct from $4::jsonb or state <> $2 then 1 else 0 end
    where id = $1 returning ${INCIDENT_COLUMNS}`,
    [id, state, finding.severity, toJson(finding), at, runId, weightOf(finding)],
  );
  return rows[0] ?? null;
}
