import type { Incident } from "../../core/finding.ts";
import { listDefinitions } from "../../store/list-definitions.ts";
import type { RuleCause } from "../../sync/place.ts";
import type { App } from "../app.ts";

/**
 * The edit of a rule that moved the incident's people, while it stands: once the rule was edited again, the place of
 * repair is open. null: its cause is no rule.
 */
export async function ruleCauseOf(app: App, incident: Incident | null): Promise<RuleCause | null> {
  const found = incident?.finding.attribution;
  if (found === undefined || found.rule === null) return null;
  if (found.parts.rule.came + found.parts.rule.left === 0) return null;
  const latest = (await listDefinitions(app.db, { audience: found.audience, limit: 1 })).find(
    (d) => d.system === found.system,
  );
  const edited = latest?.changedAt ?? latest?.firstSeen ?? null;
  if (edited !== null && edited > found.rule.at) return null;
  return { system: found.system, ...found.rule };
}
