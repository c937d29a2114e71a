import type { MemberRow } from "../core/model.ts";
import { attributeOf } from "../systems/klaviyo/attribute.ts";
import { bouncedOf, consentOf, type KlaviyoProfile } from "../systems/klaviyo/profile.ts";

/** Canonical attribute name → where it lives in Klaviyo. */
export type Fields = readonly (readonly [name: string, field: string])[];

export function klaviyoRow(p: KlaviyoProfile, fields: Fields, of: readonly number[]): MemberRow {
  const attributes: Record<string, string | null> = {};
  for (const [name, field] of fields) {
    const value = attributeOf(p.attributes, field);
    if (value !== undefined) attributes[name] = value;
  }
  const { state, at } = consentOf(p);
  return {
    id: p.id,
    identifiers: {
      ...(p.email === null ? {} : { email: p.email }),
      ...(p.phone === null ? {} : { phone: p.phone }),
      ...(p.externalId === null ? {} : { customer_id: p.externalId }),
    },
    attributes,
    consent: state,
    mailable: p.canReceiveEmail,
    consents: p.consents,
    of,
    ...(bouncedOf(p) ? { bounced: true } : {}),
    ...(at === null ? {} : { consentAt: at }),
    ...(p.joinedAt === null ? {} : { joinedAt: p.joinedAt }),
    ...(p.updatedAt === null ? {} : { updatedAt: p.updatedAt }),
  };
}

/** The profile's fields by the names that the configuration uses, for the schema check; consent is not one of them. */
export function namedFields({ attributes }: KlaviyoProfile): Readonly<Record<string, unknown>> {
  const { subscriptions: _, properties, ...rest } = attributes;
  if (typeof properties !== "object" || properties === null) return rest;
  const named: Record<string, unknown> = rest;
  for (const [name, value] of Object.entries(properties)) named[`properties.${name}`] = value;
  return named;
}
