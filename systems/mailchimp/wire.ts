import { AuditorError } from "../../core/errors.ts";

/** What we need of Mailchimp's records (API 3.0); everything else stays in `raw`. An unset time is "" there, null here. */
export type MailchimpMember = {
  /** MD5 of the lower-cased address, hex. */
  readonly id: string;
  readonly email: string;
  /** subscribed, unsubscribed, cleaned, pending, transactional, archived, or a word that came later. */
  readonly status: string;
  readonly reason: string | null;
  readonly optedInAt: string | null;
  readonly changedAt: string | null;
  /** Inline tags: at most 50. null: this kind of answer has none. */
  readonly tags: readonly MailchimpTag[] | null;
  readonly tagsCount: number | null;
  readonly merge: Json;
  readonly raw: Json;
};
export type MailchimpTag = { readonly id: number; readonly name: string };
export type MailchimpSegment = MailchimpTag & {
  /** static: a tag or a static segment, one and the same; saved and fuzzy: a rule. */
  readonly type: string;
  /** Subscribed members by Mailchimp's own count, which may lag. */
  readonly members: number | null;
  readonly updatedAt: string | null;
  readonly options: Json | null;
};
export type MergeFieldInfo = { readonly tag: string; readonly type: string; readonly required: boolean };
export type MailchimpPage<T> = { readonly items: readonly T[]; readonly total: number };

export type Json = Readonly<Record<string, unknown>>;
export const isObject = (v: unknown): v is Json => typeof v === "object" && v !== null && !Array.isArray(v);
export const optional = (v: unknown): string | null => (typeof v === "string" && v !== "" ? v : null);
export const numberOr = (v: unknown): number | null =>
  typeof v === "number" && Number.isFinite(v) ? v : null;

export function bad(where: string, what: string): AuditorError {
  return new AuditorError(
    "bad_data",
    where,
    what,
    "check that the url is Mailchimp's API 3.0 and not a proxy's page",
  );
}
function textOf(o: Json, name: string, where: string): string {
  const v = o[name];
  if (typeof v !== "string" || v === "") throw bad(where, `a record has no ${name}`);
  return v;
}
function idOf(o: Json, where: string): number {
  const id = numberOr(o.id);
  if (id === null) throw bad(where, "a segment has no id");
  return id;
}

/** @throws AuditorError bad_data when the list or its total is not there */
export function pageOf<T>(
  body: unknown,
  name: string,
  where: string,
  item: (o: Json, where: string) => T,
): MailchimpPage<T> {
  if (!isObject(body)) throw bad(where, "the answer is not an object");
  const rows = body[name];
  if (!Array.isArray(rows) || !rows.every(isObject)) throw bad(where, `the answer has no list "${name}"`);
  const total = numberOr(body.total_items);
  if (total === null || total < 0) throw bad(where, "the answer has no total_items");
  return { items: rows.map((o) => item(o, where)), total };
}

export function asMember(body: unknown, where: string): MailchimpMember {
  if (!isObject(body)) throw bad(where, "a member is not an object");
  const tags = Array.isArray(body.tags) ? body.tags.filter(isObject).map((t) => asTag(t, where)) : null;
  return {
    id: textOf(body, "id", where),
    email: textOf(body, "email_address", where),
    // a missing status is not "subscribed": nothing could be said of consent
    status: textOf(body, "status", where),
    reason: optional(body.unsubscribe_reason),
    optedInAt: optional(body.timestamp_opt),
    changedAt: optional(body.last_changed),
    tags,
    tagsCount: numberOr(body.tags_count),
    merge: isObject(body.merge_fields) ? body.merge_fields : {},
    raw: body,
  };
}

export const asTag = (o: Json, where: string): MailchimpTag => ({
  id: idOf(o, where),
  name: textOf(o, "name", where),
});

export const asSegment = (o: Json, where: string): MailchimpSegment => ({
  ...asTag(o, where),
  type: textOf(o, "type", where),
  members: numberOr(o.member_count),
  updatedAt: optional(o.updated_at),
  options: isObject(o.options) ? o.options : null,
});

export const asMergeField = (o: Json, where: string): MergeFieldInfo => ({
  tag: textOf(o, "tag", where),
  type: textOf(o, "type", where),
  required: o.required === true,
});
