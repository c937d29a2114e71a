import { CONSENT_ORDER, type ConsentState, type KnownConsent, type SegmentSource } from "../../core/model.ts";
import type { GhostLabel, GhostMember, GhostNewsletter } from "./wire.ts";

/**
 * First words of the note on a member that Plumbline created. Such a member has no newsletter because nobody asked
 * them yet: that is no opt-out, so their consent is read from Ghost's event log instead.
 */
export const CREATED_NOTE = "Added by Plumbline without newsletters: has neither opted in nor out here.";

/**
 * A newsletter is consent in Ghost: any means subscribed, none means unsubscribed. A complaint outranks both.
 *
 * @param optedOut for a member that Plumbline created: does the event log hold an opt-out? Otherwise not looked at
 */
export function consentOf(m: GhostMember, optedOut: boolean): ConsentState {
  if (m.suppression?.reason === "spam") return "complained";
  if (m.newsletters.length > 0) return "subscribed";
  return createdByUs(m) && !optedOut ? "unknown" : "unsubscribed";
}

export const createdByUs = (m: GhostMember): boolean => m.note?.startsWith(CREATED_NOTE) ?? false;

/** Ghost says `subscribed: true` of a suppressed member too; only both facts together tell whether mail goes out. */
export const mailableOf = (m: GhostMember): boolean =>
  m.suppression === null && m.newsletters.some((n) => n.active);

export const bouncedOf = (m: GhostMember): boolean =>
  m.suppression !== null && m.suppression.reason !== "spam";

/** Same label by name (Ghost ignores case) or slug. */
export const isLabel = (l: GhostLabel, wanted: string): boolean =>
  l.name.toLowerCase() === wanted.toLowerCase() || l.slug === wanted;

export const isNewsletter = (n: GhostNewsletter, wanted: string): boolean =>
  n.name.toLowerCase() === wanted.toLowerCase() || n.slug === wanted || n.id === wanted;

export type GhostSource = Extract<
  SegmentSource,
  { label: string } | { newsletter: string } | { suppressed: true } | { all: true }
>;

export const isGhostSource = (s: SegmentSource): s is GhostSource =>
  "label" in s || "newsletter" in s || "suppressed" in s || "all" in s;

/** Is this member in the segment? `newsletterId`: id of the source's newsletter, as members list theirs without slug. */
export function inSegment(m: GhostMember, source: GhostSource, newsletterId: string | null): boolean {
  if ("label" in source) return m.labels.some((l) => isLabel(l, source.label));
  if ("newsletter" in source)
    return m.newsletters.some((n) =>
      newsletterId === null ? isNewsletter(n, source.newsletter) : n.id === newsletterId,
    );
  if ("suppressed" in source) return !mailableOf(m);
  return true;
}

/** The more restrictive of two; unknown gives way to anything known. */
export function mostRestrictive(a: ConsentState, b: ConsentState): ConsentState {
  if (a === "unknown") return b;
  if (b === "unknown") return a;
  const rank = (c: KnownConsent) => CONSENT_ORDER.indexOf(c);
  return rank(a) <= rank(b) ? a : b;
}
