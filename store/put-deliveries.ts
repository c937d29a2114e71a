import type { DeliveryFact } from "../core/facts.ts";
import type { AudienceId, Instant, SystemId } from "../core/model.ts";
import type { Sql } from "./database.ts";

export type Delivery = Omit<DeliveryFact, "target"> & { readonly audience: AudienceId | null };

/** Counts of mail; those of a span that is known already are replaced, since bounces and complaints come late. */
export async function putDeliveries(
  db: Sql,
  system: SystemId,
  deliveries: readonly Delivery[],
  at: Instant,
): Promise<void> {
  for (const d of deliveries) {
    await db.query(
      `insert into delivery (system, audience, campaign, from_at, to_at, sent, delivered, bounced, complained, unsubscribed, seen_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
      on conflict (system, coalesce(audience, ''), coalesce(campaign, ''), from_at) do update set to_at = excluded.to_at,
        sent = excluded.sent, delivered = excluded.delivered, bounced = excluded.bounced,
        complained = excluded.complained, unsubscribed = excluded.unsubscribed, seen_at = excluded.seen_at`,
      [
        system,
        d.audience,
        d.campaign,
        d.from,
        d.to,
        d.sent,
        d.delivered,
        d.bounced,
        d.complained,
        d.unsubscribed,
        at,
      ],
    );
  }
}
