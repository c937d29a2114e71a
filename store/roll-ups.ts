import type { Incident } from "../core/finding.ts";
import type { Instant } from "../core/model.ts";
import type { Sql } from "./database.ts";
import { INCIDENT_COLUMNS, type IncidentRow } from "./incident-row.ts";

export type RollUp = { readonly channel: string; readonly ts: string };

/** The latest roll-up (generation 0: a message that several incidents share) posted at or after this moment. */
export async function rollUpSince(db: Sql, at: Instant): Promise<RollUp | null> {
  const { rows } = await db.query<RollUp>(
    `select slack_message.channel, slack_message.ts from slack_message join slack_post using (incident_id)
    where slack_message.generation = 0 and slack_post.at >= $1 order by slack_post.at desc, slack_message.ts desc limit 1`,
    [at],
  );
  return rows[0] ?? null;
}

/** The incidents that this roll-up speaks of; those posted anew since have a message of their own. */
export async function incidentsOfRollUp(db: Sql, message: RollUp): Promise<readonly Incident[]> {
  const { rows } = await db.query<IncidentRow>(
    `select ${INCIDENT_COLUMNS} from incident
    where id in (select incident_id from slack_message where channel = $1 and ts = $2 and generation = 0) order by id`,
    [message.channel, message.ts],
  );
  return rows;
}
