import type { HubspotSystem } from "../../core/config.ts";
import { AuditorError, isKind } from "../../core/errors.ts";
import type { Call } from "../http/connector-deps.ts";
import type { ReadClient } from "../http/read-client.ts";
import { subscriptionTypes } from "./client.ts";
import { isType, type Subscriptions } from "./member.ts";

/**
 * The account's types of mail, and the one that decides. A token that may not read them is enough where none is
 * configured, or one by its id.
 *
 * @throws AuditorError config when the configured type is not there; auth when its name cannot be looked up
 */
export async function chosenSubscriptions(
  config: HubspotSystem,
  http: ReadClient,
  call: Call,
): Promise<Subscriptions> {
  const wanted = config.subscription;
  try {
    const types = await subscriptionTypes(http, config.id, call);
    const chosen = wanted === null ? null : (types.find((t) => isType(t, wanted)) ?? null);
    if (wanted !== null && chosen === null)
      throw new AuditorError(
        "config",
        config.id,
        `HubSpot has no active subscription type "${wanted}"`,
        "correct subscription (name or id), or leave it out",
      );
    return { types, chosen };
  } catch (e) {
    if (!isKind(e, "auth") || (wanted !== null && !/^\d+$/.test(wanted))) throw e;
    call.log.warn("hubspot.types_unreadable", { system: config.id, kind: e.kind });
    const chosen = wanted === null ? null : { id: wanted, name: wanted, active: true };
    return { types: chosen === null ? [] : [chosen], chosen };
  }
}
