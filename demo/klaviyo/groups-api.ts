import type { Answer, Call } from "../sim/server.ts";
import { badParameter, invalid, notFound } from "./api-error.ts";
import { allow, parseFilter, passes } from "./filter.ts";
import { type Entry, Sequence, timeKey } from "./members.ts";
import type { SimList, SimSegment } from "./model.ts";
import { fieldsOf, JSON_API, pageAnswer, pageRequest } from "./paging.ts";
import { dataOf, isJson } from "./profile-input.ts";
import { candidates, crowdRows, lag, type Vendor, wantsSubscriptions } from "./profiles-api.ts";
import { listResource, profileResource, type Resource, segmentResource, sparse } from "./resource.ts";

export type GroupKind = "list" | "segment";
const TIMES = ["greater-or-equal", "greater-than", "less-or-equal", "less-than"];
const MEMBER_FILTERS = { email: ["any", "equals"], phone_number: ["any", "equals"], joined_group_at: TIMES };
const GROUP_FILTERS = {
  id: ["any", "equals"],
  name: ["any", "equals"],
  created: ["greater-than"],
  updated: ["greater-than"],
};

function resourceOf(vendor: Vendor, kind: GroupKind, id: string, count?: number): Resource {
  const { store } = vendor.account;
  if (kind === "list") {
    const list = store.lists.get(id);
    if (list) return listResource(vendor.base(), list, count);
  } else {
    const segment = store.segments.get(id);
    if (segment) return segmentResource(vendor.base(), segment, count);
  }
  throw notFound(kind, id);
}

/** GET /lists and /segments: ten a page, no more. */
export function browseGroups(vendor: Vendor, call: Call, kind: GroupKind): Answer {
  const { store } = vendor.account;
  const request = pageRequest(call.query, { normal: 10, max: 10 });
  const filter = parseFilter(call.query.get("filter"));
  allow(filter, GROUP_FILTERS);
  const all: Iterable<SimList | SimSegment> =
    kind === "list" ? store.lists.values() : store.segments.values();
  const entries: Entry[] = [];
  for (const group of all) {
    const values: Readonly<Record<string, string | number>> = {
      id: group.id,
      name: group.name,
      created: group.createdAt,
      updated: group.updatedAt,
    };
    if (filter.every((c) => passes(c, values[c.field] ?? null)))
      entries.push({ key: group.id, id: group.id });
  }
  const make = (ids: readonly string[]) => ids.map((id) => resourceOf(vendor, kind, id));
  return pageAnswer(vendor.base(), call, request, new Sequence(entries, null), make, { type: kind });
}

/** Does this request ask for `profile_count`, which has a tighter limit? */
export const wantsCount = (query: URLSearchParams): boolean =>
  [query.get("additional-fields[list]"), query.get("additional-fields[segment]")].includes("profile_count");

/** GET /lists/{id} and /segments/{id} */
export function readGroup(vendor: Vendor, call: Call, kind: GroupKind, id: string, wrongBy: number): Answer {
  const count = wantsCount(call.query) ? vendor.account.store.memberCount(id) + wrongBy : undefined;
  const resource = sparse(resourceOf(vendor, kind, id, count), fieldsOf(call.query, kind));
  return { status: 200, headers: JSON_API, body: { data: resource, links: { self: resource.links.self } } };
}

/** POST /lists */
export function createList(vendor: Vendor, call: Call): Answer {
  const data = dataOf(call.body, "list");
  const attributes = isJson(data.attributes) ? data.attributes : {};
  const { name } = attributes;
  if (typeof name !== "string" || name === "")
    throw invalid("'name' is a required field.", "/data/attributes/name");
  const { store, journal } = vendor.account;
  const now = vendor.now();
  const optIn = attributes.opt_in_process === "single_opt_in" ? "single_opt_in" : "double_opt_in";
  const list: SimList = { id: store.ids.short(), name, optIn, createdAt: now, updatedAt: now };
  store.lists.set(list.id, list);
  journal.record(now, "list.create", list.id, null, null);
  return { status: 201, headers: JSON_API, body: { data: listResource(vendor.base(), list) } };
}

