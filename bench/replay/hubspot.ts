import {
  asContact,
  asList,
  asMembership,
  asMembershipChange,
  asStatus,
  asStatuses,
  asSubscriptionType,
  batchOf,
  isObject,
  objectsOf,
  pageOf,
} from "../../systems/hubspot/wire.ts";
import { nothing, type Operation, type Parser, type Vendor } from "./judge.ts";

/** Contacts by any of their names; companies and custom objects come in the same shape. */
const OBJECTS = "/crm/v3/objects/{type}";
const LISTS = "/crm/v3/lists";
const STATUSES = "/communication-preferences/v4/statuses";

type Item = Parameters<typeof pageOf>[2];
const page =
  (item: Item): Parser =>
  (body, where) =>
    pageOf(body, where, item);
const batch =
  (item: Item): Parser =>
  (body, where) =>
    batchOf(body, where, item);
const one: Parser = (body, where) => asContact(isObject(body) ? body : {}, where);
const lists: Parser = (body, where) => objectsOf(body, "lists", where).map((l) => asList(l, where));
const to = (method: string, path: string, parse: Parser): Operation => ({ method, path, parse });

export const HUBSPOT: Vendor = {
  name: "hubspot",
  host: /(^|\.)(hubapi|hubspot)\.com$/,
  operations: [
    to("GET", OBJECTS, page(asContact)),
    to("POST", OBJECTS, one),
    to("POST", `${OBJECTS}/search`, page(asContact)),
    to("POST", `${OBJECTS}/batch/read`, batch(asContact)),
    to("POST", `${OBJECTS}/batch/create`, batch(asContact)),
    to("POST", `${OBJECTS}/batch/update`, batch(asContact)),
    to("POST", `${OBJECTS}/batch/upsert`, batch(asContact)),
    to("POST", `${OBJECTS}/batch/archive`, nothing),
    to("GET", `${OBJECTS}/{id}`, one),
    to("PATCH", `${OBJECTS}/{id}`, one),
    to("DELETE", `${OBJECTS}/{id}`, nothing),
    to("GET", LISTS, lists),
    to("POST", `${LISTS}/search`, lists),
    to("GET", `${LISTS}/{id}`, asList),
    to("GET", `${LISTS}/object-type-id/{type}/name/{name}`, asList),
    to("GET", `${LISTS}/{id}/memberships`, page(asMembership)),
    to("PUT", `${LISTS}/{id}/memberships/add`, asMembershipChange),
    to("PUT", `${LISTS}/{id}/memberships/remove`, asMembershipChange),
    to("PUT", `${LISTS}/{id}/memberships/add-and-remove`, asMembershipChange),
    to("GET", "/communication-preferences/v4/definitions", page(asSubscriptionType)),
    to("POST", `${STATUSES}/batch/read`, batch(asStatuses)),
    to("POST", `${STATUSES}/batch/write`, batch(asStatus)),
    to("GET", `${STATUSES}/{email}`, page(asStatus)),
  ],
};
