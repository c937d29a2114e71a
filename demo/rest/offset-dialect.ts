import type { Answer, Call } from "../sim/server.ts";
import { ApiError, type Dialect, jsonOf, notFound, partsOf, sizeOf } from "./dialect.ts";
import { contactPage, withFault } from "./page.ts";
import type { Contact, ContactStore } from "./store.ts";

const basic = (user: string, password: string) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
export const OFFSET_KEYS = { user: "auditor", read: "read-password", write: "write-password" } as const;

/**
 * HTTP Basic; groups are read by offset and limit with a total; booleans and times tell consent; one call a person,
 * answered by 204, and 409 where a membership is there already.
 */
export const offsetDialect: Dialect = {
  name: "offset",
  pageSize: 50,
  lists: (method, path) => method === "GET" && path === "/people",
  writes: (method) => method !== "GET",
  handle(call, store) {
    const auth = call.headers.authorization;
    const reads = auth === basic(OFFSET_KEYS.user, OFFSET_KEYS.read);
    if (auth !== basic(OFFSET_KEYS.user, OFFSET_KEYS.write) && !reads)
      throw new ApiError(401, "wrong_password");
    if (reads && call.method !== "GET") throw new ApiError(403, "read_only");
    const [first, second, third, fourth] = partsOf(call.path);
    if (call.method === "GET" && first === "people" && second === undefined) return people(call, store);
    const really = call.fault?.kind !== "ghost_ack";
    if (first === "groups" && second !== undefined && third === "people" && fourth !== undefined) {
      const person = store.get(fourth);
      if (person === undefined || !store.hasList(second)) throw notFound();
      const there = person.lists.has(second);
      if (call.method === "GET") {
        if (!there) throw notFound();
        return { status: 200, body: { since: person.lists.get(second) } };
      }
      if (call.method === "PUT" && there) throw new ApiError(409, "already_there");
      if (call.method === "DELETE" && !there) throw notFound();
      if (call.method !== "PUT" && call.method !== "DELETE") throw new ApiError(405, "not_allowed");
      store.edit(call.method === "PUT" ? "join" : "leave", person, really, (c) => {
        if (call.method === "PUT") c.lists.set(second, new Date(store.now()).toISOString());
        else c.lists.delete(second);
      });
      return { status: 204, body: null };
    }
    const person = first === "people" && second !== undefined ? store.get(second) : undefined;
    if (person === undefined) throw notFound();
    if (call.method === "POST" && third === "opt-out") {
      store.edit("opt_out", person, really, (c) => {
        c.status = "unsubscribed";
      });
      return { status: 204, body: null };
    }
    if (call.method === "PUT" && third === undefined) {
      const { full_name: name } = jsonOf(call);
      store.edit("edit", person, really, (c) => {
        if (name !== undefined) c.name = typeof name === "string" ? name : null;
      });
      return { status: 200, body: record(person) };
    }
    throw notFound();
  },
};

const record = (c: Contact) => ({
  uid: Number(c.id.slice(1)),
  key: c.id,
  email: c.email,
  full_name: c.name,
  accepts_mail: c.status === "subscribed",
  spam_report_at: c.complainedAt,
  changed: Math.floor(Date.parse(c.updatedAt) / 1000),
});

function people(call: Call, store: ContactStore): Answer {
  const email = call.query.get("email");
  if (email !== null) return { status: 200, body: { people: store.byEmail(email).map(record) } };
  const group = call.query.get("group");
  if (group !== null && !store.hasList(group)) throw notFound();
  const offset = Number(call.query.get("offset") ?? "0");
  const page = contactPage(store, group, { offset }, sizeOf(call, "limit", 50), call.fault);
  return {
    status: 200,
    body: {
      meta: { total: page.total, offset },
      people: page.items.map((c) => withFault(record(c), call.fault)),
    },
  };
}
