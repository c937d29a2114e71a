import type { Sql } from "./database.ts";
import type { AudienceBase } from "./get-audience-base.ts";

/** Accepts the base of an audience, or accepts it anew from a later run. */
export async function putAudienceBase(db: Sql, base: AudienceBase): Promise<void> {
  await db.query(
    `insert into audience_base (audience, accepted_at, accepted_by, run_id) values ($1, $2, $3, $4)
    on conflict (audience) do update set accepted_at = excluded.accepted_at, accepted_by = excluded.accepted_by, run_id = excluded.run_id`,
    [base.audience, base.acceptedAt, base.acceptedBy, base.runId],
  );
}
