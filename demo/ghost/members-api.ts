import type { Fault } from "../sim/faults.ts";
import { badRequest, invalid, notFound } from "./api-error.ts";
import { FilterSyntaxError, UnknownFieldError } from "./filter.ts";
import type { GhostJournal } from "./journal.ts";
import { isEmail, labelsFrom, memberInput, newslettersFrom, rootItem } from "./member-input.ts";
import { type Found, type MemberStore, type Order, select } from "./member-store.ts";
import type { SimMember } from "./model.ts";
import { fieldsOf, metaOf, notUnderstood, pageOf, slice } from "./page.ts";
import { type MemberView, memberJson, memberText, unknownFields } from "./serialise.ts";

export type Ghost = {
  readonly store: MemberStore;
  readonly journal: GhostJournal;
  readonly now: () => number;
  readonly siteUrl: () => string;
};
/** Null body: no content, unless `text` holds ready JSON. A body that is a string is CSV. */
export type Answer = { readonly status: number; readonly body: unknown; readonly text?: string };

const LIST = "list members";
const NOBODY: Found = { members: [], from: 0 };
/** What `include` may add; labels and newsletters come anyway, other words are ignored. */
const INCLUDES: readonly string[] = ["email_recipients", "products", "tiers"];

function view(ghost: Ghost, query: URLSearchParams, single: boolean): MemberView {
  return {
    siteUrl: ghost.siteUrl(),
    suppression: (email) => ghost.store.suppressions.get(email),
    single,
    include: new Set((query.get("include")?.split(",") ?? []).filter((i) => INCLUDES.includes(i))),
    fields: fieldsOf(query),
  };
}

const SORTABLE: Readonly<Record<string, keyof SimMember>> = {
  id: "id",
  email: "email",
  name: "name",
  created_at: "createdAt",
  updated_at: "updatedAt",
};

/** Unknown fields are ignored; with none left, members come newest first. */
function orderOf(query: URLSearchParams): Order {
  const order = (query.get("order") ?? "").split(",").flatMap((part) => {
    const [field = "", direction = "asc"] = part.trim().toLowerCase().split(/\s+/);
    const known = SORTABLE[field];
    return known ? [{ field: known, descending: direction === "desc" }] : [];
  });
  if (order.length > 0) return order;
  return query.get("order")
    ? [{ field: "id", descending: false }]
    : [
        { field: "createdAt", descending: true },
        { field: "id", descending: true },
      ];
}

/** Members that a request's filter and search choose. */
export function chosen(ghost: Ghost, query: URLSearchParams, what: string): readonly SimMember[] {
  const { members, from } = findAll(ghost, query, what, 0);
  return members.slice(from);
}

function findAll(ghost: Ghost, query: URLSearchParams, what: string, lagMs: number): Found {
  const [filter, search, order] = [query.get("filter"), query.get("search"), orderOf(query)];
  try {
    if (lagMs === 0) return ghost.store.query(filter, search, order);
    const before = ghost.journal.lagged(ghost.store.all(), ghost.now(), lagMs);
    return { members: select(before, filter, search, order), from: 0 };
  } catch (e) {
    if (e instanceof FilterSyntaxError) throw badRequest(what, "Error parsing filter");
    if (e instanceof UnknownFieldError) throw notUnderstood(what);
    throw e;
  }
}

export function browse(ghost: Ghost, query: URLSearchParams, fault: Fault | null): Answer {
  const request = pageOf(query, LIST, 100);
  const how = view(ghost, query, false);
  if (fault?.kind === "expired_cursor" && /id:>/.test(query.get("filter") ?? ""))
    throw badRequest(LIST, "The cursor has expired.");
  if (how.fields && unknownFields(how.fields)) throw notUnderstood(LIST);
  const found =
    fault?.kind === "empty_list"
      ? NOBODY
      : findAll(ghost, query, LIST, fault?.kind === "read_lag" ? (fault.ms ?? 1000) : 0);
  const asked = fault?.kind === "repeat_page" ? { ...request, page: Math.max(1, request.page - 1) } : request;
  let members = slice(found.members, asked, found.from);
  if (fault?.kind === "short_page")
    members = members.slice(0, Math.max(0, members.length - (fault.rows ?? 10)));
  if (fault?.kind === "reorder_page") members = members.toReversed();
  if (fault?.kind === "skip_page")
    members = slice(found.members, { ...asked, page: asked.page + 1 }, found.from);
  if (fault?.kind === "duplicate_rows" && members[0]) members = [...members, members[0]];
  // one who was on an earlier page is gone before this one is made
  if (fault?.kind === "drift") {
    const gone = ghost.store.all().find((m) => m.labels.some((l) => l.name === members[0]?.labels[0]?.name));
    if (gone) ghost.store.delete(gone.id);
  }
  const total = found.members.length - found.from + (fault?.kind === "wrong_total" ? (fault.rows ?? 7) : 0);
  const meta = metaOf(request, total);
  if (how.fields === null && how.include.size === 0 && fault?.field === undefined) {
    const texts = members.map((m) => memberText(m, how.siteUrl, how.suppression(m.email)));
    return {
      status: 200,
      body: null,
      text: `{"members":[${texts.join(",")}],"meta":${JSON.stringify(meta)}}`,
    };
  }
  return { status: 200, body: { members: members.map((m) => harmed(memberJson(m, how), fault)), meta } };
}

