import type { SegmentSource } from "../../core/model.ts";
import { consentOf, type KlaviyoProfile } from "./profile.ts";

export type KlaviyoSource = Extract<
  SegmentSource,
  | { list: string }
  | { segment: string }
  | { subscribed: true | string }
  | { suppressed: true }
  | { all: true }
>;
/** A list or segment, found by its name or id. */
export type GroupKind = "list" | "segment";
/** What is told by the profile itself, wherever it is read. */
export type ProfileSource = Exclude<KlaviyoSource, { list: string } | { segment: string }>;

export const isKlaviyoSource = (s: SegmentSource): s is KlaviyoSource =>
  "list" in s || "segment" in s || "subscribed" in s || "suppressed" in s || "all" in s;

/** null: the source is no list or segment. */
export function groupOf(s: KlaviyoSource): { readonly kind: GroupKind; readonly name: string } | null {
  if ("list" in s) return { kind: "list", name: s.list };
  return "segment" in s ? { kind: "segment", name: s.segment } : null;
}

const CHANNELS: Readonly<Record<string, string>> = { sms: "sms", push: "push", whatsapp: "whatsapp" };

/**
 * Is this person in the source? `suppressed`: no e-mail reaches them. `subscribed`: they said yes (a person who never
 * did can be mailed, but is not subscribed) and e-mail reaches them; by channel name, the same for that channel.
 */
export function inSource(p: KlaviyoProfile, s: ProfileSource): boolean {
  if ("all" in s) return true;
  if ("suppressed" in s) return p.canReceiveEmail === false && p.email !== null;
  const channel = s.subscribed === true ? "email" : s.subscribed.toLowerCase();
  if (channel === "email") return consentOf(p).state === "subscribed" && p.canReceiveEmail === true;
  return p.consents.some((c) => c.channel === CHANNELS[channel] && c.state === "subscribed");
}

export const isChannel = (name: true | string): boolean =>
  name === true || name.toLowerCase() === "email" || name.toLowerCase() in CHANNELS;
