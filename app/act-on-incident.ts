import { clean } from "../alerts/clean.ts";
import type { Person } from "../core/config.ts";
import { AuditorError } from "../core/errors.ts";
import type { Incident } from "../core/finding.ts";
import { type Instant, instant } from "../core/model.ts";
import { changeIncident, type IncidentAction } from "../store/change-incident.ts";
import { tellOf } from "./alerts/notify.ts";
import type { App } from "./app.ts";

const LONGEST_NOTE = 2000;

export type Deed = {
  readonly id: number;
  readonly action: IncidentAction;
  /** The version that the person saw. */
  readonly version: number;
  /** Only `snooze`, which needs it. */
  readonly until?: string | undefined;
  readonly note?: string | undefined;
};

/**
 * A person takes, snoozes, resolves or dismisses an incident, and who was told of it is told so.
 *
 * @throws AuditorError not_allowed: a viewer; bad_data: a snooze without an end; stale; not_found
 */
export async function actOnIncident(
  app: Pick<App, "config" | "db" | "clock" | "notify">,
  me: Person,
  deed: Deed,
): Promise<Incident> {
  if (me.role === "viewer")
    throw new AuditorError(
      "not_allowed",
      "incident",
      "viewers cannot change incidents",
      "ask an editor, approver or admin",
    );
  if (deed.action === "snooze" && deed.until === undefined)
    throw new AuditorError(
      "bad_data",
      "incident",
      "until when is missing",
      "send `until` as a time in the future",
    );
  const changed = await changeIncident(
    app.db,
    {
      id: deed.id,
      action: deed.action,
      version: deed.version,
      actor: me.name,
      at: instant(app.clock.now()),
      until: (deed.until ?? null) as Instant | null,
      note: deed.note === undefined ? null : clean(deed.note, LONGEST_NOTE),
    },
    tellOf(app.config),
  );
  await app.notify([changed]);
  return changed;
}
