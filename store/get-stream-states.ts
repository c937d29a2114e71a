import type { AudienceId, Instant, SystemId } from "../core/model.ts";
import type { Sql } from "./database.ts";

/** What one stream of a segment (or of a base: audience null) remembers. */
export type StreamState = {
  readonly audience: AudienceId | null;
  readonly system: SystemId;
  /** "attribute:plan". */
  readonly stream: string;
  /** When the last reading that it learned from was taken. */
  readonly lastAt: Instant;
  readonly state: unknown;
};

export async function getStreamStates(
  db: Sql,
  audience: AudienceId | null,
  system: SystemId,
): Promise<readonly StreamState[]> {
  const { rows } = await db.query<StreamState>(
    `select audience, system, stream, last_at as "lastAt", state from stream_state
    where coalesce(audience, '') = coalesce($1, '') and system = $2 order by stream`,
    [audience, system],
  );
  return rows;
}
