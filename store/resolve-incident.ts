import type { Incident } from "../core/finding.ts";
import type { Instant } from "../core/model.ts";
import type { Sql } from "./database.ts";
import { INCIDENT_COLUMNS, type IncidentRow } from "./incident-row.ts";

/** Resolves it and keeps its peak; null: it was resolved already. */
export async function resolveIncident(sql: Sql, id: number, at: Instant): Promise<Incident | null> {
  const { rows } = await sql.query<IncidentRow>(
    `update incident set state = 'resolved', resolved_at = $2, changed_at = $2, snoozed_until = null, version = version + 1
    where id = $1 and state <> 'resolved' returning ${INCIDENT_COLUMNS}`,
    [id, at],
  );
  return rows[0] ?? null;
}
