import type { Answer, Call } from "../sim/server.ts";
import { ApiError, type Dialect, jsonOf, notFound, partsOf, sizeOf, textsOf } from "./dialect.ts";
import { contactPage, idBefore, withFault } from "./page.ts";
import type { Contact, ContactStore } from "./store.ts";

export const CURSOR_KEYS = { read: "read-key", write: "write-key" } as const;

/**
 * Bearer token; lists give ids only, with a cursor in the body that is left out on the last page; records come by a
 * POST of up to 50 ids; adds and removes are batches with a result per id. Nobody's consent changes by a membership.
 */
export const cursorDialect: Dialect = {
  name: "cursor",
  pageSize: 40,
  lists: (method, path) =>
    (method === "GET" && (path.endsWith("/memberships") || path === "/contacts")) ||
    path === "/contacts/batch/read",
  writes: (method, path) => method !== "GET" && path !== "/contacts/batch/read",
  handle(call, store) {
    const writing = this.writes(call.method, call.path);
    const auth = call.headers.authorization;
    if (auth !== `Bearer ${CURSOR_KEYS.write}` && (writing || auth !== `Bearer ${CURSOR_KEYS.read}`))
      throw new ApiError(auth === `Bearer ${CURSOR_KEYS.read}` ? 403 : 401, "key_refused");
    const [first, second, third, fourth] = partsOf(call.path);
    const at = `${call.method} ${first}`;
    if (at === "GET scopes") return ok({ scopes: ["contacts.read", "lists.read", "contacts.write"] });
    if (at === "GET contacts" && second === undefined) return contacts(call, store);
    if (at === "POST contacts" && second === "batch" && third === "read") {
      const { fault } = call;
      const found = textsOf(jsonOf(call).ids)
        .slice(0, 50)
        .flatMap((id) => store.get(id) ?? []);
      return ok({ results: found.map((c) => withFault(record(c), fault)) });
    }
    if (first === "lists" && second !== undefined) {
      if (!store.hasList(second)) throw notFound();
      if (call.method === "GET" && third === "memberships") return memberships(call, store, second);
      if (call.method === "POST" && third === "memberships") return change(call, store, second, fourth ?? "");
    }
    const contact = first === "contacts" && second !== undefined ? store.get(second) : undefined;
    if (contact === undefined) throw notFound();
    const really = call.fault?.kind !== "ghost_ack";
    if (call.method === "PUT" && third === "marketing") {
      const wanted = jsonOf(call).status;
      if (wanted !== "unsubscribed") throw new ApiError(422, "only_people_subscribe");
      store.edit("unsubscribe", contact, really, (c) => {
        c.status = "unsubscribed";
      });
      return ok({ id: contact.id });
    }
    if (call.method === "PATCH" && third === undefined) {
      const { properties } = jsonOf(call);
      const name = typeof properties === "object" && properties !== null ? Object.entries(properties) : [];
      store.edit("edit", contact, really, (c) => {
        for (const [key, value] of name)
          if (key === "name") c.name = typeof value === "string" ? value : null;
      });
      return ok(record(contact));
    }
    throw notFound();
  },
};

const ok = (body: unknown): Answer => ({ status: 200, body });
const record = (c: Contact) => ({
  id: c.id,
  profile: { email: c.email },
  name: c.name,
  marketing: { status: c.status, complained_at: c.complainedAt },
  lists: [...c.lists.keys()].map((id) => ({ id })),
  updated_at: c.updatedAt,
});

function paged(call: Call, store: ContactStore, list: string | null) {
  const after = call.query.get("after") ?? "";
  const page = contactPage(store, list, { after }, sizeOf(call, "limit", 40), call.fault);
  const cursor = page.next === null ? null : idBefore(store, list, page.next);
  const paging = cursor === null ? {} : { paging: { next: { after: cursor } } };
  return { page, paging: call.fault?.kind === "repeat_cursor" ? { paging: { next: { after } } } : paging };
}

function memberships(call: Call, store: ContactStore, list: string): Answer {
  const { page, paging } = paged(call, store, list);
  return ok({
    results: page.items.map((c) => ({ contact_id: c.id, added_at: c.lists.get(list) })),
    count: page.total,
    ...paging,
  });
}

/** Many by address (`emails=a,b`), or everybody page by page. */
function contacts(call: Call, store: ContactStore): Answer {
  const emails = call.query.get("emails");
  if (emails !== null)
    return ok({
      results: emails
        .split(",")
        .flatMap((e) => store.byEmail(e))
        .map(record),
    });
  const { page, paging } = paged(call, store, null);
  return ok({
    results: page.items.map((c) => withFault(record(c), call.fault)),
    count: page.total,
    ...paging,
  });
}

function change(call: Call, store: ContactStore, list: string, op: string): Answer {
  if (op !== "add" && op !== "remove") throw notFound();
  const ids = textsOf(jsonOf(call).ids);
  const results = ids.map((id, i) => {
    const contact = store.get(id);
    if (contact === undefined || (call.fault?.kind === "partial" && i === 0)) return { id, status: "error" };
    const there = contact.lists.has(list);
    if (there === (op === "add")) return { id, status: "unchanged" };
    store.edit(op, contact, call.fault?.kind !== "ghost_ack", (c) => {
      if (op === "add") c.lists.set(list, new Date(store.now()).toISOString());
      else c.lists.delete(list);
    });
    return { id, status: "done" };
  });
  return ok({ results: results.toReversed() });
}
