import { type ConsentRecord, type ConsentState, type Instant, instant } from "../../core/model.ts";
import { bad, isObject, type Json, type Resource, textOrNull } from "./json.ts";

/** A global suppression of the address. `reason` as Klaviyo words it. */
export type Suppression = { readonly reason: string; readonly at: Instant | null };

export type KlaviyoProfile = {
  readonly id: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly externalId: string | null;
  readonly updatedAt: Instant | null;
  /** Only in lists of members. */
  readonly joinedAt: Instant | null;
  /** `can_receive_email_marketing`: no global suppression. True of people who never subscribed. null: not told. */
  readonly canReceiveEmail: boolean | null;
  /** Consent to e-mail marketing as worded: SUBSCRIBED, UNSUBSCRIBED, NEVER_SUBSCRIBED. null: not told. */
  readonly consentWord: string | null;
  readonly consentAt: Instant | null;
  readonly suppressions: readonly Suppression[];
  /** Ids of lists that the person left by unsubscribing, whatever they may be on otherwise. */
  readonly listSuppressions: readonly { readonly listId: string; readonly at: Instant | null }[];
  readonly consents: readonly ConsentRecord[];
  readonly attributes: Json;
};

export function instantOf(v: unknown): Instant | null {
  if (typeof v !== "string") return null;
  const at = new Date(v);
  return Number.isNaN(at.getTime()) ? null : instant(at);
}

const listOf = (v: unknown): readonly Json[] => (Array.isArray(v) ? v.filter(isObject) : []);

/**
 * @throws AuditorError bad_data when the subscriptions are not there: that is not "none", and read as none it would look
 *   like people who can be mailed
 */
export function asProfile({ id, attributes }: Resource, where: string): KlaviyoProfile {
  const { subscriptions } = attributes;
  if (!isObject(subscriptions)) throw bad(where, "a record has no subscriptions");
  // null is nobody's address; a field that is not there at all is a schema that changed, and reads as people who are gone
  if (!("email" in attributes)) throw bad(where, "a record has no field email");
  const marketing = marketingOf(subscriptions, "email");
  const suppressions = listOf(marketing?.suppression).map((s) => ({
    reason: textOrNull(s.reason) ?? "unknown",
    at: instantOf(s.timestamp),
  }));
  const listSuppressions = listOf(marketing?.list_suppressions).flatMap((s) => {
    const listId = textOrNull(s.list_id);
    return listId === null ? [] : [{ listId, at: instantOf(s.timestamp) }];
  });
  const can = marketing?.can_receive_email_marketing;
  const email = textOrNull(attributes.email);
  const profile = {
    id,
    email,
    phone: textOrNull(attributes.phone_number),
    externalId: textOrNull(attributes.external_id),
    updatedAt: instantOf(attributes.updated),
    joinedAt: instantOf(attributes.joined_group_at),
    canReceiveEmail: email === null ? false : typeof can === "boolean" ? can : null,
    consentWord: textOrNull(marketing?.consent),
    consentAt: instantOf(marketing?.consent_timestamp),
    suppressions,
    listSuppressions,
    attributes,
  };
  return { ...profile, consents: consentsOf(profile, subscriptions) };
}

function marketingOf(subscriptions: Json, channel: string): Json | null {
  const of = subscriptions[channel];
  return isObject(of) && isObject(of.marketing) ? of.marketing : null;
}

/** Bounces say that the address does not work, not that the person said no. Every other reason is a no. */
const BOUNCES = ["HARD_BOUNCE", "INVALID_EMAIL"];
const COMPLAINTS = ["SPAM_COMPLAINT", "SPAM_REPORT"];

type Told = Pick<KlaviyoProfile, "suppressions" | "consentWord" | "consentAt" | "canReceiveEmail">;

export const bouncedOf = (p: Pick<KlaviyoProfile, "suppressions">): boolean =>
  p.suppressions.some((s) => BOUNCES.includes(s.reason));

/** The most restrictive of the recorded consent and the suppressions; never subscribed is unknown, not an opt-out. */
export function consentOf(p: Told): { readonly state: ConsentState; readonly at: Instant | null } {
  const complaint = p.suppressions.find((s) => COMPLAINTS.includes(s.reason));
  if (complaint) return { state: "complained", at: complaint.at };
  const no = p.suppressions.find((s) => !BOUNCES.includes(s.reason));
  if (no) return { state: "unsubscribed", at: no.at };
  return { state: stateOf(p.consentWord), at: p.consentAt };
}

function stateOf(word: string | null): ConsentState {
  if (word === "SUBSCRIBED") return "subscribed";
  return word === "UNSUBSCRIBED" ? "unsubscribed" : "unknown";
}

const CHANNELS = { sms: "sms", mobile_push: "push", whatsapp: "whatsapp" } as const;

function consentsOf(
  p: Told & Pick<KlaviyoProfile, "listSuppressions">,
  subscriptions: Json,
): readonly ConsentRecord[] {
  const { state, at } = consentOf(p);
  const method = textOrNull(marketingOf(subscriptions, "email")?.method);
  const records: ConsentRecord[] =
    state === "unknown" ? [] : [{ channel: "email", scope: "global", scopeId: null, state, at, method }];
  for (const s of p.listSuppressions)
    records.push({
      channel: "email",
      scope: "list",
      scopeId: s.listId,
      state: "unsubscribed",
      at: s.at,
      method: null,
    });
  for (const [name, channel] of Object.entries(CHANNELS)) {
    const marketing = marketingOf(subscriptions, name);
    const known = stateOf(textOrNull(marketing?.consent));
    if (known === "unknown") continue;
    records.push({
      channel,
      scope: "global",
      scopeId: null,
      state: known,
      at: instantOf(marketing?.consent_timestamp),
      method: textOrNull(marketing?.method),
    });
  }
  return records;
}
