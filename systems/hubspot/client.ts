import type { Clock } from "../../core/clock.ts";
import type { HubspotSystem, SecretRef } from "../../core/config.ts";
import { isKind } from "../../core/errors.ts";
import { type Call, type ConnectorDeps, httpSettings } from "../http/connector-deps.ts";
import type { ReadClient } from "../http/read-client.ts";
import type { HttpSettings } from "../http/settings.ts";
import {
  asContact,
  asList,
  asMembership,
  asStatuses,
  asSubscriptionType,
  batchOf,
  type HubspotBatch,
  type HubspotContact,
  type HubspotList,
  type HubspotPage,
  isObject,
  type Membership,
  objectsOf,
  pageOf,
  type SubscriptionStatus,
  type SubscriptionType,
} from "./wire.ts";

export const CONTACTS = "/crm/v3/objects/contacts";
export const LISTS = "/crm/v3/lists";
export const STATUSES = "/communication-preferences/v4/statuses";
const TOKEN_INFO = "/oauth/v2/private-apps/get/access-token-info";

/** Most contacts in one page or batch; with histories half of it. */
export const PAGE = 100;
/** Most memberships in one page. */
const MEMBERSHIPS = 250;

/** Scopes that reading needs, and those that make it see more. */
export const READ_SCOPES = [
  "crm.objects.contacts.read",
  "crm.lists.read",
  "communication_preferences.read",
] as const;
export const WRITE_SCOPES = [
  "crm.objects.contacts.write",
  "crm.lists.write",
  "communication_preferences.read_write",
] as const;

export function hubspotHttp(
  config: HubspotSystem,
  token: SecretRef,
  deps: ConnectorDeps,
  clock: Clock,
): HttpSettings {
  const secret = deps.secret(token);
  const scopes = token === config.token ? READ_SCOPES : [...READ_SCOPES, ...WRITE_SCOPES];
  const settings = httpSettings(
    {
      where: config.id,
      baseUrl: config.url,
      headers: () => ({ authorization: `Bearer ${secret}` }),
      readPosts: [
        /^\/crm\/v3\/objects\/contacts\/(?:search|batch\/read)$/,
        /^\/crm\/v3\/lists\/search$/,
        /^\/communication-preferences\/v4\/statuses\/batch\/read$/,
        /^\/oauth\/v2\/private-apps\/get\/access-token-info$/,
      ],
      authFix: `renew the token of ${config.id} in HubSpot (private app), with the scopes ${scopes.join(", ")}`,
    },
    deps,
    clock,
  );
  // a 429 comes without Retry-After and its window is ten seconds: the usual tries would end before it does
  return { ...settings, attempts: deps.http?.attempts ?? 7 };
}

/** One page of contacts, by id. */
export async function contactsAfter(
  http: ReadClient,
  where: string,
  properties: readonly string[],
  after: string | null,
  call: Call,
): Promise<HubspotPage<HubspotContact>> {
  const query = { limit: PAGE, properties: properties.join(","), ...(after === null ? {} : { after }) };
  return pageOf(await http.get(CONTACTS, query, call), where, asContact);
}

/** Up to 100 contacts by id or primary address. */
export async function contactsBy(
  http: ReadClient,
  where: string,
  key: "id" | "email",
  keys: readonly string[],
  properties: readonly string[],
  call: Call,
): Promise<HubspotBatch<HubspotContact>> {
  const body = {
    inputs: keys.map((id) => ({ id })),
    properties,
    propertiesWithHistory: [],
    ...(key === "email" ? { idProperty: "email" } : {}),
  };
  return batchOf(await http.readPost(`${CONTACTS}/batch/read`, {}, body, call), where, asContact);
}

/** Ids of up to 200 contacts that changed since, the latest first. */
export async function contactsChangedSince(
  http: ReadClient,
  where: string,
  sinceMs: number,
  call: Call,
): Promise<readonly string[]> {
  const filter = { propertyName: "lastmodifieddate", operator: "GTE", value: String(sinceMs) };
  const body = {
    filterGroups: [{ filters: [filter] }],
    sorts: [{ propertyName: "lastmodifieddate", direction: "DESCENDING" }],
    properties: ["lastmodifieddate"],
    limit: 200,
  };
  return pageOf(await http.readPost(`${CONTACTS}/search`, {}, body, call), where, asContact).items.map(
    (c) => c.id,
  );
}