/** A field under another name, or without its value, as a fault wants it. */
function harmed(member: object, fault: Fault | null): object {
  const field = fault?.field;
  if (field === undefined || !(field in member)) return member;
  const { [field as keyof typeof member]: value, ...rest } = member;
  return fault?.kind === "null_field" ? { ...rest, [field]: null } : { ...rest, [`${field}_old`]: value };
}

function find(ghost: Ghost, id: string, what: string): SimMember | undefined {
  if (!/^[a-f\d]{24}$/i.test(id)) throw invalid(what, "Validation (matches) failed for id undefined.id");
  return ghost.store.byId(id);
}

export function read(ghost: Ghost, id: string, query: URLSearchParams, fault: Fault | null): Answer {
  let member = find(ghost, id, "read member");
  if (fault?.kind === "read_lag") {
    member = ghost.journal.lagged(ghost.store.all(), ghost.now(), fault.ms ?? 1000).find((m) => m.id === id);
  }
  if (!member) throw notFound("read member", "Member not found.");
  return { status: 200, body: { members: [memberJson(member, view(ghost, query, true))] } };
}

const EXISTS = (action: string): string =>
  `Member already exists. Attempting to ${action} member with existing email address`;

export function add(ghost: Ghost, body: unknown, fault: Fault | null): Answer {
  const what = "save member";
  const item = rootItem(body, "members", what);
  if (item.email === undefined) throw invalid(what, 'Validation (FieldIsRequired) failed for ["email"]');
  const input = memberInput(item, what);
  const email = input.email ?? "";
  if (!isEmail(email)) throw invalid(what, "Invalid Email", "email");
  if (ghost.store.byEmail(email)) throw invalid(what, EXISTS("add"), "email");
  const now = ghost.now();
  const newsletters = input.newsletters
    ? newslettersFrom(ghost.store, input.newsletters, what)
    : input.subscribed === false
      ? []
      : ghost.store.signupNewsletters();
  const member: SimMember = {
    id: ghost.store.newId(now),
    email,
    name: input.name || null,
    note: input.note || null,
    labels: labelsFrom(ghost.store, input.labels ?? [], what),
    newsletters,
    emailDisabled: false,
    createdAt: now,
    updatedAt: now,
    viaApi: true,
  };
  if (fault?.kind !== "ghost_ack") {
    ghost.store.put(member);
    ghost.journal.record(now, "add", undefined, member);
  }
  return { status: 201, body: { members: [memberJson(member, view(ghost, new URLSearchParams(), true))] } };
}

export function edit(ghost: Ghost, id: string, body: unknown, fault: Fault | null): Answer {
  const what = "edit member";
  const input = memberInput(rootItem(body, "members", what), what);
  const before = find(ghost, id, what);
  if (!before) throw notFound(what, `Could not find Member ${id}`);
  const { email } = input;
  if (email !== undefined && email !== before.email) {
    if (!isEmail(email)) throw invalid(what, "Invalid Email", "email");
    if (ghost.store.byEmail(email)) throw invalid(what, EXISTS("edit"), "email");
  }
  const after = edited(ghost, before, input, what);
  if (fault?.kind !== "ghost_ack") {
    ghost.store.put(after);
    ghost.journal.record(ghost.now(), "edit", before, after);
  }
  return { status: 200, body: { members: [memberJson(after, view(ghost, new URLSearchParams(), true))] } };
}

/** Labels and newsletters are replaced whole by what was sent; `updated_at` moves with the member's own columns only. */
function edited(
  ghost: Ghost,
  before: SimMember,
  input: ReturnType<typeof memberInput>,
  what: string,
): SimMember {
  let newsletters = before.newsletters;
  if (input.newsletters) newsletters = newslettersFrom(ghost.store, input.newsletters, what);
  else if (input.subscribed === false) newsletters = [];
  else if (input.subscribed === true && newsletters.length === 0)
    newsletters = ghost.store.signupNewsletters();
  const after: SimMember = {
    ...before,
    email: input.email ?? before.email,
    name: input.name === undefined ? before.name : input.name || null,
    note: input.note === undefined ? before.note : input.note || null,
    labels: input.labels ? labelsFrom(ghost.store, input.labels, what) : before.labels,
    newsletters,
    emailDisabled:
      input.email === undefined ? before.emailDisabled : ghost.store.suppressions.has(input.email),
  };
  const own = (m: SimMember): string => JSON.stringify([m.email, m.name, m.note, m.emailDisabled]);
  return own(after) === own(before) ? after : { ...after, updatedAt: ghost.now() };
}

export function remove(ghost: Ghost, id: string, fault: Fault | null): Answer {
  const member = find(ghost, id, "delete member");
  if (!member) throw notFound("delete member", "Resource could not be found.");
  if (fault?.kind !== "ghost_ack") {
    ghost.store.delete(id);
    ghost.journal.record(ghost.now(), "delete", member, undefined);
  }
  return { status: 204, body: null };
}
