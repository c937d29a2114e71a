import type { Incident } from "../core/finding.ts";
import type { Sql } from "./database.ts";
import { INCIDENT_COLUMNS, type IncidentRow } from "./incident-row.ts";

type KnownRow = IncidentRow & { readonly passedSince: boolean };

/**
 * One incident per fingerprint, which is what an audit has to know: the live one, else the one resolved last.
 * Live ones come first, the worst of them at the top. "Not a problem" was said of what was there then: once the check
 * has passed, for each of several audiences, it holds no longer.
 */
export async function knownIncidents(db: Sql): Promise<readonly Incident[]> {
  const { rows } = await db.query<KnownRow>(
    `with known as (select distinct on (fingerprint) * from incident order by fingerprint, state = 'resolved', id desc)
    select ${INCIDENT_COLUMNS}, marked_false_at is not null and exists (
      select from check_result r
      where r.check_name = finding ->> 'check' and r.system = finding ->> 'system'
        and (finding ->> 'audience' is null or r.audience = finding ->> 'audience')
        and r.status = 'pass' and r.at > marked_false_at
    ) and not exists (
      select from jsonb_array_elements(coalesce(finding -> 'siblings', '[]')) as sibling
      where not exists (
        select from check_result r
        where r.check_name = finding ->> 'check' and r.system = finding ->> 'system'
          and r.audience = sibling ->> 'audience' and r.status = 'pass' and r.at > marked_false_at
      )
    ) as "passedSince"
    from known order by state = 'resolved', severity, peak desc nulls last, id`,
  );
  return rows.map(({ passedSince, ...row }) => (passedSince ? { ...row, markedFalseAt: null } : row));
}
