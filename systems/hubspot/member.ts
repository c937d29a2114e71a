import type { ConsentRecord, ConsentState, Instant, SegmentSource } from "../../core/model.ts";
import { instant } from "../../core/model.ts";
import type { HubspotContact, SubscriptionStatus, SubscriptionType } from "./wire.ts";

export type HubspotSource = Extract<
  SegmentSource,
  { list: string } | { subscribed: true | string } | { suppressed: true } | { all: true }
>;

export const isHubspotSource = (s: SegmentSource): s is HubspotSource =>
  "list" in s || "subscribed" in s || "suppressed" in s || "all" in s;

/** Which opt-outs count: of one type of mail, or of every type (`chosen` null). */
export type Subscriptions = {
  readonly types: readonly SubscriptionType[];
  readonly chosen: SubscriptionType | null;
};

export const isType = (t: SubscriptionType, wanted: string): boolean =>
  t.id === wanted || t.name.toLowerCase() === wanted.toLowerCase();

const OUT_OF_ALL = "hs_email_optout";
const outOf = (typeId: string): string => `hs_email_optout_${typeId}`;
const MARKETING = "hs_marketable_status";
const HARD_BOUNCE = "hs_email_hard_bounce_reason_enum";
const QUARANTINED = "hs_email_quarantined";

/** Properties that tell who a contact is and whether mail may reach it, beside the attributes asked for. */
export const needed = (s: Subscriptions): readonly string[] => [
  ...["email", "hs_merged_object_ids", OUT_OF_ALL, MARKETING, HARD_BOUNCE, QUARANTINED],
  ...s.types.map((t) => outOf(t.id)),
];

const isTrue = (v: string | null | undefined): boolean => v === "true";

/** Opted out of everything, or of what counts; null: HubSpot did not answer with what would tell. */
export function optedOut(c: HubspotContact, s: Subscriptions): boolean | null {
  const all = c.properties[OUT_OF_ALL];
  if (isTrue(all)) return true;
  const out = (t: SubscriptionType) => isTrue(c.properties[outOf(t.id)]);
  if (s.chosen !== null && out(s.chosen)) return true;
  if (s.chosen === null && s.types.length > 0 && s.types.every(out)) return true;
  const told = all !== undefined && (s.chosen === null || c.properties[outOf(s.chosen.id)] !== undefined);
  return told ? false : null;
}

/**
 * A yes is never read out of a missing no: without statuses, whoever did not opt out is `unknown`.
 *
 * @param status of the type that counts, where it was read
 */
export function consentOf(
  c: HubspotContact,
  s: Subscriptions,
  status: SubscriptionStatus | undefined,
): ConsentState {
  if (optedOut(c, s) === true || status?.status === "UNSUBSCRIBED") return "unsubscribed";
  return status?.status === "SUBSCRIBED" ? "subscribed" : "unknown";
}

export const bouncedOf = (c: HubspotContact): boolean =>
  (c.properties[HARD_BOUNCE] ?? "") !== "" || isTrue(c.properties[QUARANTINED]);

/** May marketing mail reach it? Only marketing contacts get any. null: HubSpot did not answer with what would tell. */
export function mailableOf(c: HubspotContact, s: Subscriptions): boolean | null {
  const out = optedOut(c, s);
  if (out === true || bouncedOf(c) || c.properties[MARKETING] === "false") return false;
  if (out === null || c.properties.email === undefined) return null;
  return (c.properties.email ?? "") !== "";
}

/** Every opt-out that the contact's properties tell; times come with statuses only. */
export function consentsOf(
  c: HubspotContact,
  s: Subscriptions,
  statuses: readonly SubscriptionStatus[],
): readonly ConsentRecord[] {
  const email = { channel: "email" } as const;
  const all: readonly ConsentRecord[] = isTrue(c.properties[OUT_OF_ALL])
    ? [{ ...email, scope: "global", scopeId: null, state: "unsubscribed", at: null, method: null }]
    : [];
  const told = new Map(statuses.map((x) => [x.subscriptionId, x]));
  return [
    ...all,
    ...s.types.flatMap((t): readonly ConsentRecord[] => {
      const status = told.get(t.id);
      const topic = { ...email, scope: "topic", scopeId: t.id } as const;
      if (status !== undefined && status.status !== "NOT_SPECIFIED") {
        const state = status.status === "SUBSCRIBED" ? "subscribed" : "unsubscribed";
        return [{ ...topic, state, at: instantOf(status.at), method: status.source || null }];
      }
      return isTrue(c.properties[outOf(t.id)])
        ? [{ ...topic, state: "unsubscribed", at: null, method: null }]
        : [];
    }),
  ];
}

/** Addresses of a contact, lower case, the one that is mailed first. */
export function addressesOf(c: HubspotContact): readonly string[] {
  const more = (c.properties.hs_additional_emails ?? "").split(";");
  return [c.properties.email ?? "", ...more].map((e) => e.trim().toLowerCase()).filter((e) => e !== "");
}

/** Ids under which the contact was known before merges, its own too. */
export const idsOf = (c: HubspotContact): readonly string[] => [
  c.id,
  ...(c.properties.hs_merged_object_ids ?? "").split(";").filter((id) => id !== ""),
];

const EXACT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** HubSpot writes whole times as we do, and leaves `.000` out of others. null: none, or no time. */
export function instantOf(text: string | null): Instant | null {
  if (text === null) return null;
  const at = Date.parse(text);
  if (Number.isNaN(at)) return null;
  return EXACT.test(text) ? (text as Instant) : instant(new Date(at));
}
