import type { Clock } from "../../core/clock.ts";
import type { KlaviyoSystem, SecretRef } from "../../core/config.ts";
import { AuditorError } from "../../core/errors.ts";
import { type Call, type ConnectorDeps, httpSettings } from "../http/connector-deps.ts";
import type { ReadClient } from "../http/read-client.ts";
import type { HttpSettings } from "../http/settings.ts";
import { sparseFields } from "./attribute.ts";
import { anyOf, equals } from "./filter.ts";
import { dataOf, type KlaviyoPage, pageOf, type Resource } from "./json.ts";
import { asProfile, type KlaviyoProfile } from "./profile.ts";
import type { GroupKind } from "./source.ts";
import { asFlow, asGroup, countOf, type KlaviyoFlow, type KlaviyoGroup } from "./wire.ts";

/** The revision of the API that this connector speaks: https://developers.klaviyo.com/en/v2026-07-15/reference/api_overview */
const REVISION = "2026-07-15";
/** Most profiles a page; lists and segments come ten a page at most (API description 2026-07-15). */
export const PAGE = 100;
/** Identifiers a filter: a hundred are allowed, fifty addresses keep the URL short. */
export const TOGETHER = 50;

const MEMBERS = /^\/lists\/[^/]+\/relationships\/profiles$/;

export function klaviyoHttp(
  config: KlaviyoSystem,
  key: SecretRef,
  deps: ConnectorDeps,
  clock: Clock,
): HttpSettings {
  const secret = deps.secret(key).trim();
  if (!/^[\x21-\x7e]+$/.test(secret))
    throw new AuditorError(
      "config",
      config.id,
      "the key is not one of Klaviyo's",
      "copy the private API key (pk_…) again, without line breaks",
    );
  return httpSettings(
    {
      where: config.id,
      baseUrl: `${config.url}/api`,
      headers: () => ({
        authorization: `Klaviyo-API-Key ${secret}`,
        revision: REVISION,
        accept: "application/vnd.api+json",
        "content-type": "application/vnd.api+json",
      }),
      authFix: `renew the private API key of ${config.id} in Klaviyo (Settings, API keys), or give it the scopes that docs/systems/klaviyo.md lists`,
      readPosts: [/^\/campaign-values-reports$/],
      membershipDeletes: [MEMBERS],
    },
    deps,
    clock,
  );
}

const plural = (kind: GroupKind): "lists" | "segments" => (kind === "list" ? "lists" : "segments");
const at = (kind: GroupKind, id: string): string => `/${plural(kind)}/${encodeURIComponent(id)}`;

const profileQuery = (fields: readonly string[], joined: boolean) => ({
  "additional-fields[profile]": "subscriptions",
  "fields[profile]": sparseFields(fields, joined),
});

/** First page of a list's or segment's members, in order of joining; of everybody where `group` is null. */
export async function firstPage(
  http: ReadClient,
  where: string,
  group: { readonly kind: GroupKind; readonly id: string } | null,
  fields: readonly string[],
  call: Call,
): Promise<KlaviyoPage<KlaviyoProfile>> {
  const query = {
    ...profileQuery(fields, group !== null),
    "page[size]": PAGE,
    sort: group === null ? "id" : "joined_group_at",
  };
  const path = group === null ? "/profiles" : `${at(group.kind, group.id)}/profiles`;
  return pageOf(await http.get(path, query, call), where, asProfile);
}

export const nextPage = async (
  http: ReadClient,
  where: string,
  url: string,
  call: Call,
): Promise<KlaviyoPage<KlaviyoProfile>> => pageOf(await http.getNext(url, call), where, asProfile);

/** How many people Klaviyo itself counts in the list or segment. */
export async function memberCount(
  http: ReadClient,
  where: string,
  group: { readonly kind: GroupKind; readonly id: string },
  call: Call,
): Promise<number> {
  const query = { [`additional-fields[${group.kind}]`]: "profile_count" };
  return countOf(await http.get(at(group.kind, group.id), query, call), where);
}

/** Does the list ask whoever signs up to confirm? null: it does not say. */
export async function optInOf(
  http: ReadClient,
  where: string,
  listId: string,
  call: Call,
): Promise<"single" | "double" | null> {
  const query = { "fields[list]": "opt_in_process" };
  const process = dataOf(await http.get(at("list", listId), query, call), where).attributes.opt_in_process;
  return process === "double_opt_in" ? "double" : process === "single_opt_in" ? "single" : null;
}

/** All pages of one list of resources; a cursor that comes again ends it. */
export async function whole<T>(
  http: ReadClient,
  where: string,
  path: string,
  query: Readonly<Record<string, string | number>>,
  item: (r: Resource, where: string) => T,
  call: Call,
): Promise<readonly T[]> {
  let page = pageOf(await http.get(path, query, call), where, item);
  const all = [...page.items];
  const followed = new Set<string>();
  while (page.next !== null && !followed.has(page.next)) {
    followed.add(page.next);
    page = pageOf(await http.getNext(page.next, call), where, item);
    all.push(...page.items);
  }
  return all;
}

/** Lists or segments of this name, else of this id. Names are not unique in Klaviyo. */
export async function groupsCalled(
  http: ReadClient,
  where: string,
  kind: GroupKind,
  name: string,
  call: Call,
): Promise<readonly KlaviyoGroup[]> {
  const path = `/${plural(kind)}`;
  const named = await whole(http, where, path, { filter: equals("name", name) }, asGroup, call);
  if (named.length > 0) return named;
  return whole(http, where, path, { filter: equals("id", name) }, asGroup, call);
}

/** Lists or segments of these ids, as far as they are there. */
export async function groupsById(
  http: ReadClient,
  where: string,
  kind: GroupKind,
  ids: readonly string[],
  call: Call,
): Promise<readonly KlaviyoGroup[]> {
  const all: KlaviyoGroup[] = [];
  for (let i = 0; i < ids.length; i += TOGETHER) {
    const filter = anyOf("id", ids.slice(i, i + TOGETHER));
    all.push(...(await whole(http, where, `/${plural(kind)}`, { filter }, asGroup, call)));
  }
  return all;
}

/** People with one of these values in `field`, everywhere or in one list or segment. The address stands in the URL: Klaviyo has no other look-up. */
export function profilesBy(
  http: ReadClient,
  where: string,
  field: "id" | "email" | "phone_number" | "external_id",
  values: readonly string[],
  group: { readonly kind: GroupKind; readonly id: string } | null,
  fields: readonly string[],
  call: Call,
): Promise<readonly KlaviyoProfile[]> {
  const query = { ...profileQuery(fields, group !== null), "page[size]": PAGE, filter: anyOf(field, values) };
  const path = group === null ? "/profiles" : `${at(group.kind, group.id)}/profiles`;
  return whole(http, where, path, query, asProfile, call);
}

/** Flows that start when somebody joins this list or segment. */
export const flowsStartedBy = (
  http: ReadClient,
  where: string,
  group: { readonly kind: GroupKind; readonly id: string },
  call: Call,
): Promise<readonly KlaviyoFlow[]> =>
  whole(http, where, `${at(group.kind, group.id)}/flow-triggers`, {}, asFlow, call);

/** Ids of the lists or segments that one person is in. */
export const groupIdsOf = async (
  http: ReadClient,
  where: string,
  profileId: string,
  kind: GroupKind,
  call: Call,
): Promise<readonly string[]> =>
  (
    await whole(http, where, `/profiles/${encodeURIComponent(profileId)}/${plural(kind)}`, {}, asGroup, call)
  ).map((g) => g.id);
