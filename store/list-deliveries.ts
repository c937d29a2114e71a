import type { AudienceId, SystemId } from "../core/model.ts";
import type { Sql } from "./database.ts";
import type { Delivery } from "./put-deliveries.ts";

/** Counts of mail to the copies of an audience, as last told: of a copy as a whole, or by campaign. */
export async function listDeliveries(
  db: Sql,
  audience: AudienceId,
): Promise<readonly (Delivery & { readonly system: SystemId })[]> {
  const { rows } = await db.query<Delivery & { readonly system: SystemId }>(
    `select system, audience, campaign, from_at as "from", to_at as "to", sent, delivered, bounced, complained, unsubscribed
    from delivery where audience = $1 order by system, campaign nulls first, from_at`,
    [audience],
  );
  return rows;
}
