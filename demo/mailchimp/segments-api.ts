import type { Answer, Call } from "../sim/server.ts";
import type { Account } from "./account.ts";
import { hashOf, type ListStore } from "./list-store.ts";
import { bodyOf } from "./member-input.ts";
import { link, memberJson, time } from "./member-json.ts";
import { found, noContent, ok, page } from "./members-api.ts";
import type { Condition, Conditions, Member, Segment } from "./model.ts";
import { slice, sliceOf, spoil } from "./paging.ts";
import { pickOf, pruned } from "./pick.ts";
import { invalid, notFound } from "./problem.ts";

const SHOWN = {
  include_cleaned: "cleaned",
  include_transactional: "transactional",
  include_unsubscribed: "unsubscribed",
};

/** Members of a segment: subscribed only, and the others that the query includes. Pending and archived never. */
export function membersOf(list: ListStore, segment: Segment, query: URLSearchParams): readonly Member[] {
  const shown = new Set<string>(["subscribed"]);
  for (const [name, status] of Object.entries(SHOWN)) if (query.get(name) === "true") shown.add(status);
  return list.view(`segment|${segment.id}|${[...shown].join()}`, () => {
    const rows: Member[] = [];
    for (const m of list.all()) if (shown.has(m.status) && isIn(m, segment)) rows.push(m);
    return rows;
  });
}

const isIn = (m: Member, segment: Segment): boolean =>
  segment.options === null ? m.tags.includes(segment.id) : matches(m, segment.options);

export function matches(m: Member, { match, conditions }: Conditions): boolean {
  const each = (c: Condition): boolean => holds(m, c);
  return match === "any" ? conditions.some(each) : conditions.every(each);
}

function holds(m: Member, c: Condition): boolean {
  if (c.condition_type === "StaticSegment")
    return m.tags.includes(Number(c.value)) === (c.op === "static_is");
  const value = c.condition_type === "EmailAddress" ? m.email : String(m.merge[c.field] ?? "");
  const wanted = String(c.value).toLowerCase();
  switch (c.op) {
    case "is":
      return value.toLowerCase() === wanted;
    case "not":
      return value.toLowerCase() !== wanted;
    case "contains":
      return value.toLowerCase().includes(wanted);
    default:
      return false;
  }
}

function segmentJson(list: ListStore, s: Segment, query: URLSearchParams) {
  const path = `/lists/${list.settings.id}/segments/${s.id}`;
  return {
    id: s.id,
    name: s.name,
    member_count: membersOf(list, s, query).length,
    type: s.type,
    created_at: time(s.created),
    updated_at: time(s.updated),
    options: s.options ?? { match: "any", conditions: [] },
    list_id: list.settings.id,
    _links: [link("self", path), link("parent", `/lists/${list.settings.id}/segments`)],
  };
}

/** A segment of this list, or 404. */
export function segmentOf(list: ListStore, id: string): Segment {
  const segment = list.segments.get(Number(id));
  if (segment === undefined) throw notFound();
  return segment;
}

export function browseSegments(list: ListStore, call: Call): Answer {
  const type = call.query.get("type");
  const all = [...list.segments.values()].filter((s) => type === null || s.type === type);
  const { rows, total } = slice(all, sliceOf(call.query), call.fault);
  const segments = spoil(
    rows.map((s) => segmentJson(list, s, call.query)),
    call.fault,
  );
  return ok(
    pruned({ segments, list_id: list.settings.id, total_items: total, _links: [] }, pickOf(call.query)),
    "Lists/Segments/Collection",
  );
}

export const readSegment = (list: ListStore, call: Call, id: string): Answer =>
  ok(segmentJson(list, segmentOf(list, id), call.query), "Lists/Segments/Instance");

export const browseSegmentMembers = (list: ListStore, call: Call, id: string): Answer =>
  page(
    list,
    call,
    membersOf(list, segmentOf(list, id), call.query),
    "Lists/Segments/Members/Collection",
    true,
  );

const strings = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((v): v is string => typeof v === "string") : [];

