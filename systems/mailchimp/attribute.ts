import { isObject, type MailchimpMember } from "./wire.ts";

/**
 * How an attribute of ours is named in Mailchimp: a merge field by its tag (`FNAME`, or `merge_fields.FNAME`), or a path
 * into the member (`language`, `vip`, `stats.avg_open_rate`, `interests.9143cf3bd1`).
 */
export type MailchimpField = { readonly merge: string } | { readonly path: readonly string[] };

export function mailchimpField(field: string): MailchimpField {
  const merge = /^(?:merge_fields\.)?([A-Z][A-Z0-9_]*)$/.exec(field)?.[1];
  return merge === undefined ? { path: field.split(".") } : { merge };
}

/** Fields of a member to ask for, so that an answer holds no more of people than is needed. */
export const rootOf = (field: MailchimpField): string =>
  "merge" in field ? "merge_fields" : (field.path[0] ?? "");

/** The value as text; null: there, but empty; undefined: Mailchimp has no such field. */
export function attributeOf(m: MailchimpMember, field: MailchimpField): string | null | undefined {
  let at: unknown = m.raw;
  const path = "merge" in field ? ["merge_fields", field.merge] : field.path;
  for (const step of path) {
    if (!isObject(at) || !Object.hasOwn(at, step)) return undefined;
    at = at[step];
  }
  if (at === null || at === "") return null;
  return typeof at === "object" ? JSON.stringify(at) : String(at);
}
