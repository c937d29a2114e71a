import { AuditorError } from "../../core/errors.ts";
import type { SegmentSource } from "../../core/model.ts";
import type { PersonRef } from "../../core/ports.ts";
import type { PersonState } from "../../core/repair.ts";
import { listCalled, statusesOf } from "../../systems/hubspot/client.ts";
import {
  addressesOf,
  consentOf,
  type HubspotSource,
  isHubspotSource,
  isType,
  mailableOf,
  optedOut,
} from "../../systems/hubspot/member.ts";
import type { HubspotContact } from "../../systems/hubspot/wire.ts";
import { contactsOf, emailOf, onList, type Reader } from "./hubspot-session.ts";
import { isHiccup } from "./outcome.ts";

/** State of these people, in their order; null where HubSpot did not answer for that person. */
export async function hubspotReadBack(
  r: Reader,
  people: readonly PersonRef[],
  source: SegmentSource,
): Promise<readonly (PersonState | null)[]> {
  if (!isHubspotSource(source))
    throw new AuditorError(
      "config",
      r.config.id,
      "this segment is not of a kind that HubSpot has",
      "use list, subscribed, suppressed or all",
    );
  if (people.length === 0) return [];
  const emails = people.map((p) => emailOf(p.identifiers));
  try {
    const found = await contactsOf(
      r,
      emails.filter((e) => e !== null),
    );
    const members = await insiders(r, [...new Set(found.values())], source);
    return emails.map((email) => {
      if (email === null) return null;
      const contact = found.get(email) ?? null;
      return stateOf(r, contact, contact !== null && members.has(contact.id));
    });
  } catch (e) {
    // a wrong token or configuration concerns everybody and is told; a hiccup only means that these cannot be told now
    if (!isHiccup(e)) throw e;
    r.context.log.warn("hubspot.read_back_failed", {
      system: r.config.id,
      runId: r.context.runId,
      kind: e.kind,
      people: people.length,
    });
    return people.map(() => null);
  }
}

/** Ids of those of the contacts that are in the segment. */
async function insiders(
  r: Reader,
  contacts: readonly HubspotContact[],
  source: HubspotSource,
): Promise<ReadonlySet<string>> {
  const those = (isIn: (c: HubspotContact) => boolean) => new Set(contacts.filter(isIn).map((c) => c.id));
  if ("all" in source) return those(() => true);
  if ("suppressed" in source) return those((c) => optedOut(c, r.subscriptions) === true);
  if ("list" in source) {
    const list = await listCalled(r.http, r.config.id, source.list, r.context);
    if (list === null || contacts.length === 0) return new Set();
    return onList(
      r,
      list,
      contacts.map((c) => c.id),
    );
  }
  const wanted = source.subscribed;
  if (wanted === true) return those((c) => mailableOf(c, r.subscriptions) === true);
  const type = r.subscriptions.types.find((t) => isType(t, wanted));
  const emails = contacts.flatMap((c) => addressesOf(c).slice(0, 1));
  if (type === undefined || emails.length === 0) return new Set();
  const statuses = await statusesOf(r.http, r.config.id, emails, r.context);
  return those((c) =>
    (statuses.get(addressesOf(c)[0] ?? "") ?? []).some(
      (s) => s.subscriptionId === type.id && s.status === "SUBSCRIBED",
    ),
  );
}

function stateOf(r: Reader, c: HubspotContact | null, inSegment: boolean): PersonState {
  const attributes: Record<string, string | null> = {};
  for (const [name, property] of Object.entries(r.config.attributes)) {
    const value = c?.properties[property];
    if (value !== undefined) attributes[name] = value === "" ? null : value;
  }
  return {
    found: c !== null,
    inSegment,
    consent: c === null ? "unknown" : consentOf(c, r.subscriptions, undefined),
    mailable: c === null || !r.config.sends ? null : mailableOf(c, r.subscriptions),
    attributes,
    version: c?.updatedAt ?? null,
  };
}
