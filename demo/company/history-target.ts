import type { ConsentState } from "../../core/model.ts";
import { consentIn, exists, inList, isMailable, type Packed } from "./packed.ts";
import { LISTS } from "./population.ts";
import { type AttributeName, type AudienceName, SENDERS, type SystemName } from "./truth.ts";

/** One segment, or with audience null one system's base, whose history is to be written. */
export type HistoryTarget = {
  readonly audience: AudienceName | null;
  readonly system: SystemName;
  /** Attributes with a fingerprint column, as the configuration tracks them. */
  readonly attributes: readonly AttributeName[];
  /** Absolute path of the set file for the last day. */
  readonly file: string;
};

/** Does a record belong to the target? The same answer as reading the system itself gives. */
export function belongs({
  audience,
  system,
}: Pick<HistoryTarget, "audience" | "system">): (p: Packed) => boolean {
  const list = LISTS.find((l) => l === audience);
  if (list) return (p) => inList(p, list);
  if (audience === null) return exists;
  const out = audience === "do_not_contact";
  if (SENDERS.includes(system)) return (p) => exists(p) && isMailable(p) !== out;
  return (p) => exists(p) && (consentIn(p) !== "subscribed") === out;
}

/** What a reader of this system says about the record. */
export function toldBy(system: SystemName, p: Packed): { consent: ConsentState; mailable: boolean | null } {
  if (system === "hubspot")
    return { consent: consentIn(p) === "subscribed" ? "subscribed" : "unsubscribed", mailable: null };
  if (!SENDERS.includes(system)) return { consent: consentIn(p), mailable: null };
  if (isMailable(p)) return { consent: "subscribed", mailable: true };
  // Mailchimp does not tell a complaint from an opt-out.
  const complained = system === "klaviyo" && consentIn(p) === "complained";
  return { consent: complained ? "complained" : "unsubscribed", mailable: false };
}
