import type { Sql } from "./database.ts";
import type { StreamState } from "./get-stream-states.ts";
import { toJson } from "./storable.ts";

/** Keeps what streams remember now in place of what they did. Of several for one stream the last counts. */
export async function putStreamStates(db: Sql, states: readonly StreamState[]): Promise<void> {
  const unique = new Map(states.map((s) => [`${s.audience ?? ""}\n${s.system}\n${s.stream}`, s]));
  if (unique.size === 0) return;
  await db.query(
    `insert into stream_state (audience, system, stream, last_at, state)
    select audience, system, stream, "lastAt", state
    from jsonb_to_recordset($1::jsonb) as given (audience text, system text, stream text, "lastAt" timestamptz, state jsonb)
    on conflict (coalesce(audience, ''), system, stream) do update set last_at = excluded.last_at, state = excluded.state`,
    [toJson([...unique.values()])],
  );
}
