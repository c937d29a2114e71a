import type { CheckName, CheckResult, Finding, Incident, Transition } from "../core/finding.ts";
import { audiencesOf, isOfSystem } from "../core/incident-order.ts";
import type { Instant } from "../core/model.ts";
import { fingerprintOf } from "./fingerprint.ts";

/** A resolved incident that comes back within this time is the same one again. */
export const REGRESS_DAYS = 14;
/** An incident escalates when it is this much larger than when people were last told, by share and by people. */
const WORSE_SHARE = 0.5;
const WORSE_PEOPLE = 25;
/** Travels with the stored finding, since the finding itself is renewed with every read. */
const TOLD = "People when last told";

/**
 * What one audit does to the incidents. Pure.
 *
 * Fail opens, updates, regresses or wakes; pass resolves; skip changes nothing, ever. Acknowledged and snoozed
 * incidents stay so while they are updated, unless the snooze is over or it got worse.
 *
 * @param incidents live ones, and resolved ones whatever their age (those past 14 days open as new; resolved
 *   backlogs stay resolved)
 * @returns at most one transition per fingerprint: first of the findings in the order of the results, then resolves
 */
export function reconcile(
  incidents: readonly Incident[],
  results: readonly CheckResult[],
  now: Instant,
): Transition[] {
  const known = new Map<string, Incident>();
  for (const i of incidents) if (!known.has(i.fingerprint)) known.set(i.fingerprint, i);
  const found = findingsByFingerprint(results);

  const transitions: Transition[] = [];
  for (const [fingerprint, finding] of found) {
    const transition = onFail(known.get(fingerprint), fingerprint, finding, now);
    if (transition !== null) transitions.push(transition);
  }
  for (const [fingerprint, incident] of known) {
    if (incident.state === "resolved" || found.has(fingerprint) || !passed(incident, results)) continue;
    transitions.push({ kind: "resolve", incident, because: closing(incident, results) });
  }
  return transitions;
}

/** Why it is over: the check's own words, where it has some. */
function closing(incident: Incident, results: readonly CheckResult[]): string {
  const { check, audience, system, cantTell } = incident.finding;
  const own = results.find((r) => r.check === check && r.system === system && r.audience === audience);
  if (own?.outcome.status === "pass" && own.outcome.because !== undefined) return own.outcome.because;
  return cantTell ? "Read completely again" : "Back to normal on a complete read";
}

/** Of several findings under one fingerprint in one run, the one with most people. */
function findingsByFingerprint(results: readonly CheckResult[]): Map<string, Finding> {
  const found = new Map<string, Finding>();
  for (const { outcome } of results) {
    if (outcome.status !== "fail") continue;
    for (const finding of outcome.findings) {
      const fingerprint = fingerprintOf(finding);
      const other = found.get(fingerprint);
      if (other === undefined || (finding.people ?? 0) > (other.people ?? 0)) found.set(fingerprint, finding);
    }
  }
  return found;
}

function onFail(
  incident: Incident | undefined,
  fingerprint: string,
  finding: Finding,
  now: Instant,
): Transition | null {
  if (incident === undefined)
    return finding.known === true
      ? null
      : { kind: "open", fingerprint, finding: told(finding, finding.people) };
  switch (incident.state) {
    case "resolved": {
      // A backlog that somebody accepted, or that a repair closed, is not news when some of it is still there.
      if (finding.known === true || staysQuiet(incident, finding, now)) return null;
      const renewed = told(finding, finding.people);
      return daysSince(incident.resolvedAt ?? incident.changedAt, now) <= REGRESS_DAYS
        ? { kind: "regress", incident, finding: renewed }
        : { kind: "open", fingerprint, finding: renewed };
    }
    case "snoozed": {
      const over = incident.snoozedUntil !== null && incident.snoozedUntil <= now;
      if (over || worse(incident, finding))
        return { kind: "unsnooze", incident, finding: told(finding, finding.people) };
      return { kind: "update", incident, finding: told(finding, lastTold(incident)), escalated: false };
    }
    default: {
      const escalated = worse(incident, finding);
      return {
        kind: "update",
        incident,
        finding: told(finding, escalated ? finding.people : lastTold(incident)),
        escalated,
      };
    }
  }
}

/** About people who asked not to be written to: nobody can call that no problem for later reads. */
const ALWAYS_TOLD: readonly CheckName[] = ["suppression_leak", "consent_violation", "consent_exposure"];

/** A person said that this is not a problem: it is not told again for 14 days, unless it gets worse. */
function staysQuiet(incident: Incident, finding: Finding, now: Instant): boolean {
  if ((incident.markedFalseAt ?? null) === null || ALWAYS_TOLD.includes(finding.check)) return false;
  return !worse(incident, finding) && daysSince(incident.markedFalseAt ?? now, now) <= REGRESS_DAYS;
}

const daysSince = (then: Instant, now: Instant): number => (Date.parse(now) - Date.parse(then)) / 86_400_000;

function worse(incident: Incident, finding: Finding): boolean {
  if (incident.severity === "look" && finding.severity === "act") return true;
  const before = lastTold(incident);
  if (finding.people === null || before === null) return false;
  const more = finding.people - before;
  return more >= WORSE_PEOPLE && more >= before * WORSE_SHARE;
}

function lastTold(incident: Incident): number | null {
  const kept = incident.finding.maths[TOLD];
  return typeof kept === "number" ? kept : incident.finding.people;
}

const told = (finding: Finding, people: number | null): Finding => ({
  ...finding,
  maths: { ...finding.maths, [TOLD]: people },
});

/**
 * The check judged this segment and did not find it again. A finding about a whole system (audience null) needs every
 * segment of the system judged: one that was skipped may still hide it. One about several lists needs each that is not over.
 */
function passed(incident: Incident, results: readonly CheckResult[]): boolean {
  const { check, system } = incident.finding;
  const some = isOfSystem(incident.finding) ? null : audiencesOf(incident.finding);
  const about = results.filter(
    (r) =>
      r.check === check &&
      r.system === system &&
      (some === null || (r.audience !== null && some.includes(r.audience))),
  );
  return about.length > 0 && about.every((r) => r.outcome.status !== "skip");
}
