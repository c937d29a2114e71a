import { at as failpoint } from "../config/failpoint.ts";
import { AuditorError } from "../core/errors.ts";
import type { Finding, Incident, IncidentEvent, Transition } from "../core/finding.ts";
import type { Instant, RunId } from "../core/model.ts";
import type { Database, Sql } from "./database.ts";
import { getIncident } from "./get-incident.ts";
import { insertIncident } from "./insert-incident.ts";
import { insertIncidentEvent } from "./insert-incident-event.ts";
import { lockIncident, lockLiveIncident } from "./lock-incident.ts";
import { enqueueChange, type Tell } from "./outbox.ts";
import { resolveIncident } from "./resolve-incident.ts";
import { updateIncident } from "./update-incident.ts";

type Step = { readonly sql: Sql; readonly runId: RunId; readonly at: Instant };

/**
 * Carries out what the audit decided, in one transaction, each transition on the incident as it is *now*: a person
 * or another audit may have changed it since the audit looked. What a person resolved meanwhile stays resolved.
 *
 * @param tell what people are told of each change: it waits in the outbox as soon as the change is there
 * @returns the incidents as they are now, in the order of the transitions
 */
export function applyTransitions(
  db: Database,
  transitions: readonly Transition[],
  runId: RunId,
  at: Instant,
  tell: Tell = () => null,
): Promise<readonly Incident[]> {
  return db.tx(async (sql) => {
    const step: Step = { sql, runId, at };
    const incidents: Incident[] = [];
    for (const transition of transitions) {
      const incident = await carryOut(step, transition);
      failpoint("audit.changed");
      await enqueueChange(sql, tell, transition, incident);
      incidents.push(incident);
    }
    return incidents;
  });
}

async function carryOut(step: Step, t: Transition): Promise<Incident> {
  if (t.kind === "open") return open(step, t.fingerprint, t.finding);
  const current = await lockIncident(step.sql, t.incident.id);
  if (current === null) throw missing(t.incident.id);
  switch (t.kind) {
    case "resolve":
      return resolve(step, current, t.because);
    case "update":
      return seen(step, current, t.finding, t.escalated);
    case "unsnooze":
      return current.state === "snoozed"
        ? changed(step, current, t.finding, "open", "unsnoozed")
        : seen(step, current, t.finding, false);
    case "regress":
      return regress(step, current, t.finding);
  }
}

async function open(step: Step, fingerprint: string, finding: Finding): Promise<Incident> {
  const made = await insertIncident(step.sql, fingerprint, finding, step.runId, step.at);
  if (made !== null) return noted(step, made, "opened", finding.moved);
  const live = await lockLiveIncident(step.sql, fingerprint);
  if (live === null) throw missing(0);
  return seen(step, live, finding, false);
}

/** Another audit may have opened a new one meanwhile: then that is the live one. */
async function regress(step: Step, current: Incident, finding: Finding): Promise<Incident> {
  const live = await lockLiveIncident(step.sql, current.fingerprint);
  return live === null
    ? changed(step, current, finding, "regressed", "regressed")
    : seen(step, live, finding, false);
}

async function seen(step: Step, current: Incident, finding: Finding, escalated: boolean): Promise<Incident> {
  const now = await updateIncident(step.sql, current.id, current.state, finding, step.runId, step.at);
  if (now === null) throw missing(current.id);
  if (escalated) return noted(step, now, "escalated", finding.moved);
  return finding.moved === current.finding.moved ? now : noted(step, now, "seen", finding.moved);
}

async function changed(
  step: Step,
  current: Incident,
  finding: Finding,
  state: "open" | "regressed",
  kind: IncidentEvent["kind"],
): Promise<Incident> {
  const now = await updateIncident(step.sql, current.id, state, finding, step.runId, step.at);
  if (now === null) throw missing(current.id);
  return noted(step, now, kind, finding.moved);
}

async function resolve(step: Step, current: Incident, because: string): Promise<Incident> {
  const now = await resolveIncident(step.sql, current.id, step.at);
  if (now !== null) return noted(step, now, "resolved", because);
  const still = await getIncident(step.sql, current.id);
  if (still === null) throw missing(current.id);
  return still;
}

async function noted(
  step: Step,
  incident: Incident,
  kind: IncidentEvent["kind"],
  text: string,
): Promise<Incident> {
  await insertIncidentEvent(step.sql, incident.id, { at: step.at, kind, actor: "Plumbline", text });
  return incident;
}

const missing = (id: number): AuditorError =>
  new AuditorError(
    "not_found",
    `INC-${id}`,
    "there is no such incident",
    "start the audit again from the incidents as they are now",
  );
