import type { Incident, IncidentEvent } from "../core/finding.ts";
import type { Instant } from "../core/model.ts";
import type { Sql } from "./database.ts";
import { INCIDENT_COLUMNS, type IncidentRow } from "./incident-row.ts";

/** Incidents that are live, or were at or after this moment; oldest first. */
export async function incidentsSince(db: Sql, at: Instant): Promise<readonly Incident[]> {
  const { rows } = await db.query<IncidentRow>(
    `select ${INCIDENT_COLUMNS} from incident where resolved_at is null or resolved_at >= $1 order by id`,
    [at],
  );
  return rows;
}

export type LoggedEvent = {
  readonly incidentId: number;
  readonly at: Instant;
  readonly kind: IncidentEvent["kind"];
  readonly actor: string;
};

/** What happened to these incidents, in order, without "seen again". */
export async function eventsOfIncidents(db: Sql, ids: readonly number[]): Promise<readonly LoggedEvent[]> {
  const { rows } = await db.query<LoggedEvent>(
    `select incident_id as "incidentId", at, kind, actor from incident_event where incident_id = any($1::int[]) and kind <> 'seen' order by seq`,
    [ids],
  );
  return rows;
}
