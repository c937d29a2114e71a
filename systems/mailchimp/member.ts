import { createHash } from "node:crypto";
import type { ConsentState, Instant, SegmentSource } from "../../core/model.ts";
import { instant } from "../../core/model.ts";
import type { MailchimpMember } from "./wire.ts";

/** How Mailchimp names a person in a path: the address lower-cased, MD5. As good as the address itself. */
export const hashOf = (email: string): string =>
  createHash("md5").update(email.trim().toLowerCase()).digest("hex");

/**
 * What a status says of consent. `cleaned` is a bounce and `transactional` a customer whom nobody asked: neither is an
 * answer. A complaint shows only in the reason of an unsubscribe. An unknown word says nothing.
 */
export function consentOf(m: MailchimpMember): ConsentState {
  switch (m.status) {
    case "subscribed":
      return "subscribed";
    case "pending":
      return "pending";
    case "unsubscribed":
      return /abuse|complain/i.test(m.reason ?? "") ? "complained" : "unsubscribed";
    default:
      return "unknown";
  }
}

/** Campaigns go to subscribed people only. */
export const mailableOf = (m: MailchimpMember): boolean => m.status === "subscribed";
export const bouncedOf = (m: MailchimpMember): boolean => m.status === "cleaned";

/** Archived contacts are not in the audience, and Mailchimp hides whether they had unsubscribed. */
export const isThere = (m: MailchimpMember): boolean => m.status !== "archived";

/** Whole-list sources, told from the member alone. */
export type StatusSource =
  | Extract<SegmentSource, { suppressed: true } | { all: true }>
  | { readonly subscribed: true };
export type SegmentedSource = Extract<SegmentSource, { tag: string } | { segment: string }>;

export const isSegmented = (s: SegmentSource): s is SegmentedSource => "tag" in s || "segment" in s;
export const isStatusSource = (s: SegmentSource): s is StatusSource =>
  "suppressed" in s || "all" in s || ("subscribed" in s && s.subscribed === true);

export function hasStatus(m: MailchimpMember, source: StatusSource): boolean {
  if (!isThere(m)) return false;
  if ("all" in source) return true;
  if ("subscribed" in source) return m.status === "subscribed";
  return m.status === "unsubscribed" || m.status === "cleaned";
}

export function instantOf(text: string | null): Instant | null {
  if (text === null) return null;
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? null : instant(at);
}
