import type { MailchimpSystem } from "../core/config.ts";
import type { ConsentRecord, MemberRow } from "../core/model.ts";
import { attributeOf, type MailchimpField } from "../systems/mailchimp/attribute.ts";
import { bouncedOf, consentOf, instantOf, mailableOf } from "../systems/mailchimp/member.ts";
import type { MailchimpMember } from "../systems/mailchimp/wire.ts";

/** Canonical attribute name → where it lives in Mailchimp. */
export type Fields = readonly (readonly [string, MailchimpField])[];

/**
 * Mailchimp tells when somebody opted in, never when they opted out: `last_changed` moves with every edit, so it is no
 * time of consent.
 */
export function mailchimpRow(
  m: MailchimpMember,
  config: Pick<MailchimpSystem, "list">,
  fields: Fields,
  of: readonly number[],
): MemberRow {
  const attributes: Record<string, string | null> = {};
  for (const [name, field] of fields) {
    const value = attributeOf(m, field);
    if (value !== undefined) attributes[name] = value;
  }
  const consent = consentOf(m);
  const at = consent === "subscribed" ? instantOf(m.optedInAt) : null;
  const record: ConsentRecord = {
    channel: "email",
    scope: "list",
    scopeId: config.list,
    state: consent,
    at,
    // the reason itself can be a person's own words
    method: consent === "unsubscribed" && /by admin/i.test(m.reason ?? "") ? "admin or API" : null,
  };
  const updatedAt = instantOf(m.changedAt);
  return {
    id: m.id,
    identifiers: { email: m.email },
    attributes,
    consent,
    mailable: mailableOf(m),
    of,
    ...(bouncedOf(m) ? { bounced: true } : {}),
    ...(at === null ? {} : { consentAt: at }),
    ...(consent === "unknown" ? {} : { consents: [record] }),
    ...(updatedAt === null ? {} : { updatedAt }),
  };
}

/** Names as the schema check compares them: those of the member that we ask for, and every merge field by its tag. */
export const fieldsOf = (m: MailchimpMember): Readonly<Record<string, unknown>> => ({
  email: m.email,
  status: m.status,
  timestamp_opt: m.optedInAt,
  last_changed: m.changedAt,
  ...m.merge,
});
