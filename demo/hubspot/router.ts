import type { Answer, Call } from "../sim/server.ts";
import type { Account } from "./account.ts";
import { notFound } from "./api-error.ts";
import { isObject, jsonBody } from "./body.ts";
import * as consent from "./consent-api.ts";
import { batchRead, getContact, listContacts } from "./contacts-api.ts";
import * as write from "./contacts-write.ts";
import * as lists from "./lists-api.ts";
import { getEmail, getFlow, listEmails, listFlows } from "./marketing-api.ts";
import { changeMemberships, listsOfRecord, memberships } from "./memberships-api.ts";
import { getProperty, listProperties, type Properties } from "./properties-api.ts";
import { searchContacts } from "./search-api.ts";

type Handler = (call: Call, parts: readonly string[]) => Answer;
type Route = readonly [method: string, path: RegExp, handler: Handler];

const CONTACTS = "/crm/v3/objects/(?:contacts?|0-1)";
const STATUSES = "/communication-preferences/v4/statuses";

/** Names of objects are read whatever their case: CONTACT, contacts and 0-1 are one. */
const route = (method: string, path: string, handler: Handler): Route => [
  method,
  new RegExp(`^${path}/?$`, "i"),
  handler,
];

/** POSTs that only read. */
const READING = /(?:\/search|\/batch\/(?:unsubscribe-all\/)?read|access-token-info)\/?$/;
export const readsOnly = (method: string, path: string): boolean =>
  method === "GET" || (method === "POST" && READING.test(path));
export const isSearch = (method: string, path: string): boolean =>
  method === "POST" && /^\/crm\/v3\/objects\/[^/]+\/search\/?$/.test(path);

export function routesOf(account: Account, properties: Properties): (call: Call) => Answer {
  const a = account;
  const p = properties;
  const routes: readonly Route[] = [
    route("GET", CONTACTS, (c) => listContacts(a, p, c)),
    route("POST", CONTACTS, (c) => write.createContact(a, p, c)),
    route("POST", `${CONTACTS}/search`, (c) => searchContacts(a, p, c)),
    route("POST", `${CONTACTS}/batch/read`, (c) => batchRead(a, p, c)),
    route("POST", `${CONTACTS}/batch/update`, (c) => write.batchUpdate(a, p, c)),
    route("POST", `${CONTACTS}/batch/upsert`, (c) => write.batchUpsert(a, p, c)),
    route("POST", `${CONTACTS}/batch/create`, (c) => write.batchCreate(a, p, c)),
    route("POST", `${CONTACTS}/batch/archive`, (c) => write.batchArchive(a, c)),
    route("GET", `${CONTACTS}/([^/]+)`, (c, [id = ""]) => getContact(a, p, c, id)),
    route("PATCH", `${CONTACTS}/([^/]+)`, (c, [id = ""]) => write.updateContact(a, p, c, id)),
    route("DELETE", `${CONTACTS}/([^/]+)`, (_, [id = ""]) => {
      write.archive(a, Number(id));
      return { status: 204, body: null };
    }),
    route("GET", "/crm/v3/properties/(?:contacts?|0-1)", () => listProperties(a, p)),
    route("GET", "/crm/v3/properties/(?:contacts?|0-1)/([^/]+)", (_, [name = ""]) => getProperty(a, p, name)),
    route("GET", "/crm/v3/lists", (c) => lists.getLists(a, c)),
    route("POST", "/crm/v3/lists", (c) => lists.createList(a, c)),
    route("POST", "/crm/v3/lists/search", (c) => lists.searchLists(a, c)),
    route("GET", "/crm/v3/lists/object-type-id/([^/]+)/name/([^/]+)", (c, [type = "", name = ""]) =>
      lists.getListByName(a, c, type, name),
    ),
    route("GET", "/crm/v3/lists/records/[^/]+/(\\d+)/memberships", (_, [id = ""]) => listsOfRecord(a, id)),
    route("GET", "/crm/v3/lists/(\\d+)", (c, [id = ""]) => lists.getList(a, c, id)),
    route("DELETE", "/crm/v3/lists/(\\d+)", (_, [id = ""]) => lists.deleteList(a, id)),
    route("PUT", "/crm/v3/lists/(\\d+)/update-list-filters", (c, [id = ""]) => lists.updateFilters(a, c, id)),
    route("GET", "/crm/v3/lists/(\\d+)/memberships", (c, [id = ""]) => memberships(a, c, id)),
    route("PUT", "/crm/v3/lists/(\\d+)/memberships/(add|remove|add-and-remove)", (c, [id = "", verb = ""]) =>
      changeMemberships(a, c, id, verb),
    ),
    route("GET", "/communication-preferences/v4/definitions", () => consent.definitions(a)),
    route("POST", `${STATUSES}/batch/read`, (c) => consent.statusesBatch(a, c)),
    route("POST", `${STATUSES}/batch/write`, (c) => consent.setStatusBatch(a, c)),
    route("POST", `${STATUSES}/batch/unsubscribe-all`, (c) => consent.unsubscribeAllBatch(a, c)),
    route("POST", `${STATUSES}/batch/unsubscribe-all/read`, (c) => consent.wideStatusBatch(a, c)),
    route("GET", `${STATUSES}/([^/]+)`, (c, [email = ""]) => consent.statuses(a, c, email)),
    route("POST", `${STATUSES}/([^/]+)`, (c, [email = ""]) => consent.setStatus(a, c, email)),
    route("GET", `${STATUSES}/([^/]+)/unsubscribe-all`, (c, [email = ""]) => consent.wideStatus(a, c, email)),
    route("POST", `${STATUSES}/([^/]+)/unsubscribe-all`, (c, [email = ""]) =>
      consent.unsubscribeAll(a, c, email),
    ),
    route("GET", "/marketing/v3/emails", (c) => listEmails(a, c)),
    route("GET", "/marketing/v3/emails/([^/]+)", (_, [id = ""]) => getEmail(a, id)),
    route("GET", "/automation/v4/flows", (c) => listFlows(a, c)),
    route("GET", "/automation/v4/flows/([^/]+)", (_, [id = ""]) => getFlow(a, id)),
    route("POST", "/oauth/v2/private-apps/get/access-token-info", (c) => tokenInfo(a, c)),
  ];
  return (call) => {
    for (const [method, path, handler] of routes) {
      const match = method === call.method ? path.exec(call.path) : null;
      if (match) return handler(call, match.slice(1).map(decodeURIComponent));
    }
    throw notFound();
  };
}

/** The scopes of a private app's token. */
function tokenInfo(account: Account, call: Call): Answer {
  const body = jsonBody(call.body);
  const scopes = isObject(body) && typeof body.tokenKey === "string" ? account.scopesOf(body.tokenKey) : null;
  if (scopes === null) throw notFound();
  return {
    status: 200,
    body: { userId: 4711, hubId: 1234567, appId: 89, scopes: [...scopes] },
  };
}
