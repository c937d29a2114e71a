import { createHash } from "node:crypto";
import type { Account } from "./account.ts";
import type { ListStore } from "./list-store.ts";
import type { Member, MergeValues } from "./model.ts";

export type MemberJson = Readonly<Record<string, unknown>>;

/** `2021-11-23T22:51:56+00:00`; "" for a time that was never set, though the document says date-time. */
export const time = (ms: number | null): string =>
  ms === null ? "" : `${new Date(ms).toISOString().slice(0, 19)}+00:00`;

const short = (text: string, length: number): string =>
  createHash("sha256").update(text).digest("hex").slice(0, length);
const HOST = "https://us3.api.mailchimp.com";

export const link = (rel: string, path: string, method = "GET") => ({
  rel,
  href: `${HOST}/3.0${path}`,
  method,
  targetSchema: `${HOST}/schema/3.0/Definitions/${rel === "parent" ? "CollectionResponse" : "Response"}.json`,
});

export function mergeOf(m: Member, list: ListStore): MergeValues {
  return Object.fromEntries(list.settings.mergeFields.map((f) => [f.tag, m.merge[f.tag] ?? ""]));
}

export const tagsOf = (m: Member, list: ListStore): readonly { id: number; name: string }[] =>
  m.tags.flatMap((id) => {
    const segment = list.segments.get(id);
    return segment === undefined ? [] : [{ id, name: segment.name }];
  });

const LOCATION = { latitude: 0, longitude: 0, gmtoff: 0, dstoff: 0, country_code: "", timezone: "" };

type Field = (m: Member, list: ListStore) => unknown;

/** In the order of the real answer. Inline tags stop at 50 while `tags_count` counts on. */
const FIELDS: Readonly<Record<string, Field>> = {
  id: (m) => m.id,
  email_address: (m) => m.email,
  unique_email_id: (m) => short(m.id, 10),
  contact_id: (m) => short(`c${m.id}`, 32),
  full_name: (m) => `${String(m.merge.FNAME ?? "")} ${String(m.merge.LNAME ?? "")}`.trim(),
  web_id: (m) => 400_000_000 + m.n,
  email_type: () => "html",
  status: (m) => m.status,
  unsubscribe_reason: (m) => (m.status === "unsubscribed" ? (m.reason ?? "") : undefined),
  consents_to_one_to_one_messaging: () => true,
  merge_fields: mergeOf,
  stats: () => ({ avg_open_rate: 0, avg_click_rate: 0 }),
  ip_signup: () => "",
  timestamp_signup: (m) => time(m.signup),
  ip_opt: () => "203.0.113.7",
  timestamp_opt: (m) => time(m.opt),
  member_rating: () => 2,
  last_changed: (m) => time(m.changed),
  language: () => "",
  vip: () => false,
  email_client: () => "",
  location: () => ({ ...LOCATION, region: "" }),
  source: (m) => m.source,
  tags_count: (m) => m.tags.length,
  tags: (m, list) => tagsOf(m, list).slice(0, 50),
  list_id: (_, list) => list.settings.id,
  _links: (m, list) => {
    const path = `/lists/${list.settings.id}/members/${m.id}`;
    return [
      link("self", path),
      link("parent", `/lists/${list.settings.id}/members`),
      link("update", path, "PATCH"),
      link("upsert", path, "PUT"),
      link("delete", path, "DELETE"),
    ];
  },
};
/** Answers to bulk writes and a segment's members come with fewer fields; a segment's without tags, too. */
const NOT_IN_BULK = [
  "contact_id",
  "full_name",
  "web_id",
  "consents_to_one_to_one_messaging",
  "unsubscribe_reason",
  "source",
];
export type MemberShape = "list" | "bulk" | "segment";
const LEFT_OUT: Readonly<Record<MemberShape, ReadonlySet<string>>> = {
  list: new Set(),
  bulk: new Set(NOT_IN_BULK),
  segment: new Set([...NOT_IN_BULK, "tags_count", "tags"]),
};

/** A member as JSON; only `keys`, where given. */
export function memberJson(
  m: Member,
  list: ListStore,
  keys: ReadonlySet<string> | null = null,
  shape: MemberShape = "list",
): MemberJson {
  const json: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(FIELDS)) {
    if (keys !== null && !keys.has(key)) continue;
    if (LEFT_OUT[shape].has(key)) continue;
    const value = key === "location" && shape !== "list" ? LOCATION : field(m, list);
    if (value !== undefined) json[key] = value;
  }
  return json;
}

/** Members of a list by status, for its `stats`. */
export function countsOf(list: ListStore): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const m of list.all()) counts[m.status] = (counts[m.status] ?? 0) + 1;
  return counts;
}

export function listJson(list: ListStore, account: Account): Readonly<Record<string, unknown>> {
  const { id, name, created, doubleOptin, mergeFields } = list.settings;
  const counts = countsOf(list);
  const campaigns = [...account.campaigns.values()].filter((c) => c.listId === id && c.status === "sent");
  const last = campaigns.reduce<number | null>((a, c) => Math.max(a ?? 0, c.sendTime ?? 0), null);
  return {
    id,
    web_id: 382_000 + account.lists.size,
    name,
    contact: {
      company: "Harbour & Pine",
      address1: "1 Quay",
      address2: "",
      city: "Porto",
      state: "",
      zip: "4000",
      country: "PT",
      phone: "",
    },
    permission_reminder: "You signed up in our shop.",
    use_archive_bar: true,
    campaign_defaults: {
      from_name: "Harbour & Pine",
      from_email: "news@example.test",
      subject: "",
      language: "en",
    },
    notify_on_subscribe: "",
    notify_on_unsubscribe: "",
    date_created: time(created),
    list_rating: 0,
    email_type_option: false,
    subscribe_url_short: "http://eepurl.example/x",
    subscribe_url_long: `https://list-manage.example/subscribe?id=${id}`,
    beamer_address: "us3-x@inbound.example",
    visibility: "prv",
    double_optin: doubleOptin,
    has_welcome: false,
    marketing_permissions: false,
    modules: [],
    stats: {
      member_count: counts.subscribed ?? 0,
      unsubscribe_count: counts.unsubscribed ?? 0,
      cleaned_count: counts.cleaned ?? 0,
      member_count_since_send: 0,
      unsubscribe_count_since_send: 0,
      cleaned_count_since_send: 0,
      campaign_count: campaigns.length,
      campaign_last_sent: time(last),
      merge_field_count: mergeFields.length,
      avg_sub_rate: 0,
      avg_unsub_rate: 0,
      target_sub_rate: 0,
      open_rate: 0,
      click_rate: 0,
      last_sub_date: "",
      last_unsub_date: "",
    },
    _links: [link("self", `/lists/${id}`), link("parent", "/lists")],
  };
}
