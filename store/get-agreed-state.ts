import type { AudienceId, Instant, RunId } from "../core/model.ts";
import type { Sql } from "./database.ts";

/** Where it is kept what owner and copies of an audience last agreed on, and which run carried it there. */
export type AgreedRow = {
  readonly audience: AudienceId;
  readonly runId: RunId;
  readonly carriedAt: Instant;
  /** Key epoch of the file. */
  readonly epoch: number;
  /** Relative to the data folder. */
  readonly setFile: string;
};

/** null: no audit has read the owner completely yet. */
export async function getAgreedState(db: Sql, audience: AudienceId): Promise<AgreedRow | null> {
  const { rows } = await db.query<AgreedRow>(
    `select audience, run_id as "runId", carried_at as "carriedAt", epoch, set_file as "setFile"
    from agreed_state where audience = $1`,
    [audience],
  );
  return rows[0] ?? null;
}
