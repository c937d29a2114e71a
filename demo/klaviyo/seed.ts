import type { SeedProfile, SimProfile } from "./model.ts";
import { blankProfile } from "./profile-write.ts";

const ms = (at: Date | string): number => new Date(at).getTime();

/** A loaded person as a record. Consent other than NEVER_SUBSCRIBED without a time was given when the record was made. */
export function seedProfile(person: SeedProfile, id: string, nowMs: number): SimProfile {
  const createdAt = person.createdAt === undefined ? nowMs : ms(person.createdAt);
  const blank = blankProfile(id, createdAt);
  const consent = person.consent ?? "NEVER_SUBSCRIBED";
  const given = person.consentAt === undefined ? createdAt : ms(person.consentAt);
  const consentAt = consent === "NEVER_SUBSCRIBED" ? null : given;
  const reasons = person.suppressions ?? (consent === "UNSUBSCRIBED" ? ["UNSUBSCRIBE" as const] : []);
  return {
    ...blank,
    email: person.email ?? null,
    phone: person.phone ?? null,
    externalId: person.externalId ?? null,
    names: person.names ?? {},
    location: person.location ?? {},
    properties: person.properties ?? {},
    emailMarketing: {
      ...blank.emailMarketing,
      consent,
      consentAt,
      updatedAt: consentAt,
      method: consent === "SUBSCRIBED" ? "FORM" : null,
      suppressions: reasons.map((reason) => ({ reason, at: given })),
    },
    sms: {
      consent: person.smsConsent ?? "NEVER_SUBSCRIBED",
      consentAt: person.smsConsent ? createdAt : null,
    },
  };
}
