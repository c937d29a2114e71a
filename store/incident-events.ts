import type { IncidentEvent } from "../core/finding.ts";
import type { Sql } from "./database.ts";

/** Oldest first. */
export async function incidentEvents(db: Sql, incidentId: number): Promise<readonly IncidentEvent[]> {
  const { rows } = await db.query<IncidentEvent & Record<string, unknown>>(
    "select at, kind, actor, text from incident_event where incident_id = $1 order by seq",
    [incidentId],
  );
  return rows;
}
