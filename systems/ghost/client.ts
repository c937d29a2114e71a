import type { Clock } from "../../core/clock.ts";
import type { GhostSystem, SecretRef } from "../../core/config.ts";
import { type Call, type ConnectorDeps, httpSettings } from "../http/connector-deps.ts";
import type { ReadClient } from "../http/read-client.ts";
import type { HttpSettings } from "../http/settings.ts";
import { afterId, anyEmail, emailContains, quoted } from "./filter.ts";
import { adminToken } from "./token.ts";
import {
  asLabel,
  asMember,
  asNewsletter,
  type GhostLabel,
  type GhostMember,
  type GhostNewsletter,
  type GhostPage,
  pageOf,
} from "./wire.ts";

/** Ghost caps pages at 100, whatever `limit` says (5.130.6, seen 2026-11-23). */
export const PAGE = 100;

export function ghostHttp(
  config: GhostSystem,
  key: SecretRef,
  deps: ConnectorDeps,
  clock: Clock,
): HttpSettings {
  const secret = deps.secret(key);
  adminToken(config.id, secret, 0); // a malformed key is an error now, not at the first request
  return httpSettings(
    {
      where: config.id,
      baseUrl: `${config.url.replace(/\/+$/, "")}/ghost/api/admin`,
      headers: (nowMs) => ({
        authorization: `Ghost ${adminToken(config.id, secret, nowMs)}`,
        "accept-version": "v5.0",
      }),
      authFix: `renew the Admin API key of ${config.id} in Ghost (Settings, Integrations)`,
    },
    deps,
    clock,
  );
}

/** One page of members after `after`, by id. */
export async function membersAfter(
  http: ReadClient,
  where: string,
  filter: string | null,
  after: string | null,
  call: Call,
): Promise<GhostPage<GhostMember>> {
  const f = afterId(filter, after);
  const query = {
    limit: PAGE,
    order: "id asc",
    include: "labels,newsletters",
    ...(f === null ? {} : { filter: f }),
  };
  return pageOf(await http.get("/members/", query, call), "members", where, asMember);
}

/** Every record of these addresses, all spellings in case. `emails` are normalised; answers are not in their order. */
export async function membersByEmail(
  http: ReadClient,
  where: string,
  emails: readonly string[],
  spellings: readonly string[],
  call: Call,
): Promise<readonly GhostMember[]> {
  const found = new Map<string, GhostMember>();
  const collect = async (filter: string) => {
    let after: string | null = null;
    for (;;) {
      const page: GhostPage<GhostMember> = await membersAfter(http, where, filter, after, call);
      for (const m of page.items) found.set(m.id, m);
      after = page.items.at(-1)?.id ?? null;
      if (page.next === null || after === null) return;
    }
  };
  if (emails.length > 0) await collect(`(${anyEmail([...new Set([...emails, ...spellings])])})`);
  const seen = new Set([...found.values()].map((m) => m.email.toLowerCase()));
  // not found as spelt here: look once more without regard to case, or an add would make a second record
  for (const email of emails) if (!seen.has(email)) await collect(emailContains(email));
  return [...found.values()];
}

async function whole<T>(
  http: ReadClient,
  where: string,
  name: string,
  query: Readonly<Record<string, string>>,
  item: (o: Readonly<Record<string, unknown>>, where: string) => T,
  call: Call,
): Promise<readonly T[]> {
  const all: T[] = [];
  for (let page = 1; ; page++) {
    const p = pageOf(
      await http.get(`/${name}/`, { limit: PAGE, page, order: "id asc", ...query }, call),
      name,
      where,
      item,
    );
    all.push(...p.items);
    if (p.next === null || p.items.length === 0) return all;
  }
}

export const labelsOf = (http: ReadClient, where: string, call: Call): Promise<readonly GhostLabel[]> =>
  whole(http, where, "labels", { include: "count.members" }, asLabel, call);

export const newslettersOf = (
  http: ReadClient,
  where: string,
  call: Call,
): Promise<readonly GhostNewsletter[]> => whole(http, where, "newsletters", {}, asNewsletter, call);

/** Does Ghost's event log hold an opt-out of this member? Yes where the log cannot be understood. */
export async function hasOptedOut(http: ReadClient, memberId: string, call: Call): Promise<boolean> {
  const filter = `type:newsletter_event+data.member_id:${quoted(memberId)}`;
  const body = await http.get("/members/events/", { filter, limit: PAGE }, call);
  if (typeof body !== "object" || body === null || !("events" in body) || !Array.isArray(body.events))
    return true;
  return body.events.some((e: unknown) => {
    const data = typeof e === "object" && e !== null && "data" in e ? e.data : null;
    return typeof data !== "object" || data === null || !("subscribed" in data) || data.subscribed !== true;
  });
}

/** How many members `filter` lets through now. */
export async function totalOf(
  http: ReadClient,
  where: string,
  filter: string | null,
  call: Call,
): Promise<number> {
  const query = {
    limit: 1,
    order: "id asc",
    include: "labels,newsletters",
    ...(filter === null ? {} : { filter }),
  };
  return pageOf(await http.get("/members/", query, call), "members", where, asMember).total;
}
