import type { Answer, Call } from "../sim/server.ts";
import { DELIVERIES, type Delivery, type MailingList, type MailmanStore, type Member } from "./store.ts";

/** What a request was refused with. */
export class Refused extends Error {
  readonly status: number;
  constructor(status: number, description: string) {
    super(description);
    this.status = status;
  }
}

export const refusal = (status: number, description: string): Answer => ({
  status,
  body: { title: `${status} ${description}`, description },
});

type Fields = ReadonlyMap<string, readonly string[]>;
type Raw = Readonly<Record<string, unknown>>;

/** Mailman takes forms and JSON, in the query and in the body. */
export function fieldsOf(call: Call): Fields {
  const fields = new Map<string, string[]>();
  const add = (name: string, value: string) => fields.set(name, [...(fields.get(name) ?? []), value]);
  for (const [name, value] of call.query) add(name, value);
  const text = call.body.toString("utf8");
  if (text !== "" && /json/.test(call.headers["content-type"] ?? "")) {
    const parsed = JSON.parse(text) as Raw;
    for (const [name, value] of Object.entries(parsed)) add(name, String(value));
  } else for (const [name, value] of new URLSearchParams(text)) add(name, value);
  return fields;
}
const one = (f: Fields, name: string): string | undefined => f.get(name)?.[0];
const isTrue = (f: Fields, name: string): boolean => one(f, name) === "true";

function deliveryIn(f: Fields): Delivery | undefined {
  const text = one(f, "delivery_status");
  const found = DELIVERIES.find((d) => d === text);
  if (text !== undefined && found === undefined) throw new Refused(400, "Invalid Parameter");
  return found;
}

/** A collection as Mailman pages it: no `entries` at all on an empty page. */
function collection(call: Call, all: readonly Raw[]): Answer {
  const f = fieldsOf(call);
  const count = Number(one(f, "count") ?? all.length);
  const page = Number(one(f, "page") ?? 1);
  if (!Number.isInteger(count) || !Number.isInteger(page) || page < 1)
    throw new Refused(400, 'Invalid Parameter "count"');
  const kind = call.fault?.kind;
  const at = kind === "repeat_page" && page > 1 ? page - 1 : page;
  const shown = kind === "short_page" ? count - (call.fault?.rows ?? 10) : count;
  const start = (at - 1) * count;
  let rows = kind === "empty_list" ? [] : all.slice(start, start + Math.max(0, shown));
  if (kind === "duplicate_rows") rows = [...rows, ...rows.slice(0, 1)];
  const wanted = f.get("fields");
  const field = call.fault?.field ?? "";
  const entries = rows.map((row) => {
    const picked = wanted
      ? Object.entries(row).filter(([name]) => wanted.includes(name))
      : Object.entries(row);
    return Object.fromEntries(
      picked.map(([name, value]) => [
        kind === "renamed_field" && name === field ? `${name}_v2` : name,
        kind === "null_field" && name === field ? null : value,
      ]),
    );
  });
  const total_size = all.length + (kind === "wrong_total" ? (call.fault?.rows ?? 7) : 0);
  const total = kind === "empty_list" ? 0 : total_size;
  return {
    status: 200,
    body: { start, total_size: total, ...(entries.length > 0 ? { entries } : {}), http_etag: '"x"' },
  };
}

const listRow = (l: MailingList): Raw => ({
  list_id: l.id,
  fqdn_listname: l.address,
  display_name: l.id.split(".")[0],
  member_count: l.members.length,
});

const memberRow = (store: MailmanStore, m: Member, base: string): Raw => ({
  address: `${base}/addresses/${m.email}`,
  bounce_score: 0,
  delivery_mode: "regular",
  email: m.email,
  list_id: m.listId,
  subscription_mode: "as_address",
  role: "member",
  user: `${base}/users/${store.addresses.get(m.email)?.userId ?? ""}`,
  display_name: store.displayName(m.email),
  member_id: m.id,
});

/** Of a list's settings those about joining, as Mailman has them by default. */
const CONFIG = {
  subscription_policy: "confirm",
  send_welcome_message: true,
  admin_notify_mchanges: false,
};

const created: Answer = { status: 201, body: null };
const done: Answer = { status: 204, body: null };

