import { AuditorError } from "../core/errors.ts";
import type { AttributeStates } from "../core/model.ts";
import { isPlaceholder } from "./placeholder.ts";

/** What counts as valid, from the configuration's attribute rules. */
export type ValidValues = { readonly values: readonly string[] | null; readonly pattern: string | null };

/** Order of the states where they are packed into three bits; never changed, never stored. */
export const STATE_NAMES = [
  "valid",
  "null",
  "empty",
  "placeholder",
  "invalid",
  "missing",
] as const satisfies readonly (keyof AttributeStates)[];

function matcher(pattern: string): RegExp {
  try {
    return new RegExp(pattern, "u");
  } catch (cause) {
    throw new AuditorError(
      "config",
      "attribute rule",
      "its pattern is not a regular expression",
      "correct `pattern`",
      { cause },
    );
  }
}

/** The rule with its pattern compiled and its values in a set; for many values of one attribute. */
export function stateJudge(
  rule: ValidValues | null,
): (value: string | null | undefined) => keyof AttributeStates {
  const pattern = rule?.pattern == null ? null : matcher(rule.pattern);
  const allowed = rule?.values == null ? null : new Set(rule.values.map((v) => v.trim()));
  return (value) => {
    if (value === undefined) return "missing";
    if (value === null) return "null";
    const trimmed = value.trim();
    if (trimmed === "") return "empty";
    const fits = pattern === null || pattern.test(trimmed);
    // A dictionary that lists "none" or "unknown" means it.
    if (allowed?.has(trimmed)) return fits ? "valid" : "invalid";
    if (isPlaceholder(trimmed)) return "placeholder";
    return allowed === null && fits ? "valid" : "invalid";
  };
}

/**
 * State of one attribute value. undefined: the system has no such field; null: there, but nothing in it.
 *
 * @example attributeState("n/a", null) // "placeholder"
 * @example attributeState("gold", { values: ["free", "pro"], pattern: null }) // "invalid"
 */
export const attributeState = (
  value: string | null | undefined,
  rule: ValidValues | null,
): keyof AttributeStates => stateJudge(rule)(value);