/** GET /{lists,segments}/{id}/profiles and …/relationships/profiles (`bare`: ids only). */
export function browseMembers(
  vendor: Vendor,
  call: Call,
  kind: GroupKind,
  group: string,
  bare: boolean,
): Answer {
  resourceOf(vendor, kind, group);
  const { store } = vendor.account;
  const request = pageRequest(call.query, { normal: 20, max: 100 });
  const sort = call.query.get("sort") ?? "joined_group_at";
  if (!["joined_group_at", "-joined_group_at"].includes(sort))
    throw badParameter(`Sorting by '${sort}' is not supported.`, "sort");
  if (call.fault?.kind === "drift" && request.at !== null) leaveFirst(vendor, group);
  const then = lag(vendor, call);
  const read = (id: string) => (then.has(id) ? then.get(id)?.profile : store.profile(id));
  const joined = (id: string) =>
    then.has(id) ? (then.get(id)?.groups.get(group) ?? null) : store.joinedAt(group, id);
  const sequence = members(vendor, call, group, joined, [...then.keys()]);
  const subscriptions = wantsSubscriptions(call.query);
  const make = (ids: readonly string[]): Resource[] =>
    ids.flatMap((id) => {
      const [p, joinedAt] = [read(id), joined(id)];
      return p && joinedAt !== null ? [profileResource(vendor.base(), p, { subscriptions, joinedAt })] : [];
    });
  const backwards = sort.startsWith("-");
  const text = bare ? null : crowdRows(vendor, call, true);
  return pageAnswer(vendor.base(), call, request, sequence, make, { type: "profile", backwards, bare, text });
}

function members(
  vendor: Vendor,
  call: Call,
  group: string,
  joined: (id: string) => number | null,
  changed: readonly string[],
): Sequence {
  const { store } = vendor.account;
  const filter = parseFilter(call.query.get("filter"));
  allow(filter, MEMBER_FILTERS);
  if (filter.length === 0 && changed.length === 0) return store.membersOf(group);
  const ids =
    filter.length > 0 && filter.every((c) => c.field !== "joined_group_at")
      ? candidates(vendor.account, filter).map((p) => p.id)
      : [...new Set([...store.memberIds(group), ...changed])];
  const times = filter.filter((c) => c.field === "joined_group_at");
  const entries = ids.flatMap((id): Entry[] => {
    const at = joined(id);
    return at !== null && times.every((c) => passes(c, at)) ? [{ key: timeKey(at), id }] : [];
  });
  return new Sequence(entries, filter.length === 0 && store.crowd?.listId === group ? store.crowd : null);
}

/** Somebody who was on a page already read leaves meanwhile. */
function leaveFirst({ account: { store } }: Vendor, group: string): void {
  const [first] = store.membersOf(group).page(null, 1, false).ids;
  if (first !== undefined) store.leave(group, first);
}

/** POST and DELETE /lists/{id}/relationships/profiles: at most 1000 ids; all of them or, with one unknown, none. */
export function changeMembers(vendor: Vendor, call: Call, listId: string, how: "add" | "remove"): Answer {
  resourceOf(vendor, "list", listId);
  const { account } = vendor;
  const { data } = bodyData(call.body);
  if (data.length > 1000) throw invalid("A maximum of 1000 profiles can be passed per call.", "/data");
  const ids = data.map((item, i) => {
    const id = isJson(item) && item.type === "profile" ? item.id : null;
    if (typeof id !== "string") throw invalid("'id' is a required field.", `/data/${i}/id`);
    if (!account.store.profile(id)) throw notFound("profile", id, `/data/${i}/id`);
    return id;
  });
  if (call.fault?.kind === "ghost_ack") return { status: 204, body: null };
  if (call.fault?.kind === "item_refused")
    throw invalid("This profile cannot be changed now.", `/data/${call.fault.rows ?? 0}/id`);
  const now = vendor.now();
  for (const id of call.fault?.kind === "partial" ? ids.slice(1) : ids) {
    account.mutate(`list.${how}`, id, now, () => {
      if (how === "add") account.addToList(listId, id, now, { flows: true });
      else account.store.leave(listId, id);
    });
  }
  return { status: 204, body: null };
}

function bodyData(body: Buffer): { readonly data: readonly unknown[] } {
  const parsed: unknown = JSON.parse(body.toString("utf8") || "null");
  const data = isJson(parsed) ? parsed.data : null;
  if (!Array.isArray(data)) throw invalid("'data' must be a list.", "/data");
  return { data };
}
