import type { Account } from "./account.ts";
import { iso, type Json } from "./body.ts";
import { historyOf } from "./contact-store.ts";
import type { SimContact } from "./model.ts";

/** What HubSpot shows when nobody asks for anything. */
export const DEFAULT_PROPERTIES = [
  "createdate",
  "email",
  "firstname",
  "hs_object_id",
  "lastmodifieddate",
  "lastname",
] as const;
const ALWAYS = ["createdate", "hs_object_id", "lastmodifieddate"] as const;

/** Properties that are asked for come with null where they have no value; names that do not exist are left out. */
export function contactJson(
  account: Account,
  c: SimContact,
  asked: readonly string[],
  withHistory: readonly string[],
  exists: (property: string) => boolean,
  lagMs: number | null,
): Json {
  const past = lagMs === null ? undefined : account.lagged(c.id, lagMs);
  const names = asked.length === 0 ? DEFAULT_PROPERTIES : [...ALWAYS, ...asked.filter(exists)];
  const properties: Record<string, string | null> = {};
  for (const name of names) properties[name] = valueThen(account, c, name, past ?? null);
  return {
    id: String(c.id),
    properties,
    ...(withHistory.length === 0
      ? {}
      : {
          propertiesWithHistory: Object.fromEntries(
            withHistory.filter(exists).map((name) => [name, historyJson(account, c, name)]),
          ),
        }),
    createdAt: iso(c.createdAt),
    updatedAt: iso(c.updatedAt),
    archived: c.archivedAt !== null,
    ...(c.archivedAt === null ? {} : { archivedAt: iso(c.archivedAt) }),
  };
}

/** What a write answers: the properties that it set, and those that HubSpot set with them. */
export function writtenJson(account: Account, c: SimContact, written: readonly string[]): Json {
  const properties: Record<string, string | null> = {};
  for (const name of [...written, "createdate", "hs_object_id", "lastmodifieddate"])
    properties[name] = account.value(c, name);
  if (written.includes("email")) properties.hs_email_domain = account.value(c, "hs_email_domain");
  return {
    id: String(c.id),
    properties,
    createdAt: iso(c.createdAt),
    updatedAt: iso(c.updatedAt),
    archived: false,
  };
}

type Past = NonNullable<ReturnType<Account["lagged"]>>;

function valueThen(account: Account, c: SimContact, name: string, past: Past | null): string | null {
  if (past === null) return account.value(c, name);
  if (name === "email") return past.email;
  if (name === "hs_email_optout") return past.optedOut ? "true" : null;
  const type = /^hs_email_optout_(\d+)$/.exec(name)?.[1];
  if (type !== undefined) return past.subscriptions[type] === "UNSUBSCRIBED" ? "true" : null;
  return account.derived(name) ? account.value(c, name) : (past.properties[name] ?? null);
}

/** Newest first. What HubSpot derives from a choice about mail has the time of that choice. */
function historyJson(account: Account, c: SimContact, name: string): readonly Json[] {
  if (account.derived(name) && name !== "email") return derivedHistory(account, c, name);
  return historyOf(c, name).map((v) => ({
    value: v.value,
    timestamp: iso(v.at),
    sourceType: v.source.type,
    ...(v.source.id === null ? {} : { sourceId: v.source.id }),
    ...(v.source.label === null ? {} : { sourceLabel: v.source.label }),
  }));
}

function derivedHistory(account: Account, c: SimContact, name: string): readonly Json[] {
  const value = account.value(c, name);
  if (value === null) return [];
  const { optedOutAt, types } = account.consent.of(c.email);
  const type = /^hs_email_optout_(\d+)$/.exec(name)?.[1];
  const at = type === undefined ? optedOutAt : (types[Number(type)]?.at ?? null);
  return [{ value, timestamp: iso(at ?? c.createdAt), sourceType: "CALCULATED" }];
}
