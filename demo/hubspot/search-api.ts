import type { Answer, Call } from "../sim/server.ts";
import type { Account } from "./account.ts";
import { invalid } from "./api-error.ts";
import { isObject, type Json, objectBody, strings } from "./body.ts";
import { contactJson } from "./contact-json.ts";
import { existing, lagOf } from "./contacts-api.ts";
import type { SimContact } from "./model.ts";
import type { Properties } from "./properties-api.ts";

/** Nobody gets past this many results. */
const CAP = 10_000;

/**
 * `POST …/search`: ≤ 200 a page, offsets as `after`, 10,000 results at most. The index lags: a contact just made is
 * not found, one just archived is counted in `total` and not shown.
 */
export function searchContacts(account: Account, properties: Properties, call: Call): Answer {
  const body = objectBody(call.body);
  const limit = Number(body.limit ?? 10);
  if (!Number.isInteger(limit) || limit < 0 || limit > 200)
    throw invalid("The limit must be between 0 and 200.");
  const after = Number(body.after ?? 0);
  if (!Number.isInteger(after)) throw invalid("after must be a number");
  if (after + limit > CAP) throw invalid("The maximum number of results that can be paged through is 10000.");
  const groups = groupsOf(body);
  const found = candidates(account, groups).filter(
    (c) => known(account, c) && groups.some((g) => g.every((f) => filterMatches(account, c, f))),
  );
  found.sort(orderOf(account, body.sorts));
  const asked = strings(body.properties);
  const exists = existing(properties, asked);
  const shown = found
    .slice(after, after + limit)
    .filter((c) => c.archivedAt === null)
    .map((c) => contactJson(account, c, asked, [], exists, lagOf(call)));
  const end = after + limit;
  const extra = call.fault?.kind === "wrong_total" ? (call.fault.rows ?? 7) : 0;
  return {
    status: 200,
    body: {
      total: found.length + extra,
      results: shown,
      ...(end < found.length ? { paging: { next: { after: String(end) } } } : {}),
    },
  };
}

/** In the index: told of it, and not yet told that it is archived. */
const known = (account: Account, c: SimContact): boolean =>
  c.archivedAt === null ? c.indexedAt <= account.now() : c.indexedAt > account.now();

function groupsOf(body: Json): readonly (readonly Json[])[] {
  const groups = Array.isArray(body.filterGroups) ? body.filterGroups.filter(isObject) : [];
  const filters = groups.map((g) => (Array.isArray(g.filters) ? g.filters.filter(isObject) : []));
  if (filters.length > 5 || filters.some((f) => f.length > 6) || filters.flat().length > 18)
    throw invalid("The maximum is 5 filter groups, 6 filters in a group and 18 in all.");
  return filters.length === 0 ? [[]] : filters;
}

/** By address there is an index; anything else looks at everybody. */
function candidates(account: Account, groups: readonly (readonly Json[])[]): SimContact[] {
  const addresses: string[] = [];
  for (const group of groups) {
    const byEmail = group.find(
      (f) => f.propertyName === "email" && (f.operator === "EQ" || f.operator === "IN"),
    );
    if (byEmail === undefined) return [...account.contacts.everybody()];
    addresses.push(...(byEmail.operator === "EQ" ? [String(byEmail.value)] : strings(byEmail.values)));
  }
  const found = addresses.map((a) => account.contacts.byEmail(a)).filter((c) => c !== undefined);
  return [...new Set(found)];
}

function filterMatches(account: Account, c: SimContact, filter: Json): boolean {
  const value = account.value(c, String(filter.propertyName));
  const have = value?.toLowerCase() ?? null;
  const want = String(filter.value ?? "").toLowerCase();
  const list = strings(filter.values).map((v) => v.toLowerCase());
  switch (filter.operator) {
    case "EQ":
      return have === want;
    case "NEQ":
      return have !== want;
    case "IN":
      return have !== null && list.includes(have);
    case "NOT_IN":
      return have !== null && !list.includes(have);
    case "HAS_PROPERTY":
      return have !== null;
    case "NOT_HAS_PROPERTY":
      return have === null;
    case "CONTAINS_TOKEN":
      return have?.split(/[;\s]+/).includes(want) ?? false;
    case "GT":
      return have !== null && rank(have) > rank(want);
    case "GTE":
      return have !== null && rank(have) >= rank(want);
    case "LT":
      return have !== null && rank(have) < rank(want);
    case "LTE":
      return have !== null && rank(have) <= rank(want);
    default:
      throw invalid(`Invalid input JSON: unknown operator ${String(filter.operator)}`);
  }
}

/** Dates are compared with milliseconds, numbers as numbers. */
function rank(text: string): number {
  return /^\d{4}-\d\d-\d\dt/.test(text) ? Date.parse(text) : Number(text);
}

/** `sorts`: one, as a name or as `{propertyName, direction}`; default by id. */
function orderOf(account: Account, sorts: unknown): (a: SimContact, b: SimContact) => number {
  const first: unknown = Array.isArray(sorts) ? sorts[0] : undefined;
  const name = isObject(first)
    ? String(first.propertyName)
    : typeof first === "string"
      ? first
      : "hs_object_id";
  const sign = isObject(first) && first.direction === "DESCENDING" ? -1 : 1;
  const of = (c: SimContact) => rank((account.value(c, name) ?? "").toLowerCase());
  return (a, b) => sign * (of(a) - of(b));
}
