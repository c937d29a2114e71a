import type { AudienceId, SystemId } from "../core/model.ts";
import type { Sql } from "./database.ts";
import type { Delivery } from "./put-deliveries.ts";

/** The last span of mail to each copy of an audience, campaigns by themselves left out. */
export async function latestDeliveries(
  db: Sql,
  audience: AudienceId,
): Promise<readonly (Delivery & { readonly system: SystemId })[]> {
  const { rows } = await db.query<Delivery & { readonly system: SystemId }>(
    `select distinct on (system) system, audience, campaign, from_at as "from", to_at as "to", sent, delivered, bounced,
      complained, unsubscribed
    from delivery where audience = $1 and campaign is null order by system, to_at desc, from_at`,
    [audience],
  );
  return rows;
}
