import type { MailchimpSystem } from "../../core/config.ts";
import type { SegmentSource } from "../../core/model.ts";
import type { Context, PersonRef } from "../../core/ports.ts";
import type { PersonState } from "../../core/repair.ts";
import type { ReadClient } from "../../systems/http/read-client.ts";
import { attributeOf, mailchimpField } from "../../systems/mailchimp/attribute.ts";
import { paths } from "../../systems/mailchimp/client.ts";
import { consentOf, hasStatus, isStatusSource, isThere, mailableOf } from "../../systems/mailchimp/member.ts";
import { isStatic } from "../../systems/mailchimp/segment.ts";
import { walk } from "../../systems/mailchimp/walk.ts";
import type { MailchimpSegment } from "../../systems/mailchimp/wire.ts";
import { emailOf, type Person, personOf } from "./mailchimp-person.ts";
import { isHiccup } from "./outcome.ts";

type IsIn = (p: Person) => boolean;

/** State of these people, in their order; null where Mailchimp did not answer for that person. */
export async function mailchimpReadBack(
  config: MailchimpSystem,
  http: ReadClient,
  people: readonly PersonRef[],
  source: SegmentSource,
  segment: MailchimpSegment | null,
  context: Context,
): Promise<readonly (PersonState | null)[]> {
  const isIn = await membership(config, http, source, segment, context);
  const states: (PersonState | null)[] = [];
  for (const { identifiers } of people) {
    const email = emailOf(identifiers);
    states.push(email === null || isIn === null ? null : await stateOf(config, http, email, isIn, context));
  }
  return states;
}

/** null: who is in the segment cannot be told now. */
async function membership(
  config: MailchimpSystem,
  http: ReadClient,
  source: SegmentSource,
  segment: MailchimpSegment | null,
  context: Context,
): Promise<IsIn | null> {
  if (isStatusSource(source)) return (p) => hasStatus(p.member, source);
  if (segment === null) return () => false;
  if (isStatic(segment)) return (p) => isThere(p.member) && p.tagIds.has(segment.id);
  // a member does not tell which rules they meet: the segment has to be read
  const ids = new Set<string>();
  const at = { where: config.id, path: paths(config.list).segmentMembers(segment.id) };
  const query = {
    fields: "members.id,members.email_address,members.status,total_items",
    include_cleaned: "true",
    include_transactional: "true",
    include_unsubscribed: "true",
  };
  for await (const { members, end } of walk({ ...at, query }, http, context)) {
    for (const m of members) ids.add(m.id);
    if (end?.complete === false) return null;
  }
  return (p) => ids.has(p.member.id);
}

async function stateOf(
  config: MailchimpSystem,
  http: ReadClient,
  email: string,
  isIn: IsIn,
  context: Context,
): Promise<PersonState | null> {
  let person: Person | null;
  try {
    person = await personOf(http, config, email, context);
  } catch (e) {
    // a wrong key or configuration concerns everybody and is told; a hiccup only means that this one cannot be told now
    if (!isHiccup(e)) throw e;
    context.log.warn("mailchimp.read_back_failed", { system: config.id, runId: context.runId, kind: e.kind });
    return null;
  }
  const attributes: Record<string, string | null> = {};
  for (const [name, field] of Object.entries(config.attributes)) {
    const value = person === null ? undefined : attributeOf(person.member, mailchimpField(field));
    if (value !== undefined) attributes[name] = value;
  }
  return {
    found: person !== null,
    inSegment: person !== null && isIn(person),
    consent: person === null ? "unknown" : consentOf(person.member),
    attributes,
    mailable: person === null ? null : mailableOf(person.member),
    version: person?.member.changedAt ?? null,
  };
}
