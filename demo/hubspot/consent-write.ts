import type { Call } from "../sim/server.ts";
import type { Account } from "./account.ts";
import type { SubscriptionStatus } from "./model.ts";

/**
 * Sets one status and tells what happened. Subscribing somebody who opted out works, unlike in v3, and lifts the
 * opt-out of everything too: exactly the call that must never be made.
 */
export function decideStatus(
  account: Account,
  call: Call,
  email: string,
  subscriptionId: number,
  state: SubscriptionStatus,
  legalBasis: string | null,
): "NO_STATUS_CHANGE" | "RESUBSCRIBE_OCCURRED" | "REQUESTED_CHANGE_OCCURRED" {
  const now = account.consent.status(email, subscriptionId);
  if (now === state) return "NO_STATUS_CHANGE";
  const again = now === "UNSUBSCRIBED" && state === "SUBSCRIBED";
  const wasOut = account.consent.of(email).optedOutAt !== null;
  if (call.fault?.kind !== "ghost_ack")
    change(account, `consent.${state.toLowerCase()}`, email, () => {
      if (wasOut) {
        if (state === "NOT_SPECIFIED") return;
        account.consent.optOut(email, null);
      }
      account.consent.decide(email, subscriptionId, {
        status: state,
        at: account.now(),
        source: "API - Private app",
        legalBasis,
      });
    });
  return again ? "RESUBSCRIBE_OCCURRED" : "REQUESTED_CHANGE_OCCURRED";
}

export function optOutOfAll(account: Account, call: Call, email: string): void {
  if (account.consent.of(email).optedOutAt !== null || call.fault?.kind === "ghost_ack") return;
  change(account, "consent.unsubscribe_all", email, () => account.consent.optOut(email, account.now()));
}

/** An address without a contact is written down under the address. */
function change(account: Account, op: string, email: string, work: () => void): void {
  const contact = account.contacts.byEmail(email);
  if (contact !== undefined) account.recorded(op, contact.id, work);
  else {
    const state = () => {
      const { optedOutAt, types } = account.consent.of(email);
      return {
        email,
        properties: {},
        lists: [],
        optedOut: optedOutAt !== null,
        subscriptions: Object.fromEntries(Object.entries(types).map(([k, d]) => [k, d.status])),
        archived: true,
      };
    };
    const before = state();
    work();
    account.journal.record(account.now(), op, email, before, state());
  }
}
