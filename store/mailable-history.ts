import type { AudienceId, Instant, SystemId } from "../core/model.ts";
import type { Sql } from "./database.ts";

/** Opted-out people who could be mailed from a system when its copy was compared; null: could not tell. */
export type MailablePoint = {
  readonly at: Instant;
  readonly audience: AudienceId;
  readonly system: SystemId;
  readonly people: number | null;
};

/** Oldest first, from `since` on. */
export async function mailableHistory(db: Sql, since: Instant): Promise<readonly MailablePoint[]> {
  const { rows } = await db.query<MailablePoint & Record<string, unknown>>(
    `select as_of as at, audience, difference.key as system, (difference.value #>> '{mailableOptedOut}')::int as people
    from comparison, jsonb_each(per_system) as difference
    where as_of >= $1
    order by as_of, audience, difference.key`,
    [since],
  );
  return rows;
}
