import { CONSENT_ORDER, type ConsentState, type SegmentSource } from "../../core/model.ts";
import type { Delivery, MailmanMember } from "./wire.ts";

export type MailmanSource = Extract<SegmentSource, { list: string } | { suppressed: true } | { all: true }>;
export const isMailmanSource = (s: SegmentSource): s is MailmanSource =>
  "list" in s || "suppressed" in s || "all" in s;

/** One membership with what decides about mail. `banned`: from that list or the whole server. */
export type Standing = { readonly delivery: Delivery; readonly banned: boolean };

/**
 * Being on a list is consent in Mailman; delivery that is switched off, by the person or for them, takes it back, and so
 * does a ban. Delivery off for bounces does not, and `unknown` says nothing.
 */
export function consentOf({ delivery, banned }: Standing): ConsentState {
  if (banned || delivery === "by_user" || delivery === "by_moderator") return "unsubscribed";
  return delivery === "unknown" ? "unknown" : "subscribed";
}

/** Mailman sends to enabled members, banned or not: a ban only keeps people from joining. */
export const mailableOf = ({ delivery }: Standing): boolean => delivery === "enabled";

/** A person over all their lists: subscribed where mail may reach them, else the most restrictive of all. */
export function consentOfAll(all: readonly Standing[]): ConsentState {
  const states = all.map(consentOf);
  if (all.some((s) => mailableOf(s) && consentOf(s) === "subscribed")) return "subscribed";
  return CONSENT_ORDER.find((c) => states.includes(c)) ?? "unknown";
}

/** Fields of a membership that an attribute can show. */
export const FIELDS = ["display_name", "delivery_mode"] as const;

export function attributesOf(
  m: MailmanMember,
  mapping: Readonly<Record<string, string>>,
): Readonly<Record<string, string | null>> {
  const values: Record<string, string | null> = {};
  for (const [name, field] of Object.entries(mapping)) {
    const value =
      field === "display_name" ? m.displayName : field === "delivery_mode" ? m.deliveryMode : undefined;
    if (value !== undefined) values[name] = value;
  }
  return values;
}
