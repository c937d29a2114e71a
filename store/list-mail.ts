import type { DeliveryCounts } from "../core/facts.ts";
import type { AudienceId, SystemId } from "../core/model.ts";
import type { Sql } from "./database.ts";

export type Mail = DeliveryCounts & { readonly system: SystemId };

/**
 * Counts of mail to the copies of an audience, for judging them: under the name of the campaign and from the time it
 * went out, where the system told both. A report over a span knows campaigns by id and gives all of them its start.
 */
export async function listMail(db: Sql, audience: AudienceId): Promise<readonly Mail[]> {
  const { rows } = await db.query<Mail>(
    `select d.system, coalesce(c.name, d.campaign) as campaign, coalesce(c.at, d.from_at) as "from", d.to_at as "to",
      d.sent, d.delivered, d.bounced, d.complained, d.unsubscribed
    from delivery d left join campaign c on c.system = d.system and c.id = d.campaign
    where d.audience = $1
    order by d.system, coalesce(c.at, d.from_at), d.campaign nulls first`,
    [audience],
  );
  return rows;
}
