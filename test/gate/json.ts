export type Json = { readonly [name: string]: unknown };

export const isObject = (v: unknown): v is Json => typeof v === "object" && v !== null && !Array.isArray(v);
export const objectOf = (v: unknown): Json => (isObject(v) ? v : {});
export const listOf = (v: unknown): readonly unknown[] => (Array.isArray(v) ? v : []);
export const textOf = (v: unknown): string => (typeof v === "string" ? v : "");

/** `/paths/{id}` as a part of a JSON pointer. */
export const pointer = (...parts: readonly string[]): string =>
  parts.map((p) => `/${p.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");

/** What `#/components/…` names inside a document; the value itself when it is no reference. */
export function resolved(document: Json, value: unknown): { value: Json; at: string | null } {
  const ref = objectOf(value).$ref;
  if (typeof ref !== "string") return { value: objectOf(value), at: null };
  const parts = ref
    .replace(/^#\//, "")
    .split("/")
    .map((p) => p.replaceAll("~1", "/").replaceAll("~0", "~"));
  let at: unknown = document;
  for (const part of parts) at = objectOf(at)[part];
  return { value: objectOf(at), at: pointer(...parts) };
}
