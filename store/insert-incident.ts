import type { Finding, Incident } from "../core/finding.ts";
import type { Instant, RunId } from "../core/model.ts";
import type { Sql } from "./database.ts";
import { INCIDENT_COLUMNS, type IncidentRow, weightOf } from "./incident-row.ts";
import { toJson, toText } from "./storable.ts";

/** Opens an incident; null: a live one with this fingerprint is there. */
export async function insertIncident(
  sql: Sql,
  fingerprint: string,
  finding: Finding,
  runId: RunId,
  at: Instant,
): Promise<Incident | null> {
  const { rows } = await sql.query<IncidentRow>(
    `insert into incident (fingerprint, state, severity, finding, opened_at, changed_at, last_seen_at, peak, run_id)
    values ($1, 'open', $2, $3, $4, $4, $4, $5, $6) on conflict (fingerprint) where state <> 'resolved' do nothing returning ${INCIDENT_COLUMNS}`,
    [toText(fingerprint), finding.severity, toJson(finding), at, weightOf(finding), runId],
  );
  return rows[0] ?? null;
}
