import { at as failpoint } from "../config/failpoint.ts";
import { AuditorError } from "../core/errors.ts";
import type { Incident, IncidentEvent } from "../core/finding.ts";
import type { Instant } from "../core/model.ts";
import { appendAuditLog } from "./append-audit-log.ts";
import type { Database, Sql } from "./database.ts";
import { getIncident } from "./get-incident.ts";
import { incidentEvents } from "./incident-events.ts";
import { INCIDENT_COLUMNS, type IncidentRow } from "./incident-row.ts";
import { insertIncidentEvent } from "./insert-incident-event.ts";
import { enqueueChange, type Tell } from "./outbox.ts";

/** `dismiss`: it was not a problem. Of the four, only this can be said of a resolved incident as well. */
export type IncidentAction = "take" | "snooze" | "resolve" | "dismiss";

const STATES_IN_LOG = {
  take: "acknowledged",
  snooze: "snoozed",
  resolve: "resolved",
  dismiss: "marked_false",
} as const;

export type IncidentChange = {
  readonly id: number;
  readonly action: IncidentAction;
  /** The version that the person saw. */
  readonly version: number;
  readonly actor: string;
  readonly at: Instant;
  /** Only `snooze`: until when. */
  readonly until: Instant | null;
  readonly note: string | null;
};

const STATES = {
  take: "acknowledged",
  snooze: "snoozed",
  resolve: "resolved",
  dismiss: "resolved",
} as const;
const EVENTS = {
  take: "taken",
  snooze: "snoozed",
  resolve: "resolved",
  dismiss: "marked_false",
} as const;

/**
 * What a person does with an incident.
 *
 * @throws AuditorError stale: it was changed since (names by whom and when), or is resolved or dismissed already;
 *   not_found
 */
export function changeIncident(
  db: Database,
  change: IncidentChange,
  tell: Tell = () => null,
): Promise<Incident> {
  return db.tx(async (sql) => {
    const { rows } = await sql.query<IncidentRow>(
      `update incident set
        state = $3, changed_at = $4, version = version + 1,
        owner = case when $3 = 'acknowledged' then $5 else owner end,
        snoozed_until = $6,
        resolved_at = case when $3 = 'resolved' then coalesce(resolved_at, $4::timestamptz) end,
        marked_false_at = case when $7 then $4::timestamptz end
      where id = $1 and version = $2 and (state <> 'resolved' or ($7 and marked_false_at is null)) returning ${INCIDENT_COLUMNS}`,
      [
        change.id,
        change.version,
        STATES[change.action],
        change.at,
        change.actor,
        change.action === "snooze" ? change.until : null,
        change.action === "dismiss",
      ],
    );
    const incident = rows[0];
    if (incident === undefined) throw await tooLate(sql, change.id);
    await insertIncidentEvent(sql, change.id, {
      at: change.at,
      kind: EVENTS[change.action],
      actor: change.actor,
      text: wording(change),
    });
    // without the note: it may speak of people, and nothing in the log can be erased
    await appendAuditLog(sql, {
      at: change.at,
      actor: change.actor,
      action: `incident.${STATES_IN_LOG[change.action]}`,
      object: `INC-${change.id}`,
      detail: change.action === "snooze" ? { until: change.until } : {},
    });
    failpoint("incident.changed");
    await enqueueChange(
      sql,
      tell,
      { kind: "update", incident, finding: incident.finding, escalated: false },
      incident,
    );
    return incident;
  });
}

function wording(change: IncidentChange): string {
  const said = change.note === null || change.note === "" ? "" : `: ${change.note}`;
  if (change.action === "snooze") return `Snoozed until ${change.until ?? "further notice"}${said}`;
  if (change.action === "dismiss") return `Not a problem, says ${change.actor}${said}`;
  return `${change.action === "take" ? "Taken" : "Resolved"} by ${change.actor}${said}`;
}

const WORDS: Partial<Record<IncidentEvent["kind"], string>> = {
  resolved: "resolved",
  taken: "taken",
  snoozed: "snoozed",
  marked_false: "called no problem",
};

async function tooLate(sql: Sql, id: number): Promise<AuditorError> {
  const now = await getIncident(sql, id);
  if (now === null)
    return new AuditorError(
      "not_found",
      `INC-${id}`,
      "there is no such incident",
      "look at the list of incidents",
    );
  const last = (await incidentEvents(sql, id)).at(-1);
  const what = last
    ? `already ${WORDS[last.kind] ?? "changed"} at ${last.at} by ${last.actor}`
    : `already changed at ${now.changedAt}`;
  return new AuditorError("stale", `INC-${id}`, what, "look at it again before you decide");
}
