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
  found.sort((a, b) => a.id - b.id);
  const asked = strings(body.properties);
  const exists = existing(properties, asked);
  const shown = found
    .slice(after, after + limit)
    .filter((c) => c.archivedAt === null)
    .map((c) => contactJson(account, c, asked, [], exists, lagOf(call)));
  const end = after + limit;
  return {
    status: 200,
    body: {
      total: found.length,
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
      return have !== null && have > want;
    case "GTE":
      return have !== null && have >= want;
    case "LT":
      return have !== null && have < want;
    case "LTE":
      return have !== null && have <= want;
    default:
      throw invalid(`Invalid input JSON: unknown operator ${String(filter.operator)}`);
  }
}
