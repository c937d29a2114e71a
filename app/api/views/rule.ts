import type { DefinitionVersion } from "../../../core/facts.ts";
import type { SystemId } from "../../../core/model.ts";
import { ruleDiff } from "../../facts/rule-diff.ts";
import type { Rule } from "../contract.ts";

const SHOWN = 5;

/** @param versions of any copies of the audience, oldest first within a copy */
export function ruleOf(versions: readonly DefinitionVersion[], system: SystemId): Rule | null {
  const mine = versions.filter((v) => v.system === system);
  const latest = mine.at(-1);
  if (latest === undefined) return null;
  const shown = mine.map((v, i) => {
    const before = mine[i - 1];
    return {
      version: v.version,
      definition: v.definition,
      firstSeen: v.firstSeen,
      lastSeen: v.lastSeen,
      changedAt: v.changedAt,
      diff: before === undefined ? [] : ruleDiff(before.definition, v.definition),
    };
  });
  return { name: latest.name, versions: shown.slice(-SHOWN).reverse() };
}
