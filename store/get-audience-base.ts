import type { AudienceId, Instant, RunId } from "../core/model.ts";
import type { Sql } from "./database.ts";

/** From here on a person missing at the owner counts as removed there. */
export type AudienceBase = {
  readonly audience: AudienceId;
  readonly acceptedAt: Instant;
  readonly acceptedBy: string;
  readonly runId: RunId;
};

/** null: nobody has accepted the audience's base yet, so no removal is planned. */
export async function getAudienceBase(db: Sql, audience: AudienceId): Promise<AudienceBase | null> {
  const { rows } = await db.query<AudienceBase>(
    `select audience, accepted_at as "acceptedAt", accepted_by as "acceptedBy", run_id as "runId" from audience_base where audience = $1`,
    [audience],
  );
  return rows[0] ?? null;
}
