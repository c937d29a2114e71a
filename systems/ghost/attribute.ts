import type { GhostMember } from "./wire.ts";

/** How an attribute of ours lives in Ghost, which has no custom fields. */
export type GhostField =
  | { readonly kind: "path"; readonly path: readonly string[] }
  | { readonly kind: "labels" }
  /** `label:plan-*`: the rest of the label that starts so. */
  | { readonly kind: "prefix"; readonly prefix: string }
  /** `label:vip`: "true" with the label, "false" without. */
  | { readonly kind: "label"; readonly label: string };

/** @example ghostField("label:plan-*") // { kind: "prefix", prefix: "plan-" } */
export function ghostField(field: string): GhostField {
  if (field === "labels") return { kind: "labels" };
  if (field.startsWith("label:")) {
    const label = field.slice("label:".length).trim();
    return label.endsWith("*") ? { kind: "prefix", prefix: label.slice(0, -1) } : { kind: "label", label };
  }
  return { kind: "path", path: field.split(".") };
}

/**
 * The value as text; null: there, but empty; undefined: Ghost has no such field. A person with two labels of one prefix
 * has two values: both are shown, joined, so that they never pass for one.
 */
export function attributeOf(m: GhostMember, field: GhostField): string | null | undefined {
  if (field.kind === "labels") return names(m.labels.map((l) => l.name));
  if (field.kind === "label")
    return String(m.labels.some((l) => same(l.name, field.label) || l.slug === field.label));
  if (field.kind === "prefix")
    return names(withPrefix(m, field.prefix).map((l) => l.name.slice(field.prefix.length)));
  let at: unknown = m.raw;
  for (const step of field.path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Readonly<Record<string, unknown>>)[step];
  }
  if (at === null) return null;
  return typeof at === "object" ? JSON.stringify(at) : String(at);
}

export const withPrefix = (m: GhostMember, prefix: string) =>
  m.labels.filter((l) => l.name.length > prefix.length && same(l.name.slice(0, prefix.length), prefix));

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
const names = (list: readonly string[]): string | null =>
  list.length === 0 ? null : list.toSorted().join(", ");
