import { AuditorError } from "../../core/errors.ts";

/**
 * What we need of HubSpot's answers. Shapes: recorded traffic of 2021–22 for contacts, the vendor's reference and client
 * library 13.5 (read 2026-11-26) for lists v3 and communication preferences v4. Values of properties can be null.
 */
export type HubspotContact = {
  readonly id: string;
  /** Only properties that HubSpot answered with; null: there, but empty. */
  readonly properties: Readonly<Record<string, string | null>>;
  readonly createdAt: string | null;
  readonly updatedAt: string | null;
  readonly archived: boolean;
  /** Newest first, where history was asked for. */
  readonly history: Readonly<Record<string, readonly HubspotChange[]>>;
};
export type HubspotChange = {
  readonly at: string | null;
  readonly sourceType: string;
  readonly sourceLabel: string | null;
};
export type HubspotPage<T> = {
  readonly items: readonly T[];
  /** Cursor of the next page; null: none follows. */
  readonly next: string | null;
  /** null: HubSpot did not say. */
  readonly total: number | null;
};
export type HubspotBatch<T> = {
  readonly items: readonly T[];
  /** Ids or addresses that an error of the 207 names as not there. */
  readonly missing: readonly string[];
  /** Ids or addresses that another error names. */
  readonly failed: readonly string[];
};
export type Membership = { readonly recordId: string; readonly joinedAt: string | null };
export type HubspotList = {
  readonly id: string;
  readonly name: string;
  /** MANUAL, SNAPSHOT or DYNAMIC. */
  readonly processing: string;
  /** As counted when the list was last processed; null: not told. */
  readonly size: number | null;
  readonly ready: boolean;
  readonly filters: Json | null;
  readonly filtersUpdatedAt: string | null;
};
export type SubscriptionType = { readonly id: string; readonly name: string; readonly active: boolean };

export type Json = Readonly<Record<string, unknown>>;
export const isObject = (v: unknown): v is Json => typeof v === "object" && v !== null && !Array.isArray(v);
export const textOrNull = (v: unknown): string | null =>
  typeof v === "string" ? v : typeof v === "number" || typeof v === "boolean" ? String(v) : null;

export const bad = (where: string, what: string): AuditorError =>
  new AuditorError(
    "bad_data",
    where,
    what,
    "check that the url is HubSpot's API, and that no proxy changes answers",
  );

export function objectsOf(o: unknown, name: string, where: string): readonly Json[] {
  const v = isObject(o) ? o[name] : undefined;
  if (!Array.isArray(v) || !v.every(isObject)) throw bad(where, `the answer has no list "${name}"`);
  return v;
}

function textOf(o: Json, name: string, where: string): string {
  const v = textOrNull(o[name]);
  if (v === null || v === "") throw bad(where, `a record has no ${name}`);
  return v;
}

/** @throws AuditorError bad_data when the list is not there */
export function pageOf<T>(body: unknown, where: string, item: (o: Json, where: string) => T): HubspotPage<T> {
  const items = objectsOf(body, "results", where).map((o) => item(o, where));
  const { paging, total } = body as Json;
  const next = isObject(paging) && isObject(paging.next) ? textOrNull(paging.next.after) : null;
  return { items, next, total: typeof total === "number" ? total : null };
}

/** A batch answer, 200 or 207. @throws AuditorError bad_data when the list is not there */
export function batchOf<T>(
  body: unknown,
  where: string,
  item: (o: Json, where: string) => T,
): HubspotBatch<T> {
  return { items: objectsOf(body, "results", where).map((o) => item(o, where)), ...errorsOf(body) };
}

/** What a 207 says went wrong, by id or address. */
export function errorsOf(body: unknown): Pick<HubspotBatch<never>, "missing" | "failed"> {
  const errors = isObject(body) && Array.isArray(body.errors) ? body.errors.filter(isObject) : [];
  const idsOf = (notFound: boolean) =>
    errors
      .filter((e) => (e.category === "OBJECT_NOT_FOUND") === notFound)
      .flatMap((e) => (isObject(e.context) && Array.isArray(e.context.ids) ? e.context.ids : []))
      .map(String);
  return { missing: idsOf(true), failed: idsOf(false) };
}

