import type { Instant, MemberRow } from "../core/model.ts";
import {
  bouncedOf,
  consentOf,
  consentsOf,
  type HubspotSource,
  instantOf,
  mailableOf,
  optedOut,
  type Subscriptions,
} from "../systems/hubspot/member.ts";
import type {
  HubspotContact,
  HubspotList,
  SubscriptionStatus,
  SubscriptionType,
} from "../systems/hubspot/wire.ts";

/** One target of a read, with what was counted for it so far. */
export type Wanted = {
  readonly index: number;
  readonly source: HubspotSource;
  readonly list: HubspotList | null;
  /** For `subscribed` by a type: which. */
  readonly type: SubscriptionType | null;
  count: number;
};

/** What every row of one read is made with. */
export type RowSettings = {
  /** Canonical attribute name → property. */
  readonly fields: readonly (readonly [string, string])[];
  readonly subscriptions: Subscriptions;
  /** A system that does not send has nobody who is mailable from it. */
  readonly sends: boolean;
};

/** Indexes of the targets that this contact is in by what it says itself; lists are told by memberships. */
export function targetsByContact(
  c: HubspotContact,
  statuses: readonly SubscriptionStatus[],
  wanted: readonly Wanted[],
  s: Subscriptions,
): readonly number[] {
  return wanted.filter((w) => belongs(c, statuses, w, s)).map((w) => w.index);
}

function belongs(
  c: HubspotContact,
  statuses: readonly SubscriptionStatus[],
  { source, type }: Wanted,
  s: Subscriptions,
): boolean {
  if ("all" in source) return true;
  if ("suppressed" in source) return optedOut(c, s) === true;
  if ("list" in source) return false;
  if (type === null) return mailableOf(c, s) === true;
  const said = statuses.find((x) => x.subscriptionId === type.id)?.status;
  return said === "SUBSCRIBED" && optedOut(c, { ...s, chosen: type }) !== true;
}

export function hubspotRow(
  c: HubspotContact,
  statuses: readonly SubscriptionStatus[],
  settings: RowSettings,
  of: readonly number[],
  joinedAt: Instant | null,
): MemberRow {
  const s = settings.subscriptions;
  const attributes: Record<string, string | null> = {};
  for (const [name, field] of settings.fields) {
    const value = c.properties[field];
    if (value !== undefined) attributes[name] = value === "" ? null : value;
  }
  const decisive = s.chosen === null ? undefined : statuses.find((x) => x.subscriptionId === s.chosen?.id);
  const consentAt =
    decisive === undefined || decisive.status === "NOT_SPECIFIED" ? null : instantOf(decisive.at);
  const updatedAt = instantOf(c.updatedAt);
  const consents = consentsOf(c, s, statuses);
  const email = c.properties.email ?? "";
  return {
    id: c.id,
    identifiers: email === "" ? {} : { email },
    attributes,
    consent: consentOf(c, s, decisive),
    mailable: settings.sends ? mailableOf(c, s) : null,
    of,
    ...(bouncedOf(c) ? { bounced: true } : {}),
    ...(consents.length === 0 ? {} : { consents }),
    ...(consentAt === null ? {} : { consentAt }),
    ...(updatedAt === null ? {} : { updatedAt }),
    ...(joinedAt === null ? {} : { joinedAt }),
  };
}
