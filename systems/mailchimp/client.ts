import type { Clock } from "../../core/clock.ts";
import type { MailchimpSystem, SecretRef } from "../../core/config.ts";
import { AuditorError, isKind } from "../../core/errors.ts";
import { type Call, type ConnectorDeps, httpSettings } from "../http/connector-deps.ts";
import type { Query, ReadClient } from "../http/read-client.ts";
import type { HttpSettings } from "../http/settings.ts";
import { mailchimpField, rootOf } from "./attribute.ts";
import { PAGE } from "./limits.ts";
import {
  asMember,
  asMergeField,
  asSegment,
  asTag,
  isObject,
  type Json,
  type MailchimpMember,
  type MailchimpPage,
  type MailchimpSegment,
  type MailchimpTag,
  type MergeFieldInfo,
  pageOf,
} from "./wire.ts";

/**
 * @throws AuditorError config when the key does not name its data centre and no url is set
 */
export function mailchimpHttp(
  config: MailchimpSystem,
  key: SecretRef,
  deps: ConnectorDeps,
  clock: Clock,
): HttpSettings {
  const secret = deps.secret(key).trim();
  return httpSettings(
    {
      where: config.id,
      baseUrl: `${config.url ?? hostOf(config, secret)}/3.0`,
      headers: () => ({ authorization: `Bearer ${secret}` }),
      authFix: `check the API key of ${config.id} (Mailchimp: Profile, Extras, API keys) and that its user may see this audience; a 403 under load can also mean too many connections at once`,
    },
    deps,
    clock,
  );
}

/** The data centre stands behind the key's last hyphen: `…-us6`. */
function hostOf(config: MailchimpSystem, secret: string): string {
  const centre = /-([a-z]{2}\d{1,3})$/.exec(secret)?.[1];
  if (centre === undefined)
    throw new AuditorError(
      "config",
      config.id,
      "the API key does not end with its data centre (…-us6)",
      "copy the whole key, or set url to the address of the API",
    );
  return `https://${centre}.api.mailchimp.com`;
}

/** Paths under one audience. `hash` is the MD5 of an address: the API knows people by nothing else. */
export const paths = (list: string) => {
  const root = `/lists/${encodeURIComponent(list)}`;
  return {
    list: root,
    members: `${root}/members`,
    member: (hash: string) => `${root}/members/${hash}`,
    tags: (hash: string) => `${root}/members/${hash}/tags`,
    segments: `${root}/segments`,
    segmentMembers: (id: number) => `${root}/segments/${id}/members`,
    mergeFields: `${root}/merge-fields`,
    webhooks: `${root}/webhooks`,
  };
};

const MEMBER_FIELDS = [
  "id",
  "email_address",
  "status",
  "unsubscribe_reason",
  "timestamp_opt",
  "last_changed",
  "merge_fields",
];

/** What of a member is asked for: no more of people than is needed. */
export const memberFields = (config: MailchimpSystem): readonly string[] => [
  ...new Set([...MEMBER_FIELDS, ...Object.values(config.attributes).map((f) => rootOf(mailchimpField(f)))]),
];

export async function memberPage(
  http: ReadClient,
  where: string,
  path: string,
  query: Query,
  call: Call,
): Promise<MailchimpPage<MailchimpMember>> {
  return pageOf(await http.get(path, query, call), "members", where, asMember);
}

/** One member by address. null: Mailchimp does not have it. */
export async function memberOf(
  http: ReadClient,
  config: MailchimpSystem,
  hash: string,
  call: Call,
): Promise<MailchimpMember | null> {
  try {
    const fields = [...memberFields(config), "tags", "tags_count"].join(",");
    return asMember(await http.get(paths(config.list).member(hash), { fields }, call), config.id);
  } catch (e) {
    // a well-formed hash is refused for one reason only, 404; so would an unknown list be, which `listOf` tells before
    if (isKind(e, "permanent")) return null;
    throw e;
  }
}

/** All of a collection, in whole pages. */
export async function whole<T>(
  http: ReadClient,
  where: string,
  path: string,
  name: string,
  query: Query,
  item: (o: Json, where: string) => T,
  call: Call,
): Promise<readonly T[]> {
  const all: T[] = [];
  for (;;) {
    const page = pageOf(
      await http.get(path, { count: PAGE, offset: all.length, ...query }, call),
      name,
      where,
      item,
    );
    all.push(...page.items);
    if (page.items.length === 0 || all.length >= page.total) return all;
  }
}

export const segmentsOf = (
  http: ReadClient,
  config: MailchimpSystem,
  call: Call,
): Promise<readonly MailchimpSegment[]> =>
  whole(http, config.id, paths(config.list).segments, "segments", {}, asSegment, call);

/** All tags of one member, beyond the 50 that a member shows inline. */
export const tagsOf = (
  http: ReadClient,
  config: MailchimpSystem,
  hash: string,
  call: Call,
): Promise<readonly MailchimpTag[]> =>
  whole(http, config.id, paths(config.list).tags(hash), "tags", {}, asTag, call);

export const mergeFieldsOf = (
  http: ReadClient,
  config: MailchimpSystem,
  call: Call,
): Promise<readonly MergeFieldInfo[]> =>
  whole(http, config.id, paths(config.list).mergeFields, "merge_fields", {}, asMergeField, call);

/** Name and subscribed members of the audience, by its own count. @throws AuditorError config when it is not there */
export async function listOf(
  http: ReadClient,
  config: MailchimpSystem,
  call: Call,
): Promise<{
  readonly name: string;
  readonly subscribed: number | null;
  readonly doubleOptIn: boolean | null;
}> {
  try {
    const body = await http.get(
      paths(config.list).list,
      { fields: "id,name,double_optin,stats.member_count" },
      call,
    );
    const o = body as {
      readonly name?: unknown;
      readonly double_optin?: unknown;
      readonly stats?: { readonly member_count?: unknown };
    } | null;
    const count = o?.stats?.member_count;
    return {
      name: typeof o?.name === "string" ? o.name : config.list,
      subscribed: typeof count === "number" ? count : null,
      doubleOptIn: typeof o?.double_optin === "boolean" ? o.double_optin : null,
    };
  } catch (e) {
    if (isKind(e, "permanent"))
      throw new AuditorError(
        "config",
        config.id,
        `Mailchimp has no audience "${config.list}", or this key may not see it`,
        "set list to the Audience ID (Audience, Settings)",
        { cause: e },
      );
    throw e;
  }
}

/** Hosts that Mailchimp tells of changes which come by the API. Only the host: the rest of such an address is a secret. */
export async function apiWebhooks(
  http: ReadClient,
  config: MailchimpSystem,
  call: Call,
): Promise<readonly string[]> {
  const host = (o: Json): string | null => {
    const sources = isObject(o.sources) ? o.sources : {};
    if (sources.api !== true || typeof o.url !== "string") return null;
    return URL.canParse(o.url) ? new URL(o.url).host : "an address that cannot be read";
  };
  // all at once: this one collection of Mailchimp's has no pages
  const all = pageOf(await http.get(paths(config.list).webhooks, {}, call), "webhooks", config.id, host);
  return all.items.filter((h) => h !== null);
}
