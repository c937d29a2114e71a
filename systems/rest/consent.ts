import { CONSENT_ORDER, type ConsentState } from "../../core/model.ts";
import type { ConsentRule } from "../../core/rest-config.ts";
import { asText, type Path, pathOf } from "./path.ts";

export type ConsentReader = {
  /** The most restrictive state that any rule finds; unknown when none says anything. */
  stateOf(record: unknown): ConsentState;
  /** Words of the vendor in this record that no rule knows. */
  strangeWords(record: unknown): readonly string[];
};

/** A field that is missing is always unknown: a renamed one must neither opt in nor opt out anybody. */
export function consentReader(where: string, rules: readonly ConsentRule[]): ConsentReader {
  const ready = rules.map((rule) => ({ rule, path: pathOf(where, rule.path) }));
  return {
    stateOf: (record) =>
      ready.map((r) => judged(r.rule, r.path, record).state).reduce(mostRestrictive, "unknown"),
    strangeWords: (record) => ready.flatMap((r) => judged(r.rule, r.path, record).strange ?? []),
  };
}

function judged(
  rule: ConsentRule,
  path: Path,
  record: unknown,
): { readonly state: ConsentState; readonly strange: string | null } {
  const found = path.at(record);
  if (found === undefined) return { state: "unknown", strange: null };
  const word = (asText(found) ?? "").trim().toLowerCase();
  if (word === "") return { state: (path.plain ? rule.empty : null) ?? "unknown", strange: null };
  const state = Object.hasOwn(rule.words, word) ? rule.words[word] : undefined;
  if (state !== undefined) return { state, strange: null };
  return rule.set === null ? { state: "unknown", strange: word } : { state: rule.set, strange: null };
}

/** The more restrictive of two; unknown gives way to anything known. */
export function mostRestrictive(a: ConsentState, b: ConsentState): ConsentState {
  if (a === "unknown") return b;
  if (b === "unknown") return a;
  return CONSENT_ORDER.indexOf(a) <= CONSENT_ORDER.indexOf(b) ? a : b;
}

/** Would a person be easier to reach in `after` than in `before`? Unknown that becomes subscribed is looser too. */
export function isLooser(before: ConsentState, after: ConsentState): boolean {
  if (after === "unknown") return before !== "unknown" && before !== "subscribed";
  if (before === "unknown") return after === "subscribed" || after === "pending";
  return CONSENT_ORDER.indexOf(after) > CONSENT_ORDER.indexOf(before);
}
