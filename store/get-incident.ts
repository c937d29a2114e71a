import type { Incident } from "../core/finding.ts";
import type { Sql } from "./database.ts";
import { INCIDENT_COLUMNS, type IncidentRow } from "./incident-row.ts";

export async function getIncident(db: Sql, id: number): Promise<Incident | null> {
  const { rows } = await db.query<IncidentRow>(`select ${INCIDENT_COLUMNS} from incident where id = $1`, [
    id,
  ]);
  return rows[0] ?? null;
}
