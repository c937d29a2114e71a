import type { Answer, Call } from "../sim/server.ts";
import { ApiError, type Dialect, jsonOf, notFound, partsOf, sizeOf, Tokens } from "./dialect.ts";
import { contactPage, withFault } from "./page.ts";
import type { Contact, ContactStore } from "./store.ts";

export const PAGE_LOGIN = { user: "auditor", password: 'p{{x}}"\\' } as const;

/** A login call gives a token for a header of its own; page numbers with a number of pages; a 404 for nobody found. */
export function pageDialect(): Dialect & { readonly tokens: Tokens } {
  const tokens = new Tokens();
  return {
    name: "page",
    tokens,
    pageSize: 25,
    lists: (method, path) => method === "GET" && path === "/rest/readers",
    writes: (method, path) => method !== "GET" && path !== "/session",
    handle(call, store) {
      if (call.method === "POST" && call.path === "/session") {
        const { login, secret } = jsonOf(call);
        if (login !== PAGE_LOGIN.user || secret !== PAGE_LOGIN.password)
          throw new ApiError(401, "wrong_login");
        return { status: 200, body: { session: { token: tokens.give(), seconds: 900 } } };
      }
      const header = call.headers["x-session"];
      tokens.check(Array.isArray(header) ? header[0] : header, "");
      const [root, first, second, third, fourth] = partsOf(call.path);
      if (root !== "rest" || first !== "readers") throw notFound();
      if (call.method === "GET") return second === "by-email" ? byEmail(call, store) : readers(call, store);
      const reader = second === undefined ? undefined : store.get(second);
      if (reader === undefined) throw notFound();
      return write(call, store, reader, third, fourth);
    },
  };
}

function write(call: Call, store: ContactStore, reader: Contact, what?: string, tag?: string): Answer {
  const really = call.fault?.kind !== "ghost_ack";
  const body = call.method === "DELETE" ? {} : jsonOf(call);
  if (call.method === "POST" && what === "tags" && typeof body.tag === "string") {
    const { tag: wanted } = body;
    store.edit("tag", reader, really, (c) => {
      c.lists.set(wanted, c.lists.get(wanted) ?? new Date(store.now()).toISOString());
    });
  } else if (call.method === "DELETE" && what === "tags" && tag !== undefined)
    store.edit("untag", reader, really, (c) => {
      c.lists.delete(tag);
    });
  else if (call.method === "PUT" && what === "mailing" && body.allowed === false)
    store.edit("stop_mail", reader, really, (c) => {
      c.status = "unsubscribed";
    });
  else if (call.method === "PUT" && what === "field" && body.field === "name")
    store.edit("edit", reader, really, (c) => {
      c.name = typeof body.value === "string" ? body.value : null;
    });
  else throw new ApiError(400, "not_understood");
  return { status: 200, body: { ok: true } };
}

const record = (c: Contact) => ({
  id: c.id,
  email: c.email,
  name: c.name,
  mailing: { allowed: c.status === "subscribed" && c.complainedAt === null },
  unsubscribed_at: c.status === "unsubscribed" ? c.updatedAt : null,
  tags: [...c.lists.keys()].map((name) => ({ name })),
});

function byEmail(call: Call, store: ContactStore): Answer {
  const found = store.byEmail(call.query.get("email") ?? "");
  if (found.length === 0) throw notFound();
  return { status: 200, body: { readers: found.map(record) } };
}

function readers(call: Call, store: ContactStore): Answer {
  const size = sizeOf(call, "rows", 25);
  const number = Number(call.query.get("page") ?? "1");
  const page = contactPage(store, null, { offset: (number - 1) * size }, size, call.fault);
  return {
    status: 200,
    body: {
      page: number,
      pages: Math.max(1, Math.ceil(page.total / size)),
      found: page.total,
      readers: page.items.map((c) => withFault(record(c), call.fault)),
    },
  };
}
