import type { Answer, Call } from "../sim/server.ts";
import type { Account } from "./account.ts";
import { hashOf, type ListStore } from "./list-store.ts";
import { bodyOf, emailIn, mergeIn, skipsMerge, statusIn } from "./member-input.ts";
import { link, memberJson, tagsOf } from "./member-json.ts";
import { checkMove, create, moved } from "./member-status.ts";
import type { Member } from "./model.ts";
import { slice, sliceOf, spoil } from "./paging.ts";
import { pickOf, pruned, wantedKeys } from "./pick.ts";
import { exists, invalid, notArchivable, notFound } from "./problem.ts";

export const ok = (body: unknown, describedBy: string): Answer => ({
  status: 200,
  headers: {
    "content-type": "application/json; charset=utf-8",
    link: `<https://us3.api.mailchimp.com/schema/3.0/${describedBy}.json>; rel="describedBy"`,
  },
  body,
});
export const noContent: Answer = {
  status: 204,
  headers: { "content-type": "application/json; charset=utf-8" },
  body: null,
};

const SORTS = {
  timestamp_opt: (m: Member) => m.opt ?? 0,
  timestamp_signup: (m: Member) => m.signup ?? 0,
  last_changed: (m: Member) => m.changed,
} as const;

/**
 * GET /lists/{id}/members. Without `sort_field` in the order in which records were touched last, so that an edit
 * between two pages moves a row. Archived people come only when asked for by status.
 */
export function browseMembers(list: ListStore, call: Call): Answer {
  const { query } = call;
  const status = query.get("status");
  const since = query.get("since_last_changed");
  const sort = query.get("sort_field") ?? "";
  const down = query.get("sort_dir") === "DESC";
  const rows = list.view(`list|${status}|${since}|${sort}|${down}`, () => {
    const from = since === null ? Number.NEGATIVE_INFINITY : Date.parse(decodeURIComponent(since));
    const found: Member[] = [];
    for (const m of list.all()) {
      if (status === null ? m.status === "archived" : m.status !== status) continue;
      if (m.changed >= from) found.push(m);
    }
    const by = sort in SORTS ? SORTS[sort as keyof typeof SORTS] : null;
    if (by !== null) found.sort((a, b) => (down ? -1 : 1) * (by(a) - by(b) || a.n - b.n));
    return found;
  });
  return page(list, call, rows, "Lists/Members/Collection", false);
}

export function page(
  list: ListStore,
  call: Call,
  all: readonly Member[],
  describedBy: string,
  inSegment: boolean,
): Answer {
  const pick = pickOf(call.query);
  const keys = wantedKeys(pick, "members");
  const { rows, total } = slice(all, sliceOf(call.query), call.fault);
  const members = spoil(
    rows.map((m) => memberJson(m, list, keys, inSegment ? "segment" : "list")),
    call.fault,
  );
  // somebody who was read already leaves: every later row moves up by one
  const leaver = call.fault?.kind === "drift" ? rows[0] : undefined;
  if (leaver !== undefined) list.drop(leaver.id, false);
  const path = `/lists/${list.settings.id}/members`;
  const body = {
    members,
    ...(inSegment ? {} : { list_id: list.settings.id }),
    total_items: total,
    _links: [link("self", path), link("parent", `/lists/${list.settings.id}`)],
  };
  return ok(pruned(body, pick), describedBy);
}

export function readMember(list: ListStore, call: Call, id: string): Answer {
  const member = found(list, id);
  const [row] = spoil([memberJson(member, list)], call.fault);
  return ok(pruned(row, pickOf(call.query)), "Lists/Members/Instance");
}

/** A member by its hash; an unknown hash, and an address instead of one, as the real API takes it. */
export function found(list: ListStore, id: string): Member {
  const member = list.get(id.includes("@") ? hashOf(id) : id);
  if (member === undefined) throw notFound();
  return member;
}

const tagNames = (body: Readonly<Record<string, unknown>>): readonly string[] =>
  Array.isArray(body.tags) ? body.tags.filter((t): t is string => typeof t === "string") : [];

