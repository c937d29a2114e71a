import type { IncidentEvent } from "../core/finding.ts";
import type { Sql } from "./database.ts";
import { toText } from "./storable.ts";

export async function insertIncidentEvent(db: Sql, incidentId: number, event: IncidentEvent): Promise<void> {
  await db.query(
    "insert into incident_event (incident_id, at, kind, actor, text) values ($1, $2, $3, $4, $5)",
    [incidentId, event.at, event.kind, toText(event.actor), toText(event.text)],
  );
}