export function asContact(o: Json, where: string): HubspotContact {
  if (!isObject(o.properties)) throw bad(where, "a contact has no properties");
  const properties: Record<string, string | null> = {};
  for (const [name, value] of Object.entries(o.properties)) properties[name] = textOrNull(value);
  const past = isObject(o.propertiesWithHistory) ? o.propertiesWithHistory : {};
  return {
    id: textOf(o, "id", where),
    properties,
    createdAt: textOrNull(o.createdAt),
    updatedAt: textOrNull(o.updatedAt),
    archived: o.archived === true,
    history: Object.fromEntries(
      Object.entries(past).map(([name, versions]) => [
        name,
        Array.isArray(versions) ? versions.filter(isObject).map(asChange) : [],
      ]),
    ),
  };
}

const asChange = (o: Json): HubspotChange => ({
  at: textOrNull(o.timestamp),
  sourceType: textOrNull(o.sourceType) ?? "unknown",
  sourceLabel: textOrNull(o.sourceLabel),
});

export const asMembership = (o: Json, where: string): Membership => ({
  recordId: textOf(o, "recordId", where),
  joinedAt: textOrNull(o.membershipTimestamp),
});

/** `{list: {...}}`, or a list by itself in an answer with many. */
export function asList(body: unknown, where: string): HubspotList {
  const o = isObject(body) && isObject(body.list) ? body.list : body;
  if (!isObject(o)) throw bad(where, "the answer holds no list");
  const more = isObject(o.additionalProperties) ? o.additionalProperties.hs_list_size : undefined;
  const size = Number(textOrNull(o.size) ?? textOrNull(more) ?? Number.NaN);
  return {
    id: textOf(o, "listId", where),
    name: textOf(o, "name", where),
    processing: textOf(o, "processingType", where),
    size: Number.isInteger(size) && size >= 0 ? size : null,
    ready: o.processingStatus !== "PROCESSING",
    filters: isObject(o.filterBranch) ? o.filterBranch : null,
    filtersUpdatedAt: textOrNull(o.filtersUpdatedAt),
  };
}

export const asSubscriptionType = (o: Json, where: string): SubscriptionType => ({
  id: textOf(o, "id", where),
  name: textOf(o, "name", where),
  active: o.isActive !== false && o.isInternal !== true,
});

/** What one address said about one type of mail. */
export type SubscriptionStatus = {
  readonly email: string;
  readonly subscriptionId: string;
  /** SUBSCRIBED, UNSUBSCRIBED or NOT_SPECIFIED. */
  readonly status: string;
  readonly source: string | null;
  readonly at: string | null;
  /** After a write: NO_STATUS_CHANGE, REQUESTED_CHANGE_OCCURRED, …; else null. */
  readonly reason: string | null;
};

export const asStatus = (o: Json, where: string): SubscriptionStatus => ({
  email: textOf(o, "subscriberIdString", where),
  subscriptionId: textOf(o, "subscriptionId", where),
  status: textOf(o, "status", where),
  source: textOrNull(o.source),
  at: textOrNull(o.timestamp),
  reason: textOrNull(o.setStatusSuccessReason),
});

/** The statuses of one address out of a batch. */
export const asStatuses = (
  o: Json,
  where: string,
): { readonly email: string; readonly statuses: readonly SubscriptionStatus[] } => ({
  email: textOf(o, "subscriberIdString", where),
  statuses: objectsOf(o, "statuses", where).map((s) => asStatus(s, where)),
});

/** The answer to a change of memberships. HubSpot writes "recordsIdsAdded", with an s too many; take both. */
export function asMembershipChange(body: unknown): {
  readonly added: ReadonlySet<string>;
  readonly removed: ReadonlySet<string>;
  readonly missing: ReadonlySet<string>;
} {
  const o = isObject(body) ? body : {};
  const ids = (...names: readonly string[]) =>
    new Set(names.flatMap((n) => (Array.isArray(o[n]) ? (o[n] as readonly unknown[]) : [])).map(String));
  return {
    added: ids("recordsIdsAdded", "recordIdsAdded"),
    removed: ids("recordIdsRemoved", "recordsIdsRemoved"),
    missing: ids("recordIdsMissing"),
  };
}