/** POST /lists/{id}/members. `status` is required; who is archived comes back with all that was kept of them. */
export function addMember(account: Account, list: ListStore, call: Call): Answer {
  const body = bodyOf(call.body);
  const email = emailIn(body);
  const status = statusIn(body, "status");
  if (status === null)
    throw invalid("The resource submitted could not be validated.", [
      { field: "status", message: "This value should not be blank." },
    ]);
  const old = list.get(hashOf(email));
  if (old !== undefined && old.status !== "archived") throw exists(email);
  if (old !== undefined) checkMove(old, status);
  const merge = mergeIn(body, list, old?.merge ?? {}, skipsMerge(call.query));
  if (call.fault?.kind === "ghost_ack") return ok({ id: hashOf(email), email_address: email, status }, "x");
  if (old === undefined) {
    const made = create(account, list, "add", email, status, merge, tagNames(body));
    return ok(memberJson(made, list), "Lists/Members/Instance");
  }
  account.mutate(list, "unarchive", old.id, () =>
    list.change(old, { merge, ...moved(old, status, account.now()) }),
  );
  return ok(memberJson(found(list, old.id), list), "Lists/Members/Instance");
}

/** PUT: inserts or updates. Nobody's status changes unless `status` says so; `status_if_new` is for a new record only. */
export function putMember(account: Account, list: ListStore, call: Call, id: string): Answer {
  const body = bodyOf(call.body);
  const email = emailIn(body);
  const [status, ifNew] = [statusIn(body, "status"), statusIn(body, "status_if_new")];
  if (list.get(id) !== undefined) return edit(account, list, call, id);
  if (list.get(hashOf(email)) !== undefined) throw exists(email);
  const first = ifNew ?? status;
  if (first === null)
    throw invalid("The resource submitted could not be validated.", [
      { field: "status_if_new", message: "This value should not be blank." },
    ]);
  const merge = mergeIn(body, list, {}, skipsMerge(call.query));
  if (call.fault?.kind === "ghost_ack") return ok({ id, email_address: email, status: first }, "x");
  const made = create(account, list, "add", email, first, merge, []);
  return ok(memberJson(made, list), "Lists/Members/Instance");
}

/** PATCH, and PUT of a member who is there. */
export function edit(account: Account, list: ListStore, call: Call, id: string): Answer {
  const body = bodyOf(call.body);
  const member = found(list, id);
  const status = statusIn(body, "status");
  checkMove(member, status);
  const merge = mergeIn(body, list, member.merge, skipsMerge(call.query));
  if (call.fault?.kind !== "ghost_ack")
    account.mutate(list, call.method === "PUT" ? "put" : "edit", member.id, () =>
      list.change(member, { merge, ...moved(member, status, account.now()) }),
    );
  return ok(memberJson(found(list, member.id), list), "Lists/Members/Instance");
}

/** DELETE archives. @throws Problem 405 for who is cleaned, pending or archived already */
export function archive(account: Account, list: ListStore, call: Call, id: string): Answer {
  const member = found(list, id);
  if (member.status === "cleaned" || member.status === "pending" || member.status === "archived")
    throw notArchivable();
  if (call.fault?.kind !== "ghost_ack")
    account.mutate(list, "archive", member.id, () =>
      list.change(member, { status: "archived", hidden: member.status }),
    );
  return noContent;
}

export function deletePermanent(account: Account, list: ListStore, id: string): Answer {
  const member = found(list, id);
  account.mutate(list, "delete_permanent", member.id, () => list.drop(member.id, true));
  return noContent;
}

export function readTags(list: ListStore, call: Call, id: string): Answer {
  const member = found(list, id);
  const all = tagsOf(member, list).map((t) => ({ ...t, date_added: "2026-01-01T00:00:00+00:00" }));
  const { rows, total } = slice(all, sliceOf(call.query), call.fault);
  return ok({ tags: rows, total_items: total }, "Lists/Members/MemberTags/Collection");
}

/** POST tags: `active` gives, and makes, a tag; `inactive` takes it; `is_syncing` starts no journey. */
export function writeTags(account: Account, list: ListStore, call: Call, id: string): Answer {
  const member = found(list, id);
  const body = bodyOf(call.body);
  if (!Array.isArray(body.tags)) throw invalid("The resource submitted could not be validated.");
  const asked = body.tags.flatMap((t: unknown) =>
    typeof t === "object" && t !== null && "name" in t && typeof t.name === "string" && "status" in t
      ? [{ name: t.name, active: t.status === "active" }]
      : [],
  );
  const now = call.fault?.kind === "ghost_ack" ? [] : asked.slice(call.fault?.kind === "partial" ? 1 : 0);
  const tags = new Set(member.tags);
  if (now.length === 0) return noContent;
  account.mutate(
    list,
    "tags",
    member.id,
    () => {
      for (const { name, active } of now) {
        const segment = list.staticSegment(name) ?? (active ? list.addSegment(name, null) : undefined);
        if (segment === undefined) continue;
        if (active) tags.add(segment.id);
        else tags.delete(segment.id);
      }
      list.change(member, { tags: [...tags] });
    },
    body.is_syncing === true,
  );
  return noContent;
}
