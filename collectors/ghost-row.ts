import type { ConsentRecord, Instant, MemberRow } from "../core/model.ts";
import { instant } from "../core/model.ts";
import { attributeOf, type GhostField } from "../systems/ghost/attribute.ts";
import { bouncedOf, consentOf, type GhostSource, inSegment, mailableOf } from "../systems/ghost/member.ts";
import type { GhostMember } from "../systems/ghost/wire.ts";

/** One target of a pass, with what was counted for it so far. */
export type Wanted = {
  readonly index: number;
  readonly source: GhostSource;
  readonly newsletterId: string | null;
  count: number;
};
/** Canonical attribute name → where it lives in Ghost. */
export type Fields = readonly (readonly [string, GhostField])[];

/** Indexes of the targets that this member is in; counts them. */
export function targetsOf(m: GhostMember, wanted: readonly Wanted[]): readonly number[] {
  const of: number[] = [];
  for (const w of wanted) {
    if (!inSegment(m, w.source, w.newsletterId)) continue;
    of.push(w.index);
    w.count++;
  }
  return of;
}

export function ghostRow(
  m: GhostMember,
  optedOut: boolean,
  fields: Fields,
  of: readonly number[],
): MemberRow {
  const attributes: Record<string, string | null> = {};
  for (const [name, field] of fields) {
    const value = attributeOf(m, field);
    if (value !== undefined) attributes[name] = value;
  }
  const complainedAt = m.suppression?.reason === "spam" ? instantOf(m.suppression.at) : null;
  const updatedAt = instantOf(m.updatedAt);
  const consent = consentOf(m, optedOut);
  const consents = consentsOf(m, consent, complainedAt);
  return {
    id: m.id,
    identifiers: { email: m.email },
    attributes,
    consent,
    mailable: mailableOf(m),
    of,
    ...(bouncedOf(m) ? { bounced: true } : {}),
    ...(consents.length === 0 ? {} : { consents }),
    ...(complainedAt === null ? {} : { consentAt: complainedAt }),
    ...(updatedAt === null ? {} : { updatedAt }),
  };
}

/**
 * Ghost keeps a yes per newsletter and no date of it; a complaint, and having no newsletter at all, hold for every mail.
 * A bounce is no word of the person, so it is no consent.
 */
function consentsOf(
  m: GhostMember,
  consent: MemberRow["consent"],
  complainedAt: Instant | null,
): readonly ConsentRecord[] {
  const everything = { channel: "email", scope: "global", scopeId: null, state: consent } as const;
  const no: readonly ConsentRecord[] =
    consent === "complained"
      ? [{ ...everything, at: complainedAt, method: m.suppression?.reason ?? null }]
      : consent === "unsubscribed"
        ? [{ ...everything, at: null, method: null }]
        : [];
  const newsletters = m.newsletters.map(
    (n): ConsentRecord => ({
      channel: "email",
      scope: "topic",
      scopeId: n.id,
      state: "subscribed",
      at: null,
      method: null,
    }),
  );
  return [...no, ...newsletters];
}

function instantOf(text: string | null): Instant | null {
  if (text === null) return null;
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? null : instant(at);
}
