import type { Clock } from "../../core/clock.ts";
import type { MailmanSystem, SecretRef } from "../../core/config.ts";
import { type Call, type ConnectorDeps, httpSettings } from "../http/connector-deps.ts";
import type { ReadClient } from "../http/read-client.ts";
import type { HttpSettings } from "../http/settings.ts";
import { type Fetch, walk } from "./walk.ts";
import {
  asBan,
  asList,
  asMember,
  type Delivery,
  deliveryOf,
  type MailmanList,
  type MailmanMember,
  pageOf,
} from "./wire.ts";

export type MailmanDeps = ConnectorDeps & {
  /** Members a page; default 500. */
  readonly pageSize?: number;
};

/** Mailman has no limit of its own; 500 members take it half a second. */
export const PAGE = 500;

/** Each page of a filtered search makes Mailman look at the whole list: 1,000 members a second. */
const TIMEOUT_MS = 180_000;

export function mailmanHttp(
  config: MailmanSystem,
  password: SecretRef,
  deps: MailmanDeps,
  clock: Clock,
): HttpSettings {
  const basic = Buffer.from(`${config.user}:${deps.secret(password)}`, "utf8").toString("base64");
  return httpSettings(
    {
      where: config.id,
      baseUrl: config.url,
      headers: () => ({ authorization: `Basic ${basic}` }),
      authFix: `correct the user and password of ${config.id} (mailman.cfg, webservice)`,
      // by POST an address stays out of the URL
      readPosts: [/^\/members\/find$/],
      membershipDeletes: [/^\/lists\/[^/]+\/roster\/member$/],
    },
    { ...deps, http: { timeoutMs: TIMEOUT_MS, ...deps.http } },
    clock,
  );
}

type At = { readonly http: ReadClient; readonly where: string; readonly call: Call };
const listPath = (listId: string): string => `/lists/${encodeURIComponent(listId)}`;

export async function listsOf({ http, where, call }: At): Promise<readonly MailmanList[]> {
  const fetch: Fetch<MailmanList> = async (page, count) =>
    pageOf(await http.get("/lists", { count, page }, call), where, asList);
  return (await walk(fetch, 100)).items;
}

export const isList = (l: MailmanList, wanted: string): boolean =>
  l.id.toLowerCase() === wanted.toLowerCase() || l.address.toLowerCase() === wanted.toLowerCase();

/** One page of those who are on the list. */
export const rosterPage =
  ({ http, where, call }: At, listId: string): Fetch<MailmanMember> =>
  async (page, count) =>
    pageOf(
      await http.get(
        `${listPath(listId)}/roster/member`,
        { count, page, fields: ["member_id", "email", "display_name", "delivery_mode"] },
        call,
      ),
      where,
      asMember,
    );

/** One page of those whose delivery is so, whether they set it for the list, their address or their account. */
export const deliveryPage =
  ({ http, where, call }: At, listId: string, delivery: Delivery): Fetch<MailmanMember> =>
  async (page, count) =>
    pageOf(
      await http.get(
        "/members/find",
        {
          list_id: listId,
          role: "member",
          delivery_status: delivery,
          count,
          page,
          fields: ["member_id", "email"],
        },
        call,
      ),
      where,
      asMember,
    );

/** Banned addresses in lower case, and how many patterns there are. `listId` null: those of the whole server. */
export async function bansOf(
  { http, where, call }: At,
  listId: string | null,
): Promise<{ readonly addresses: ReadonlySet<string>; readonly patterns: number }> {
  const path = listId === null ? "/bans" : `${listPath(listId)}/bans`;
  const fetch: Fetch<{ readonly id: string }> = async (page, count) =>
    pageOf(await http.get(path, { count, page }, call), where, (o, w) => ({ id: asBan(o, w) }));
  const all = (await walk(fetch, 500)).items.map((b) => b.id);
  const patterns = all.filter((b) => b.startsWith("^")).length;
  return {
    addresses: new Set(all.filter((b) => !b.startsWith("^")).map((b) => b.toLowerCase())),
    patterns,
  };
}

/** Every membership of an address. A star in it is a wildcard for Mailman, so what else it finds is left out. */
export async function membershipsOf(
  { http, where, call }: At,
  email: string,
): Promise<readonly MailmanMember[]> {
  const body = { subscriber: email, role: "member" };
  const page = pageOf(await http.readPost("/members/find", {}, body, call), where, asMember);
  return page.items.filter((m) => m.email === email);
}

/** How mail to this membership stands, wherever that was set. */
export const deliveryOfMember = async ({ http, where, call }: At, memberId: string): Promise<Delivery> =>
  deliveryOf(await http.get(`/members/${encodeURIComponent(memberId)}/all/preferences`, {}, call), where);

/** How the list lets people in by itself, and whether its owners are mailed about it; null: it does not say. */
export async function joinSettingsOf(
  { http, call }: At,
  listId: string,
): Promise<{ readonly policy: string | null; readonly ownersTold: boolean | null }> {
  const o = (await http.get(`${listPath(listId)}/config`, {}, call)) as {
    readonly subscription_policy?: unknown;
    readonly admin_notify_mchanges?: unknown;
  } | null;
  return {
    policy: typeof o?.subscription_policy === "string" ? o.subscription_policy : null,
    ownersTold: typeof o?.admin_notify_mchanges === "boolean" ? o.admin_notify_mchanges : null,
  };
}
