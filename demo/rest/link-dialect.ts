import type { Answer, Call } from "../sim/server.ts";
import { ApiError, type Dialect, jsonOf, notFound, partsOf, sizeOf, Tokens, textsOf } from "./dialect.ts";
import { contactPage, idBefore, withFault } from "./page.ts";
import type { Contact, ContactStore } from "./store.ts";

export const LINK_CLIENT = { id: "plumbline", secret: "client secret/1" } as const;

/**
 * OAuth2 client credentials with short tokens; a bare array a page, with a Link header and X-Total-Count; one field
 * holds all consent words. A batch is refused whole (422) when one of its people cannot take part.
 */
export function linkDialect(): Dialect & { readonly tokens: Tokens } {
  const tokens = new Tokens();
  return {
    name: "link",
    tokens,
    pageSize: 30,
    lists: (method, path) => method === "GET" && path === "/subscribers",
    writes: (method, path) => method !== "GET" && path !== "/oauth/token",
    handle(call, store) {
      if (call.method === "POST" && call.path === "/oauth/token") return token(call, tokens);
      tokens.check(call.headers.authorization, "Bearer ");
      const [first, second, third] = partsOf(call.path);
      if (first !== "subscribers") throw notFound();
      if (call.method === "GET" && second === undefined) return subscribers(call, store);
      if (call.method === "POST" && second === "labels") return labels(call, store);
      const person = second === undefined ? undefined : store.get(second);
      if (person === undefined) throw notFound();
      const really = call.fault?.kind !== "ghost_ack";
      if (call.method === "POST" && third === "unsubscribe")
        store.edit("unsubscribe", person, really, (c) => {
          c.status = "unsubscribed";
        });
      else if (call.method === "PATCH" && third === undefined) {
        const body = jsonOf(call);
        store.edit("edit", person, really, (c) => {
          if (Object.hasOwn(body, "name")) c.name = typeof body.name === "string" ? body.name : null;
        });
      } else throw notFound();
      return { status: 200, body: record(person) };
    },
  };
}

function token(call: Call, tokens: Tokens): Answer {
  const form = new URLSearchParams(call.body.toString("utf8"));
  const [id, secret] = Buffer.from((call.headers.authorization ?? "").replace(/^Basic /, ""), "base64")
    .toString("utf8")
    .split(":")
    .map(decodeURIComponent);
  if (
    id !== LINK_CLIENT.id ||
    secret !== LINK_CLIENT.secret ||
    form.get("grant_type") !== "client_credentials"
  )
    throw new ApiError(401, "invalid_client");
  return { status: 200, body: { access_token: tokens.give(), token_type: "Bearer", expires_in: 600 } };
}

const record = (c: Contact) => ({
  id: c.id,
  address: c.email,
  name: c.name,
  state:
    c.complainedAt === null
      ? { subscribed: "Active", unsubscribed: "Opted out", pending: "Waiting" }[c.status]
      : "Spam",
  labels: [...c.lists.keys()],
  changed_at: c.updatedAt,
});

function subscribers(call: Call, store: ContactStore): Answer {
  const addresses = call.query.getAll("address");
  if (addresses.length > 0)
    return { status: 200, body: addresses.flatMap((a) => store.byEmail(a)).map(record) };
  const after = call.query.get("after") ?? "";
  const page = contactPage(store, null, { after }, sizeOf(call, "per_page", 30), call.fault);
  const next = new URLSearchParams(call.query);
  next.set("after", call.fault?.kind === "repeat_cursor" ? after : idBefore(store, null, page.next ?? 0));
  const host = call.headers.host ?? "";
  const first = `<http://${host}/api/subscribers>; rel="first"`;
  return {
    status: 200,
    headers: {
      "x-total-count": String(page.total),
      link: page.next === null ? first : `${first}, <http://${host}/api/subscribers?${next}>; rel="next"`,
    },
    body: page.items.map((c) => withFault(record(c), call.fault)),
  };
}

/** All or nothing: one person who is not there, or has opted out, and the whole call is refused. */
function labels(call: Call, store: ContactStore): Answer {
  const body = jsonOf(call);
  const [add, remove] = [textsOf(body.add), textsOf(body.remove)];
  const people = (Array.isArray(body.people) ? body.people : []).map((p: unknown) =>
    typeof p === "object" && p !== null && "id" in p && typeof p.id === "string"
      ? store.get(p.id)
      : undefined,
  );
  if (people.some((p) => p === undefined || (add.length > 0 && p.status !== "subscribed")))
    throw new ApiError(422, "not_everybody");
  const answers = people.flatMap((p, i): readonly Readonly<Record<string, unknown>>[] => {
    if (p === undefined) return [];
    if (call.fault?.kind === "partial" && i === 0) return [{ done: false, code: "busy" }];
    const changes = add.some((l) => !p.lists.has(l)) || remove.some((l) => p.lists.has(l));
    store.edit("label", p, call.fault?.kind !== "ghost_ack", (c) => {
      for (const l of add) if (!c.lists.has(l)) c.lists.set(l, new Date(store.now()).toISOString());
      for (const l of remove) c.lists.delete(l);
    });
    return [{ done: true, changed: changes }];
  });
  return { status: 200, body: { answers } };
}
