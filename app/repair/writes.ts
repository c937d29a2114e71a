import type { Person, SystemConfig } from "../../core/config.ts";
import { AuditorError } from "../../core/errors.ts";
import { instant, type SystemId } from "../../core/model.ts";
import { appendAuditLog } from "../../store/append-audit-log.ts";
import { putWriteSwitch, type WriteSwitch } from "../../store/put-write-switch.ts";
import { writeSwitches } from "../../store/write-switches.ts";
import type { App } from "../app.ts";

/** The shortest that tells anybody why. */
const SHORTEST_REASON = 5;

/** Systems that an admin switched on; every other is off. */
export async function writesOf(app: Pick<App, "db">): Promise<Readonly<Record<string, boolean>>> {
  return Object.fromEntries((await writeSwitches(app.db)).map((s) => [s.system, s.enabled]));
}

/** May Plumbline write there by the configuration? Without a write credential there is nothing to switch. */
export function hasWriteAccess(system: SystemConfig): boolean {
  if ("writeKey" in system) return system.writeKey !== null;
  if ("writeToken" in system) return system.writeToken !== null;
  if ("writePassword" in system) return system.writePassword !== null;
  return "write" in system && system.write !== null;
}

/**
 * Switches writing to one system on or off. Off stops what runs there.
 *
 * @throws not_allowed for anybody but an admin; refused without a reason, or where there is no write credential
 */
export async function switchWrites(
  app: App,
  me: Person,
  request: { readonly system: SystemId; readonly enabled: boolean; readonly reason: string },
): Promise<WriteSwitch> {
  const system = app.config.systems.find((s) => s.id === request.system);
  if (system === undefined)
    throw new AuditorError(
      "not_found",
      "system",
      "there is no system with this id",
      `use one of ${app.config.systems.map((s) => s.id).join(", ")}`,
    );
  const where = `writes to ${system.title}`;
  if (me.role !== "admin")
    throw new AuditorError("not_allowed", where, "only an admin can switch them", "ask an admin");
  const reason = request.reason.trim();
  if (reason.length < SHORTEST_REASON)
    throw new AuditorError(
      "refused",
      where,
      `the reason has fewer than ${SHORTEST_REASON} characters`,
      "say why, for whoever reads the log later",
    );
  if (request.enabled && !hasWriteAccess(system))
    throw new AuditorError(
      "refused",
      where,
      "the configuration has no write credential for it",
      "add one under `systems:` first",
    );
  const decision: WriteSwitch = {
    system: system.id,
    enabled: request.enabled,
    at: instant(app.clock.now()),
    person: me.name,
    reason,
  };
  const stopped = await putWriteSwitch(app.db, decision);
  await appendAuditLog(app.db, {
    at: decision.at,
    actor: me.name,
    action: request.enabled ? "writes.enabled" : "writes.disabled",
    object: system.id,
    detail: { reason, ...(stopped.length > 0 ? { stopped: stopped.map((id) => `PL-${id}`) } : {}) },
  });
  return decision;
}
