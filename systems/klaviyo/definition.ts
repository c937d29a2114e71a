import { isObject } from "./json.ts";

/**
 * The rule of a segment as text that is equal where the rule is: one condition a line. A person is in when every group
 * holds, and a group holds when one of its conditions does, so order means nothing and both are sorted.
 *
 * @example definitionText({ condition_groups: [{ conditions: [{ type: "profile-property", property: "plan" }] }] })
 * // 'and one of:\n  {"property":"plan","type":"profile-property"}'
 */
export function definitionText(definition: unknown): string {
  const groups =
    isObject(definition) && Array.isArray(definition.condition_groups) ? definition.condition_groups : null;
  if (groups === null) return canonical(definition);
  return groups
    .map((g: unknown) => {
      const conditions: readonly unknown[] = isObject(g) && Array.isArray(g.conditions) ? g.conditions : [g];
      const lines = conditions.map((c) => `  ${canonical(c)}`).sort();
      return `and one of:\n${lines.join("\n")}`;
    })
    .sort()
    .join("\n");
}

/** JSON with its keys in order. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value ?? null);
  const entries = Object.entries(value)
    .filter(([, v]) => v !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${canonical(v)}`).join(",")}}`;
}
