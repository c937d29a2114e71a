import type { DefinitionVersion } from "../../core/facts.ts";
import type { KnownChange } from "../../core/finding.ts";
import { listConfigVersions } from "../../store/list-config-versions.ts";
import { listDefinitions } from "../../store/list-definitions.ts";
import type { App } from "../app.ts";
import { diffInWords, ruleDiff } from "./rule-diff.ts";

/** What was changed on purpose, oldest first: versions of our configuration, and rules of segments at their systems. */
export async function knownChanges(app: Pick<App, "db" | "config">): Promise<readonly KnownChange[]> {
  const versions = await listConfigVersions(app.db, 50);
  const ours = versions.flatMap((v) =>
    v.changes.map(
      (c): KnownChange => ({
        at: v.at,
        system: c.system,
        audience: c.audience ?? null,
        certainty: "likely",
        text: c.text,
      }),
    ),
  );
  const title = (id: string) => app.config.systems.find((s) => s.id === id)?.title ?? id;
  const rules = ruleChanges(await listDefinitions(app.db, { audience: null, limit: 6 }), title);
  return [...ours, ...rules].sort((a, b) => a.at.localeCompare(b.at));
}

/**
 * Each new wording of a rule as a change. It is confirmed when the vendor dates it after the last read that told the
 * old wording and not after the first that told the new one; otherwise it is known only that it lies between them.
 *
 * @param versions oldest first within a copy
 */
export function ruleChanges(
  versions: readonly DefinitionVersion[],
  titleOf: (system: string) => string,
): KnownChange[] {
  return versions.flatMap((now, i): KnownChange[] => {
    const before = versions[i - 1];
    if (before === undefined || before.audience !== now.audience || before.system !== now.system) return [];
    const dated = now.changedAt !== null && now.changedAt > before.lastSeen && now.changedAt <= now.firstSeen;
    const what = diffInWords(ruleDiff(before.definition, now.definition));
    const rule = `the rule of “${now.name}” in ${titleOf(now.system)} was changed${what === "" ? "" : ` (${what})`}`;
    return [
      {
        at: dated && now.changedAt !== null ? now.changedAt : now.firstSeen,
        system: now.system,
        audience: now.audience,
        certainty: dated ? "confirmed" : "likely",
        text: dated ? rule : `${rule}, first seen`,
      },
    ];
  });
}
