import type { MailchimpSystem } from "../../core/config.ts";
import type { IdentifierKind } from "../../core/model.ts";
import type { Context } from "../../core/ports.ts";
import { normalise } from "../../members/normalise.ts";
import type { ReadClient } from "../../systems/http/read-client.ts";
import { memberOf, tagsOf } from "../../systems/mailchimp/client.ts";
import { hashOf } from "../../systems/mailchimp/member.ts";
import type { MailchimpMember } from "../../systems/mailchimp/wire.ts";
import type { MailchimpIntent } from "./mailchimp-judge.ts";

export const emailOf = (ids: Readonly<Partial<Record<IdentifierKind, string>>>): string | null =>
  ids.email === undefined ? null : normalise("email", ids.email);

/** A member with all their tags: inline are at most 50, the rest is asked for. */
export type Person = { readonly member: MailchimpMember; readonly tagIds: ReadonlySet<number> };

/** null: Mailchimp does not have this address. */
export async function personOf(
  http: ReadClient,
  config: MailchimpSystem,
  email: string,
  context: Context,
): Promise<Person | null> {
  const hash = hashOf(email);
  const member = await memberOf(http, config, hash, context);
  if (member === null) return null;
  const inline = member.tags ?? [];
  const all = (member.tagsCount ?? 0) > inline.length ? await tagsOf(http, config, hash, context) : inline;
  return { member, tagIds: new Set(all.map((t) => t.id)) };
}

/** Does Mailchimp show what was wanted? Who is cleaned is sent nothing, and so counts as suppressed. */
export function isDone({ member, tagIds }: Person, intent: MailchimpIntent): boolean {
  switch (intent.kind) {
    case "tag_on":
      return tagIds.has(intent.segment.id);
    case "tag_off":
      return !tagIds.has(intent.segment.id);
    case "unsubscribe":
      return ["unsubscribed", "cleaned", "archived"].includes(member.status);
    case "merge":
      return String(member.merge[intent.tag] ?? "") === String(intent.value);
  }
}
