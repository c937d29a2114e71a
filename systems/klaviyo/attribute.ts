import { isObject, type Json } from "./json.ts";

/**
 * Where an attribute of ours lives in a profile: `first_name`, `location.country`, or `properties.Favourite colour`
 * (everything after the first dot is the property's name, dots included).
 */
export const fieldPath = (field: string): readonly string[] => {
  const dot = field.indexOf(".");
  return dot < 0 ? [field] : [field.slice(0, dot), field.slice(dot + 1)];
};

/** The value as it stands in the profile; undefined: it has no such field. */
export function rawOf(attributes: Json, field: string): unknown {
  let at: unknown = attributes;
  for (const step of fieldPath(field)) {
    if (!isObject(at) || !Object.hasOwn(at, step)) return undefined;
    at = at[step];
  }
  return at;
}

/**
 * The value as text; null: empty; undefined: Klaviyo has no such field. A custom property exists on those profiles only
 * that have it, so where the profile has properties at all, one that is missing is empty.
 */
export function attributeOf(attributes: Json, field: string): string | null | undefined {
  const value = rawOf(attributes, field);
  if (value === undefined)
    return field.startsWith("properties.") && isObject(attributes.properties) ? null : undefined;
  if (value === null) return null;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

const ALWAYS = ["email", "phone_number", "external_id", "updated"];
const CONSENT = ["email", "sms", "mobile_push", "whatsapp"].map((c) => `subscriptions.${c}.marketing`);

/** `fields[profile]`: what is asked for and nothing else, so that what we do not need never travels. */
export function sparseFields(fields: readonly string[], joined: boolean): string {
  const roots = fields.map((f) => (f.startsWith("properties.") ? "properties" : f));
  return [...new Set([...ALWAYS, ...(joined ? ["joined_group_at"] : []), ...roots, ...CONSENT])].join(",");
}
