import type { Incident } from "../core/finding.ts";
import type { Sql } from "./database.ts";
import { INCIDENT_COLUMNS, type IncidentRow } from "./incident-row.ts";

export type IncidentFilter = {
  /** `open`: everything not resolved. Default `all`. */
  readonly state?: "open" | "all" | "resolved";
  readonly severity?: "act" | "look";
  readonly audience?: string;
  readonly system?: string;
  readonly check?: string;
  readonly limit: number;
  readonly offset: number;
};

/**
 * Unresolved before resolved: those by urgency, as `byUrgency` has it, these by the latest change. An audience's are also
 * those that tell of several. `total` counts what the filter matches.
 */
export async function listIncidents(
  db: Sql,
  filter: IncidentFilter,
): Promise<{ incidents: readonly Incident[]; total: number }> {
  const where = `($1 = 'all' or (state = 'resolved') = ($1 = 'resolved')) and ($2::text is null or severity = $2)
    and ($3::text is null or finding ->> 'audience' = $3
      or finding -> 'siblings' @> jsonb_build_array(jsonb_build_object('audience', $3::text))) and ($4::text is null or finding ->> 'system' = $4)
    and ($5::text is null or finding ->> 'check' = $5)`;
  const values = [
    filter.state ?? "all",
    filter.severity ?? null,
    filter.audience ?? null,
    filter.system ?? null,
    filter.check ?? null,
  ];
  const { rows } = await db.query<IncidentRow>(
    `select ${INCIDENT_COLUMNS} from incident where ${where}
    order by state = 'resolved', case when state = 'resolved' then changed_at end desc,
      case when finding ->> 'check' in ('suppression_leak', 'consent_violation') then 0 when severity = 'act' then 1
        when (finding ->> 'cantTell')::boolean then 2 else 3 end,
      (finding ->> 'people')::numeric desc nulls last, opened_at, id
    limit $6 offset $7`,
    [...values, filter.limit, filter.offset],
  );
  const counted = await db.query<{ total: number }>(
    `select count(*) as total from incident where ${where}`,
    values,
  );
  return { incidents: rows, total: counted.rows[0]?.total ?? 0 };
}
