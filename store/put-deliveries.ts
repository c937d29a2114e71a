import type { DeliveryFact } from "../core/facts.ts";
import type { AudienceId, Instant, SystemId } from "../core/model.ts";
import type { Sql } from "./database.ts";
import { toJson } from "./storable.ts";

export type Delivery = Omit<DeliveryFact, "target"> & { readonly audience: AudienceId | null };

/**
 * Counts of mail in place of what the system told before: bounces and complaints come late, and spans move on with
 * each read. In a transaction of the caller.
 */
export async function putDeliveries(
  db: Sql,
  system: SystemId,
  deliveries: readonly Delivery[],
  at: Instant,
): Promise<void> {
  await db.query("delete from delivery where system = $1", [system]);
  await db.query(
    `insert into delivery (system, audience, campaign, from_at, to_at, sent, delivered, bounced, complained, unsubscribed, seen_at)
    select $1, d.audience, d.campaign, d.from, d.to, d.sent, d.delivered, d.bounced, d.complained, d.unsubscribed, $3::timestamptz
    from jsonb_to_recordset($2::jsonb) as d (audience text, campaign text, "from" timestamptz, "to" timestamptz,
      sent bigint, delivered bigint, bounced bigint, complained bigint, unsubscribed bigint)`,
    [system, toJson(deliveries), at],
  );
}
