import type { Sql } from "./database.ts";

export type SlackMessage = {
  readonly channel: string;
  readonly ts: string;
  readonly generation: number;
  readonly version: number;
};

/** Root message of an incident; null: not posted yet. */
export async function getSlackMessage(db: Sql, incidentId: number): Promise<SlackMessage | null> {
  const { rows } = await db.query<SlackMessage>(
    "select channel, ts, generation, version from slack_message where incident_id = $1",
    [incidentId],
  );
  return rows[0] ?? null;
}

/** Keeps the root message; an older generation or version never replaces a newer one. */
export async function saveSlackMessage(db: Sql, incidentId: number, m: SlackMessage): Promise<void> {
  await db.query(
    `insert into slack_message as kept (incident_id, channel, ts, generation, version) values ($1, $2, $3, $4, $5)
    on conflict (incident_id) do update
      set channel = excluded.channel, ts = excluded.ts, generation = excluded.generation, version = excluded.version
      where (kept.generation, kept.version) <= (excluded.generation, excluded.version)`,
    [incidentId, m.channel, m.ts, m.generation, m.version],
  );
}