/** @throws Refused */
export function answer(store: MailmanStore, call: Call, base: string): Answer {
  const parts = call.path.split("/").slice(1).map(decodeURIComponent);
  const [root = "", name = "", third = "", fourth = ""] = parts;
  const f = fieldsOf(call);
  const rows = (members: readonly Member[]): Answer =>
    collection(
      call,
      members.map((m) => memberRow(store, m, base)),
    );
  switch (`${call.method} ${root}`) {
    case "GET system":
      return { status: 200, body: { mailman_version: "GNU Mailman 3.3.8 (Tom Sawyer)", api_version: "3.1" } };
    case "POST domains":
      return created;
    case "GET bans":
      return collection(
        call,
        [...store.bans].sort().map((email) => ({ email })),
      );
    case "POST bans":
      store.bans.add(one(f, "email") ?? "");
      return created;
    case "POST lists":
      if (third === "bans") {
        known(store, name).bans.add(one(f, "email") ?? "");
        return created;
      }
      return makeList(store, one(f, "fqdn_listname") ?? "");
    case "GET lists":
      if (name === "") return collection(call, [...store.lists.values()].map(listRow));
      if (third === "bans")
        return collection(
          call,
          [...known(store, name).bans].sort().map((email) => ({ email })),
        );
      if (third === "config")
        return { status: 200, body: { ...CONFIG, fqdn_listname: known(store, name).address } };
      if (third === "roster" && fourth === "member") return rows(drifting(call, store, known(store, name)));
      return { status: 200, body: listRow(known(store, name)) };
    case "DELETE lists":
      if (third !== "roster") throw new Refused(404, "Not Found");
      return removeMany(store, known(store, name), f.get("emails") ?? [], call);
    case "GET members":
    case "POST members":
      if (name === "find") return rows(found(store, f));
      if (name === "") return subscribe(store, f, base, call);
      return preferences(store, name);
    case "PATCH members":
      if (third !== "preferences") throw new Refused(404, "Not Found");
      return setDelivery(store, name, deliveryIn(f), call);
    case "PATCH addresses": {
      const address = store.addresses.get(name.toLowerCase());
      if (address === undefined) throw new Refused(404, "Not Found");
      if (call.fault?.kind !== "ghost_ack") address.displayName = one(f, "display_name") ?? "";
      return done;
    }
    case "PATCH users": {
      const user = store.users.get(name);
      if (user === undefined) throw new Refused(404, "Not Found");
      user.displayName = one(f, "display_name") ?? "";
      return done;
    }
    default:
      throw new Refused(404, "Not Found");
  }
}

function known(store: MailmanStore, name: string): MailingList {
  const list = store.list(name);
  if (list === undefined) throw new Refused(404, "Not Found");
  return list;
}

function makeList(store: MailmanStore, address: string): Answer {
  const id = address.replace("@", ".");
  if (store.lists.has(id)) throw new Refused(400, "Mailing list exists");
  store.lists.set(id, { id, address, members: [], bans: new Set(), pending: new Set() });
  return created;
}

/** `drift`: the first member leaves right before this page is read. */
function drifting(call: Call, store: MailmanStore, list: MailingList): readonly Member[] {
  const first = list.members[0];
  if (call.fault?.kind === "drift" && first !== undefined) store.leave(list, first.email);
  return list.members;
}

function found(store: MailmanStore, f: Fields): readonly Member[] {
  const subscriber = one(f, "subscriber")?.toLowerCase();
  const listId = one(f, "list_id");
  const delivery = deliveryIn(f);
  // a star is a wildcard
  const like = subscriber?.includes("*")
    ? new RegExp(
        `^${subscriber
          .split("*")
          .map((s) => s.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
          .join(".*")}$`,
      )
    : null;
  return store
    .members()
    .filter(
      (m) =>
        (subscriber === undefined || (like === null ? m.email === subscriber : like.test(m.email))) &&
        (listId === undefined || m.listId === listId) &&
        (delivery === undefined || m.delivery === delivery),
    );
}

function preferences(store: MailmanStore, id: string): Answer {
  const member = store.member(id);
  if (member === undefined) throw new Refused(404, "Not Found");
  return { status: 200, body: { delivery_mode: "regular", delivery_status: member.delivery } };
}

function setDelivery(store: MailmanStore, id: string, to: Delivery | undefined, call: Call): Answer {
  const member = store.member(id);
  if (member === undefined) throw new Refused(404, "Not Found");
  if (to !== undefined && call.fault?.kind !== "ghost_ack") member.delivery = to;
  return done;
}

function subscribe(store: MailmanStore, f: Fields, base: string, call: Call): Answer {
  const list = store.list(one(f, "list_id") ?? "");
  if (list === undefined) throw new Refused(400, "No such list");
  const email = (one(f, "subscriber") ?? "").toLowerCase();
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) throw new Refused(400, 'Invalid Parameter "subscriber": .');
  const delivery = deliveryIn(f) ?? "enabled";
  if (list.members.some((m) => m.email === email)) throw new Refused(409, "Member already subscribed");
  if (store.isBanned(list, email)) throw new Refused(400, "Membership is banned");
  if (list.pending.has(email)) throw new Refused(409, "Subscription request already pending");
  store.address(email, one(f, "display_name") ?? "");
  if (!["pre_verified", "pre_confirmed", "pre_approved"].every((name) => isTrue(f, name))) {
    list.pending.add(email);
    store.mail.push({ kind: "confirm", email });
    return { status: 202, body: { token: "t", token_owner: "subscriber" } };
  }
  if (call.fault?.kind === "ghost_ack") return created;
  const member = store.join(list, email, delivery);
  if (one(f, "send_welcome_message") !== "false") store.mail.push({ kind: "welcome", email });
  return { ...created, headers: { location: `${base}/members/${member.id}` } };
}

/** Compares as it is written: an address in other case is not found. Sends no goodbye. */
function removeMany(store: MailmanStore, list: MailingList, emails: readonly string[], call: Call): Answer {
  if (emails.length === 0) throw new Refused(400, "Missing Parameter: emails");
  const gone = emails.map((e) => [e, call.fault?.kind === "ghost_ack" || store.leave(list, e)] as const);
  return { status: 200, body: { ...Object.fromEntries(gone), http_etag: '"x"' } };
}