/** Contacts with the history of these properties, 50 a batch. */
export async function historiesOf(
  http: ReadClient,
  where: string,
  ids: readonly string[],
  properties: readonly string[],
  call: Call,
): Promise<readonly HubspotContact[]> {
  const found: HubspotContact[] = [];
  for (let at = 0; at < ids.length; at += PAGE / 2) {
    const inputs = ids.slice(at, at + PAGE / 2).map((id) => ({ id }));
    const body = { inputs, properties, propertiesWithHistory: properties };
    found.push(
      ...batchOf(await http.readPost(`${CONTACTS}/batch/read`, {}, body, call), where, asContact).items,
    );
  }
  return found;
}

/** Contacts that have one of these as an additional address; five addresses a search is what HubSpot takes. */
export async function contactsByAdditional(
  http: ReadClient,
  where: string,
  emails: readonly string[],
  properties: readonly string[],
  call: Call,
): Promise<readonly HubspotContact[]> {
  const found: HubspotContact[] = [];
  for (let at = 0; at < emails.length; at += 5) {
    const filterGroups = emails.slice(at, at + 5).map((value) => ({
      filters: [{ propertyName: "hs_additional_emails", operator: "CONTAINS_TOKEN", value }],
    }));
    const body = { filterGroups, properties, limit: PAGE };
    found.push(...pageOf(await http.readPost(`${CONTACTS}/search`, {}, body, call), where, asContact).items);
  }
  return found;
}

/** How many contacts the search index has that were made until then. */
export async function countUntil(
  http: ReadClient,
  where: string,
  untilMs: number,
  call: Call,
): Promise<number | null> {
  const filter = { propertyName: "createdate", operator: "LTE", value: String(untilMs) };
  const body = { filterGroups: [{ filters: [filter] }], properties: ["email"], limit: 1 };
  return pageOf(await http.readPost(`${CONTACTS}/search`, {}, body, call), where, asContact).total;
}

/** A list of contacts by its name, else by its id; null: there is none. Asks in ways that answer a missing one with 200. */
export async function listCalled(
  http: ReadClient,
  where: string,
  wanted: string,
  call: Call,
): Promise<HubspotList | null> {
  const body = { query: wanted, count: 500, offset: 0, processingTypes: ["MANUAL", "SNAPSHOT", "DYNAMIC"] };
  const found = objectsOf(await http.readPost(`${LISTS}/search`, {}, body, call), "lists", where)
    .filter((l) => l.objectTypeId === undefined || l.objectTypeId === "0-1")
    .map((l) => asList(l, where))
    .find((l) => l.name.toLowerCase() === wanted.toLowerCase());
  const id = found?.id ?? (/^\d+$/.test(wanted) ? wanted : null);
  return id === null ? null : listById(http, where, id, call);
}

/** With its definition, where it has one; null: there is none. */
export async function listById(
  http: ReadClient,
  where: string,
  id: string,
  call: Call,
): Promise<HubspotList | null> {
  const body = await http.get(`${LISTS}/`, { listIds: [id], includeFilters: "true" }, call);
  const first = objectsOf(body, "lists", where)[0];
  return first === undefined ? null : asList(first, where);
}

/** One page of the members of a list, by record id. */
export async function membershipsAfter(
  http: ReadClient,
  where: string,
  listId: string,
  after: string | null,
  call: Call,
): Promise<HubspotPage<Membership>> {
  const query = { limit: MEMBERSHIPS, ...(after === null ? {} : { after }) };
  return pageOf(await http.get(`${LISTS}/${listId}/memberships`, query, call), where, asMembership);
}

export async function subscriptionTypes(
  http: ReadClient,
  where: string,
  call: Call,
): Promise<readonly SubscriptionType[]> {
  const body = await http.get("/communication-preferences/v4/definitions", {}, call);
  return pageOf(body, where, asSubscriptionType).items.filter((t) => t.active);
}

/** What up to 100 addresses said about each type of mail. Needs Marketing Hub Enterprise. */
export async function statusesOf(
  http: ReadClient,
  where: string,
  emails: readonly string[],
  call: Call,
): Promise<ReadonlyMap<string, readonly SubscriptionStatus[]>> {
  const body = await http.readPost(`${STATUSES}/batch/read`, { channel: "EMAIL" }, { inputs: emails }, call);
  return new Map(batchOf(body, where, asStatuses).items.map((s) => [s.email.toLowerCase(), s.statuses]));
}

/** Scopes of the token itself; null: HubSpot does not tell (not a private app's). */
export async function scopesOf(
  http: ReadClient,
  token: string,
  call: Call,
): Promise<readonly string[] | null> {
  try {
    const body = await http.readPost(TOKEN_INFO, {}, { tokenKey: token }, call);
    return isObject(body) && Array.isArray(body.scopes) ? body.scopes.map(String) : null;
  } catch (e) {
    if (isKind(e, "permanent", "auth", "bad_data")) return null;
    throw e;
  }
}
