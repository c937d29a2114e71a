import type { AudienceId, SystemId } from "../core/model.ts";
import type { Sql } from "./database.ts";

/** Forgets streams of a segment: an attribute that is personal by now leaves nothing behind. */
export async function dropStreamStates(
  db: Sql,
  audience: AudienceId | null,
  system: SystemId,
  streams: readonly string[],
): Promise<void> {
  await db.query(
    "delete from stream_state where coalesce(audience, '') = coalesce($1, '') and system = $2 and stream = any($3)",
    [audience, system, streams],
  );
}
