import type { AudienceId, SystemId } from "../../core/model.ts";
import { listSystemFacts } from "../../store/list-system-facts.ts";
import type { App } from "../app.ts";

/**
 * Names of live automations that an add to this copy may start, as the system told after its last read; null: it could
 * not tell, or that was too long ago to rely on for a plan.
 */
export async function toldAutomations(
  app: Pick<App, "db" | "config" | "clock">,
  audience: AudienceId,
  system: SystemId,
): Promise<readonly string[] | null> {
  const facts = (await listSystemFacts(app.db)).find((f) => f.system === system);
  if (facts?.automations == null) return null;
  const ageMs = app.clock.now().getTime() - Date.parse(facts.readAt);
  if (ageMs > app.config.safeguards.freshMinutes * 60_000) return null;
  return facts.automations
    .filter((a) => a.live && a.startsOn.some((r) => r.audiences.includes(audience)))
    .map((a) => a.name);
}
