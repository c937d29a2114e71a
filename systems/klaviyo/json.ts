import { AuditorError } from "../../core/errors.ts";

export type Json = Readonly<Record<string, unknown>>;
export const isObject = (v: unknown): v is Json => typeof v === "object" && v !== null && !Array.isArray(v);
export const textOrNull = (v: unknown): string | null => (typeof v === "string" && v !== "" ? v : null);
export const countOrNull = (v: unknown): number | null =>
  typeof v === "number" && Number.isFinite(v) ? v : null;

export const bad = (where: string, what: string): AuditorError =>
  new AuditorError(
    "bad_data",
    where,
    what,
    "check that the url is Klaviyo's API and that no proxy changes it",
  );

/** One JSON:API resource. */
export type Resource = { readonly id: string; readonly attributes: Json };

export function asResource(o: unknown, where: string): Resource {
  const id = isObject(o) ? textOrNull(o.id) : null;
  if (!isObject(o) || id === null) throw bad(where, "a record has no id");
  return { id, attributes: isObject(o.attributes) ? o.attributes : {} };
}

/** @throws AuditorError bad_data when `data` is not one resource */
export function dataOf(body: unknown, where: string): Resource {
  if (!isObject(body) || !isObject(body.data)) throw bad(where, "the answer has no data");
  return asResource(body.data, where);
}

export type KlaviyoPage<T> = {
  readonly items: readonly T[];
  /** Full address of the next page; null: this is the last (documented as text, but null in practice). */
  readonly next: string | null;
};

/** @throws AuditorError bad_data when the list is not there, or whether more follows cannot be told */
export function pageOf<T>(
  body: unknown,
  where: string,
  item: (r: Resource, where: string) => T,
): KlaviyoPage<T> {
  if (!isObject(body) || !Array.isArray(body.data)) throw bad(where, 'the answer has no list "data"');
  const links = isObject(body.links) ? body.links : {};
  if (links.next !== null && links.next !== undefined && typeof links.next !== "string")
    throw bad(where, "links.next is not an address");
  return {
    items: body.data.map((o: unknown) => item(asResource(o, where), where)),
    next: links.next === undefined || links.next === "" ? null : links.next,
  };
}
