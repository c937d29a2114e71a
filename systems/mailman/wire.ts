import { AuditorError } from "../../core/errors.ts";

/** What we need of Mailman's records. Seen at Mailman 3.3.8, REST API 3.1, 2026-11-26. */
export type MailmanList = {
  /** `news.example.test`: stays when a list is moved to another domain. */
  readonly id: string;
  /** `news@example.test` */
  readonly address: string;
  readonly members: number | null;
};
export type MailmanMember = {
  readonly id: string;
  /** In lower case, as Mailman keeps it. */
  readonly email: string;
  /** Absent where it was not asked for. */
  readonly listId: string | null;
  /** null: empty; undefined: the record has no such field. */
  readonly displayName: string | null | undefined;
  readonly deliveryMode: string | null | undefined;
  /** Subscribed through a user account instead of an address. */
  readonly asUser: boolean;
  readonly userId: string | null;
};
/** Names of the records as they came, for the schema check. */
export type MailmanPage<T> = {
  readonly items: readonly T[];
  readonly total: number;
  readonly raw: readonly Json[];
};

/** Only the first is sent mail. `unknown` is "disabled for unknown reasons": neither opted in nor out. */
export const DELIVERY = ["enabled", "by_user", "by_bounces", "by_moderator", "unknown"] as const;
export type Delivery = (typeof DELIVERY)[number];

export type Json = Readonly<Record<string, unknown>>;
const isObject = (v: unknown): v is Json => typeof v === "object" && v !== null && !Array.isArray(v);

function bad(where: string, what: string): AuditorError {
  return new AuditorError(
    "bad_data",
    where,
    what,
    "check that the url is the REST API of Mailman 3 (…/3.1), and its version",
  );
}
function textOf(o: Json, name: string, where: string): string {
  const v = o[name];
  if (typeof v !== "string" || v === "") throw bad(where, `a record has no ${name}`);
  return v;
}
const optional = (v: unknown): string | null => (typeof v === "string" && v !== "" ? v : null);

/** An empty page has no `entries` at all. @throws AuditorError bad_data when there is no total */
export function pageOf<T>(body: unknown, where: string, item: (o: Json, where: string) => T): MailmanPage<T> {
  if (!isObject(body)) throw bad(where, "the answer is not an object");
  const { total_size: total, entries = [] } = body;
  if (typeof total !== "number" || !Number.isInteger(total) || total < 0)
    throw bad(where, "the answer has no total_size");
  if (!Array.isArray(entries) || !entries.every(isObject)) throw bad(where, "the answer has no entries");
  return { items: entries.map((o) => item(o, where)), total, raw: entries };
}

export const asList = (o: Json, where: string): MailmanList => ({
  id: textOf(o, "list_id", where),
  address: textOf(o, "fqdn_listname", where),
  members: typeof o.member_count === "number" ? o.member_count : null,
});

export const asMember = (o: Json, where: string): MailmanMember => ({
  id: textOf(o, "member_id", where),
  email: textOf(o, "email", where).toLowerCase(),
  listId: optional(o.list_id),
  displayName: "display_name" in o ? optional(o.display_name) : undefined,
  deliveryMode: "delivery_mode" in o ? optional(o.delivery_mode) : undefined,
  asUser: o.subscription_mode === "as_user",
  // a link: …/users/<id>
  userId: optional(o.user)?.split("/").at(-1) ?? null,
});

/** A banned address, or a pattern that begins with ^. */
export const asBan = (o: Json, where: string): string => textOf(o, "email", where);

export function deliveryOf(body: unknown, where: string): Delivery {
  const found = isObject(body) ? DELIVERY.find((d) => d === body.delivery_status) : undefined;
  if (found === undefined) throw bad(where, "the preferences have no delivery_status");
  return found;
}

/** Mailman's words for why it did not do something; they name no one. */
export const describedAs = (body: unknown): string =>
  isObject(body) && typeof body.description === "string" ? body.description : "";
