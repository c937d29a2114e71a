import type { Incident } from "../core/finding.ts";
import type { Sql } from "./database.ts";
import { INCIDENT_COLUMNS, type IncidentRow } from "./incident-row.ts";

/**
 * One incident per fingerprint, which is what an audit has to know: the live one, else the one resolved last.
 * Live ones come first, the worst of them at the top.
 */
export async function knownIncidents(db: Sql): Promise<readonly Incident[]> {
  const { rows } = await db.query<IncidentRow>(
    `with known as (select distinct on (fingerprint) * from incident order by fingerprint, state = 'resolved', id desc)
    select ${INCIDENT_COLUMNS} from known order by state = 'resolved', severity, peak desc nulls last, id`,
  );
  return rows;
}
