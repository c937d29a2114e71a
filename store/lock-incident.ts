import type { Incident } from "../core/finding.ts";
import type { Sql } from "./database.ts";
import { INCIDENT_COLUMNS, type IncidentRow } from "./incident-row.ts";

/** The incident, held until the transaction ends. */
export async function lockIncident(sql: Sql, id: number): Promise<Incident | null> {
  const { rows } = await sql.query<IncidentRow>(
    `select ${INCIDENT_COLUMNS} from incident where id = $1 for update`,
    [id],
  );
  return rows[0] ?? null;
}

/** The live incident with this fingerprint, held likewise; null: there is none. */
export async function lockLiveIncident(sql: Sql, fingerprint: string): Promise<Incident | null> {
  const { rows } = await sql.query<IncidentRow>(
    `select ${INCIDENT_COLUMNS} from incident where fingerprint = $1 and state <> 'resolved' for update`,
    [fingerprint],
  );
  return rows[0] ?? null;
}
