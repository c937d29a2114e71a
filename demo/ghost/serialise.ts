import { hash } from "node:crypto";
import type { Suppression } from "./member-store.ts";
import type { SimLabel, SimMember, SimNewsletter } from "./model.ts";

/** Ghost keeps whole seconds. */
export const time = (ms: number): string => {
  if (ms !== lastTime) [lastTime, lastText] = [ms, `${new Date(ms).toISOString().slice(0, 19)}.000Z`];
  return lastText;
};
let lastTime = Number.NaN;
let lastText = "";

export const labelJson = (l: SimLabel): Record<string, unknown> => ({
  id: l.id,
  name: l.name,
  slug: l.slug,
  created_at: time(l.createdAt),
  updated_at: time(l.updatedAt),
});

/** A stable uuid out of the id, so that a simulator started twice tells the same. */
export const uuidOf = (id: string): string =>
  `${id.slice(0, 8)}-${id.slice(8, 12)}-4${id.slice(12, 15)}-8${id.slice(15, 18)}-${id.slice(12, 24)}`;

export function newsletterJson(n: SimNewsletter): Record<string, unknown> {
  return {
    id: n.id,
    uuid: uuidOf(n.id),
    name: n.name,
    description: null,
    feedback_enabled: false,
    slug: n.slug,
    sender_name: null,
    sender_email: null,
    sender_reply_to: "newsletter",
    status: n.status,
    visibility: "members",
    subscribe_on_signup: n.subscribeOnSignup,
    sort_order: n.sortOrder,
    created_at: time(n.createdAt),
    updated_at: time(n.createdAt),
  };
}

/** Columns of the table that `fields` may name; anything else is an SQL error. */
const COLUMNS: readonly string[] = [
  "id",
  "uuid",
  "transient_id",
  "email",
  "status",
  "name",
  "expertise",
  "note",
  "geolocation",
  "enable_comment_notifications",
  "email_count",
  "email_opened_count",
  "email_open_rate",
  "email_disabled",
  "last_seen_at",
  "last_commented_at",
  "created_at",
  "created_by",
  "updated_at",
  "updated_by",
];

export type MemberView = {
  readonly siteUrl: string;
  readonly suppression: (email: string) => Suppression | undefined;
  /** Single records also tell attribution and tiers. */
  readonly single: boolean;
  readonly include: ReadonlySet<string>;
  /** Null: all columns. */
  readonly fields: readonly string[] | null;
};

export const unknownFields = (fields: readonly string[]): boolean => fields.some((f) => !COLUMNS.includes(f));

const labelTexts = new WeakMap<readonly SimLabel[], string>();
const newsletterTexts = new WeakMap<readonly SimNewsletter[], string>();

function cached<T extends object>(texts: WeakMap<T, string>, list: T, make: () => unknown): string {
  let text = texts.get(list);
  if (text === undefined) {
    text = JSON.stringify(make());
    texts.set(list, text);
  }
  return text;
}

/**
 * The same text as `JSON.stringify(memberJson(m, view))` for a browse without `fields` and `include`, put together by
 * hand: reading 100,000 members is a thousand pages, and the lists of labels repeat.
 */
export function memberText(m: SimMember, siteUrl: string, suppression: Suppression | undefined): string {
  const uuid = uuidOf(m.id);
  const labels = cached(labelTexts, m.labels, () => [...new Set(m.labels)].map(labelJson));
  const newsletters = cached(newsletterTexts, m.newsletters, () => activeNewsletters(m));
  const key = hash("sha256", `members${uuid}`);
  return (
    `{"id":"${m.id}","uuid":"${uuid}","email":${JSON.stringify(m.email)},"name":${JSON.stringify(m.name)},` +
    `"note":${JSON.stringify(m.note)},"geolocation":null,"subscribed":${newsletters !== "[]"},` +
    `"created_at":"${time(m.createdAt)}","updated_at":"${time(m.updatedAt)}","labels":${labels},"subscriptions":[],` +
    `"avatar_image":null,"comped":false,"email_count":0,"email_opened_count":0,"email_open_rate":null,"status":"free",` +
    `"last_seen_at":null,"unsubscribe_url":"${siteUrl}/unsubscribe/?uuid=${uuid}&key=${key}",` +
    `"email_suppression":${JSON.stringify(suppressionJson(suppression, m.emailDisabled))},"newsletters":${newsletters}}`
  );
}

const activeNewsletters = (m: SimMember): unknown[] =>
  m.newsletters
    .filter((n) => n.status === "active")
    .map((n) => ({ id: n.id, name: n.name, description: null, status: n.status }));

const suppressionJson = (s: Suppression | undefined, disabled: boolean): Record<string, unknown> => ({
  suppressed: s !== undefined || disabled,
  info: s ? { reason: s.reason === "spam" ? "spam" : "fail", timestamp: time(s.at) } : null,
});

const NO_ATTRIBUTION = {
  id: null,
  type: null,
  url: null,
  title: null,
  referrer_source: null,
  referrer_medium: null,
  referrer_url: null,
};

/**
 * A member as the API tells it.
 *
 * With `fields`, Ghost derives the rest from what it selected: without `id` there are no labels and no newsletters and
 * `subscribed` is false; without `email`, nobody is suppressed. Both are its quirks, kept here.
 */
export function memberJson(m: SimMember, view: MemberView): Record<string, unknown> {
  const has = (field: string): boolean => view.fields === null || view.fields.includes(field);
  const put = (out: Record<string, unknown>, field: string, value: unknown): void => {
    if (has(field)) out[field] = value;
  };
  const suppression = has("email") ? view.suppression(m.email) : undefined;
  const uuid = uuidOf(m.id);
  const out: Record<string, unknown> = {};
  put(out, "id", m.id);
  put(out, "uuid", uuid);
  put(out, "email", m.email);
  put(out, "name", m.name);
  put(out, "note", m.note);
  put(out, "geolocation", null);
  out.subscribed = has("id") && m.newsletters.some((n) => n.status === "active");
  put(out, "created_at", time(m.createdAt));
  put(out, "updated_at", time(m.updatedAt));
  // A relation that exists twice is told once; only the CSV export shows both.
  if (has("id")) out.labels = [...new Set(m.labels)].map(labelJson);
  out.subscriptions = [];
  out.avatar_image = null;
  out.comped = false;
  put(out, "email_count", 0);
  put(out, "email_opened_count", 0);
  put(out, "email_open_rate", null);
  if (view.include.has("email_recipients")) out.email_recipients = [];
  put(out, "status", "free");
  put(out, "last_seen_at", null);
  if (view.single) {
    out.attribution = m.viaApi
      ? { ...NO_ATTRIBUTION, referrer_source: "Integration: Plumbline", referrer_medium: "Admin API" }
      : NO_ATTRIBUTION;
  }
  out.unsubscribe_url = has("uuid")
    ? `${view.siteUrl}/unsubscribe/?uuid=${uuid}&key=${hash("sha256", `members${uuid}`)}`
    : `${view.siteUrl}/unsubscribe/?preview=1`;
  if (view.single || view.include.has("tiers") || view.include.has("products")) out.tiers = [];
  out.email_suppression = suppressionJson(
    suppression,
    (has("email_disabled") || view.fields === null) && m.emailDisabled,
  );
  if (has("id")) out.newsletters = activeNewsletters(m);
  return out;
}
