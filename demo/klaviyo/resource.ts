import type { SimCampaign, SimFlow, SimList, SimProfile, SimSegment } from "./model.ts";
import { type ChannelConsent, canReceiveEmail } from "./model.ts";

/** `2026-11-22T23:00:00+00:00`, as Klaviyo writes times. */
export const time = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}+00:00`;
const timeOr = (ms: number | null): string | null => (ms === null ? null : time(ms));

type Json = Readonly<Record<string, unknown>>;
export type Resource = {
  readonly type: string;
  readonly id: string;
  readonly attributes: Json;
  readonly relationships: Json;
  readonly links: { readonly self: string };
};

function resource(
  base: string,
  type: string,
  plural: string,
  id: string,
  attributes: Json,
  related: readonly string[],
): Resource {
  const self = `${base}/api/${plural}/${id}/`;
  return {
    type,
    id,
    attributes,
    relationships: Object.fromEntries(
      related.map((r) => [r, { links: { self: `${self}relationships/${r}/`, related: `${self}${r}/` } }]),
    ),
    links: { self },
  };
}

function channel(word: "sms" | "push", { consent, consentAt }: ChannelConsent): Json {
  return {
    [`can_receive_${word}_marketing`]: consent === "SUBSCRIBED",
    consent,
    consent_timestamp: timeOr(consentAt),
    ...(word === "sms" ? { method: null, method_detail: null, last_updated: timeOr(consentAt) } : {}),
  };
}

function subscriptions(p: SimProfile): Json {
  const m = p.emailMarketing;
  return {
    email: {
      marketing: {
        can_receive_email_marketing: canReceiveEmail(p),
        consent: m.consent,
        consent_timestamp: timeOr(m.consentAt),
        last_updated: timeOr(m.updatedAt),
        method: m.method,
        method_detail: m.method === null ? null : "",
        custom_method_detail: null,
        double_optin: m.doubleOptin,
        suppression: m.suppressions.map((s) => ({ reason: s.reason, timestamp: time(s.at) })),
        list_suppressions: m.listSuppressions.map((s) => ({
          list_id: s.listId,
          reason: s.reason,
          timestamp: time(s.at),
        })),
      },
    },
    sms: { marketing: channel("sms", p.sms) },
    mobile_push: { marketing: channel("push", p.push) },
  };
}

const NAMES = ["first_name", "last_name", "organization", "locale", "title", "image"] as const;

/** A profile; `subscriptions` only where they were asked for, `joined_group_at` only in lists of members. */
export function profileResource(
  base: string,
  p: SimProfile,
  options: { readonly subscriptions: boolean; readonly joinedAt?: number },
): Resource {
  const names = Object.fromEntries(NAMES.map((n) => [n, p.names[n] ?? null]));
  return resource(
    base,
    "profile",
    "profiles",
    p.id,
    {
      email: p.email,
      phone_number: p.phone,
      external_id: p.externalId,
      ...names,
      created: time(p.createdAt),
      updated: time(p.updatedAt),
      last_event_date: null,
      location: { ...EMPTY_LOCATION, ...p.location },
      properties: p.properties,
      ...(options.joinedAt === undefined ? {} : { joined_group_at: time(options.joinedAt) }),
      ...(options.subscriptions ? { subscriptions: subscriptions(p) } : {}),
    },
    ["lists", "segments", "push-tokens"],
  );
}

const EMPTY_LOCATION = {
  address1: null,
  address2: null,
  city: null,
  country: null,
  latitude: null,
  longitude: null,
  region: null,
  zip: null,
  timezone: null,
  ip: null,
};

export const listResource = (base: string, l: SimList, count?: number): Resource =>
  resource(
    base,
    "list",
    "lists",
    l.id,
    {
      name: l.name,
      created: time(l.createdAt),
      updated: time(l.updatedAt),
      opt_in_process: l.optIn,
      ...(count === undefined ? {} : { profile_count: count }),
    },
    ["profiles", "tags", "flow-triggers"],
  );

export const segmentResource = (base: string, s: SimSegment, count?: number): Resource =>
  resource(
    base,
    "segment",
    "segments",
    s.id,
    {
      name: s.name,
      definition: s.definition,
      created: time(s.createdAt),
      updated: time(s.updatedAt),
      is_active: true,
      is_processing: false,
      is_starred: false,
      ...(count === undefined ? {} : { profile_count: count }),
    },
    ["profiles", "tags", "flow-triggers"],
  );

export function campaignResource(base: string, c: SimCampaign): Resource {
  return resource(
    base,
    "campaign",
    "campaigns",
    c.id,
    {
      name: c.name,
      status: c.status,
      archived: c.archived,
      audiences: { included: c.included, excluded: c.excluded },
      send_options: { use_smart_sending: true },
      tracking_options: { add_tracking_params: false, is_tracking_clicks: true, is_tracking_opens: true },
      send_strategy:
        c.sendTime === null
          ? { method: "immediate" }
          : { method: "static", datetime: time(c.sendTime), options: { is_local: false } },
      created_at: time(c.createdAt),
      scheduled_at: timeOr(c.scheduledAt),
      updated_at: time(c.scheduledAt ?? c.createdAt),
      send_time: timeOr(c.sendTime),
    },
    ["campaign-messages", "tags"],
  );
}

const TRIGGER_WORDS = { list: "Added to List", segment: "Added to List", metric: "Metric" } as const;

export function flowResource(base: string, f: SimFlow, definition = false): Resource {
  return resource(
    base,
    "flow",
    "flows",
    f.id,
    {
      name: f.name,
      status: f.status,
      archived: f.archived,
      created: time(f.createdAt),
      updated: time(f.createdAt),
      trigger_type: TRIGGER_WORDS[f.trigger.type],
      ...(definition
        ? { definition: { triggers: [f.trigger], profile_filter: null, actions: [], entry_action_id: null } }
        : {}),
    },
    ["flow-actions", "tags"],
  );
}

/** Sparse field sets: only the asked-for attributes, dotted paths included; null: all. */
export function sparse(of: Resource, fields: readonly string[] | null): Resource {
  if (fields === null) return of;
  const attributes: Record<string, unknown> = {};
  for (const field of fields) copy(of.attributes, attributes, field.split("."));
  return { ...of, attributes };
}

function copy(from: Json, to: Record<string, unknown>, [head = "", ...rest]: readonly string[]): void {
  const value = from[head];
  if (value === undefined) return;
  if (rest.length === 0 || !isJson(value)) {
    to[head] = value;
    return;
  }
  const inner = to[head];
  const target: Record<string, unknown> = isJson(inner) ? { ...inner } : {};
  copy(value, target, rest);
  to[head] = target;
}

const isJson = (v: unknown): v is Json => typeof v === "object" && v !== null && !Array.isArray(v);