export function createSegment(account: Account, list: ListStore, call: Call): Answer {
  const body = bodyOf(call.body);
  if (typeof body.name !== "string" || body.name === "")
    throw invalid("The resource submitted could not be validated.", [
      { field: "name", message: "This value should not be blank." },
    ]);
  if (list.staticSegment(body.name) !== undefined)
    throw invalid("Sorry, that tag already exists. Each tag must have a unique name.");
  const options = body.options as Conditions | undefined;
  const segment = list.addSegment(body.name, options ?? null);
  for (const email of strings(body.static_segment)) {
    const m = list.get(hashOf(email));
    if (m !== undefined) give(account, list, m, segment, true);
  }
  return ok(segmentJson(list, segment, call.query), "Lists/Segments/Instance");
}

function give(account: Account, list: ListStore, m: Member, segment: Segment, on: boolean): void {
  const others = m.tags.filter((t) => t !== segment.id);
  account.mutate(list, on ? "segment_add" : "segment_remove", m.id, () =>
    list.change(m, { tags: on ? [...others, segment.id] : others }),
  );
}

const writable = (s: Segment): Segment => {
  if (s.type !== "static") throw invalid("Only static segments can have members added or removed.");
  return s;
};

/** POST /segments/{id}: up to 500 each way. Addresses that are not on the list are in `errors`, and it is 200. */
export function batchSegment(account: Account, list: ListStore, call: Call, id: string): Answer {
  const segment = writable(segmentOf(list, id));
  const body = bodyOf(call.body);
  const errors: { email_addresses: string[]; error: string }[] = [];
  const done = { add: [] as Member[], remove: [] as Member[] };
  for (const way of ["add", "remove"] as const) {
    const emails = strings(way === "add" ? body.members_to_add : body.members_to_remove);
    if (emails.length > 500)
      throw invalid("The resource submitted could not be validated.", [
        { field: `members_to_${way}`, message: "This collection should contain 500 elements or less." },
      ]);
    const lost: string[] = [];
    const first = call.fault?.kind === "partial" ? emails[0] : undefined;
    for (const email of call.fault?.kind === "ghost_ack" ? [] : emails) {
      const m = list.get(hashOf(email));
      if (m === undefined || m.status === "archived" || email === first) lost.push(email);
      else {
        give(account, list, m, segment, way === "add");
        done[way].push(m);
      }
    }
    if (lost.length > 0)
      errors.push({
        email_addresses: lost,
        error: "Email addresses below were not found on the list, or could not be changed.",
      });
  }
  return ok(
    {
      members_added: done.add.map((m) => memberJson(m, list, null, "bulk")),
      members_removed: done.remove.map((m) => memberJson(m, list, null, "bulk")),
      errors,
      total_added: done.add.length,
      total_removed: done.remove.length,
      error_count: errors.length,
      _links: [],
    },
    "Lists/Segments/BatchInstance",
  );
}

export function addToSegment(account: Account, list: ListStore, call: Call, id: string): Answer {
  const segment = writable(segmentOf(list, id));
  const email = String(bodyOf(call.body).email_address ?? "");
  const m = found(list, email);
  if (call.fault?.kind !== "ghost_ack") give(account, list, m, segment, true);
  return ok(memberJson(m, list, null, "segment"), "Lists/Segments/Members/Instance");
}

export function removeFromSegment(
  account: Account,
  list: ListStore,
  call: Call,
  id: string,
  hash: string,
): Answer {
  const segment = writable(segmentOf(list, id));
  const m = found(list, hash);
  if (!m.tags.includes(segment.id)) throw notFound();
  if (call.fault?.kind !== "ghost_ack") give(account, list, m, segment, false);
  return noContent;
}

/** GET /tag-search: tags whose name begins so. */
export function searchTags(list: ListStore, call: Call): Answer {
  const name = (call.query.get("name") ?? "").toLowerCase();
  const tags = [...list.segments.values()]
    .filter((s) => s.type === "static" && s.name.toLowerCase().startsWith(name))
    .map((s) => ({ id: s.id, name: s.name }));
  return ok({ tags, total_items: tags.length }, "Lists/TagSearch");
}
