import { badRequest, invalid } from "./api-error.ts";

export type PageRequest = { readonly page: number; readonly limit: number; readonly told: number | "all" };

const whole = (text: string): number | null => (/^\d+$/.test(text) ? Number(text) : null);

/**
 * Reads `page` and `limit` as Ghost does: 15 by default and for 0, page 0 is page 1.
 * @param cap largest page; null: whatever is asked. Members are capped at 100, `all` included; labels are not.
 */
export function pageOf(query: URLSearchParams, what: string, cap: number | null): PageRequest {
  const page = whole(query.get("page") ?? "1");
  if (page === null) throw invalid(what, "Validation (matches) failed for page undefined.page");
  const asked = query.get("limit") ?? "15";
  const limit = asked === "all" ? Number.POSITIVE_INFINITY : whole(asked);
  if (limit === null) throw invalid(what, "Validation (matches) failed for limit undefined.limit");
  const size = Math.min(limit || 15, cap ?? Number.POSITIVE_INFINITY);
  return { page: page || 1, limit: size, told: size === Number.POSITIVE_INFINITY ? "all" : size };
}

/** Ghost's `meta`: a page beyond the end still tells a next one, unless there is a single page in all. */
export function metaOf({ page, limit, told }: PageRequest, total: number): Record<string, unknown> {
  const pages = Math.max(1, Math.ceil(total / limit));
  let [next, prev]: [number | null, number | null] = [null, null];
  if (pages > 1) {
    if (page !== pages) next = page + 1;
    if (page !== 1) prev = page - 1;
  }
  return { pagination: { page, limit: told, pages, total, next, prev } };
}

/** @param from index of the first item of page 1 */
export const slice = <T>(items: readonly T[], { page, limit }: PageRequest, from = 0): readonly T[] =>
  limit === Number.POSITIVE_INFINITY
    ? page === 1
      ? items.slice(from)
      : []
    : items.slice(from + (page - 1) * limit, from + page * limit);

export const fieldsOf = (query: URLSearchParams): readonly string[] | null =>
  query
    .get("fields")
    ?.split(",")
    .map((f) => f.trim()) ?? null;

export const notUnderstood = (what: string): Error =>
  badRequest(what, "Could not understand request.", "SQLITE_ERROR");
