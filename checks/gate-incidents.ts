import type { Incident } from "../core/finding.ts";
import type { GateReason } from "../core/gate.ts";
import type { AudienceId } from "../core/model.ts";
import type { GateInput } from "./gate-input.ts";
import { incidentReason } from "./words/gate.ts";

const SOON_MS = 24 * 3_600_000;
const NOTES = 3;
const CONSENT: readonly string[] = ["suppression_leak", "consent_violation"];

/**
 * What open incidents of this send's lists in its system say about it. A wrong size is a No-go. Consent is counted for
 * exactly this send; an incident about it decides only where that could not be done. Snoozed ones were put off by a
 * person, and are told as notes.
 */
export function incidentReasons(input: GateInput): GateReason[] {
  const included = new Set(input.includes.flatMap((l) => l.audiences));
  const excluded = new Set(input.excludes.flatMap((l) => l.audiences));
  const reasons = input.incidents
    .filter((i) => i.state !== "resolved" && !i.finding.cantTell && i.finding.system === input.send.system)
    .flatMap((i) => {
      const { audience } = i.finding;
      if (audience === null) return [];
      const weight = i.state === "snoozed" ? "note" : weightOf(input, i, included, excluded);
      const concerns = included.has(audience) || excluded.has(audience) || weight !== "note";
      if (weight === null || !concerns) return [];
      return [incidentReason(i, weight, isSize(i) ? "size" : "incident")];
    });
  const notes = reasons.filter((r) => r.weight === "note");
  return [...reasons.filter((r) => r.weight !== "note"), ...notes.slice(0, NOTES)];
}

const isSize = (i: Incident): boolean =>
  i.finding.check === "size_anomaly" || (i.finding.check === "disagreement" && i.severity === "act");

/** null: it says nothing about this send. */
function weightOf(
  input: GateInput,
  i: Incident,
  included: ReadonlySet<AudienceId>,
  excluded: ReadonlySet<AudienceId>,
): GateReason["weight"] | null {
  const { finding } = i;
  const audience = finding.audience;
  if (audience === null) return null;
  if (CONSENT.includes(finding.check)) {
    if (input.send.transactional === true) return null;
    if (input.counts !== null) return included.has(audience) ? "note" : null;
    // who of them is in this send is not known, unless it is that very list and nothing is left out of it
    if (included.has(audience)) return input.excludes.length === 0 ? "no_go" : "cant_tell";
    return finding.check === "suppression_leak" ? "cant_tell" : null;
  }
  if (finding.backlog) return "note";
  if (included.has(audience) && isSize(i) && (i.severity === "act" || isSoon(input))) return "no_go";
  if (excluded.has(audience) && finding.check === "size_anomaly" && lost(i)) return "no_go";
  return "note";
}

/** With a send within a day, a wrong size cannot wait, whatever it was when it was found. */
const isSoon = ({ send, now }: GateInput): boolean =>
  send.at !== null && Date.parse(send.at) - Date.parse(now) <= SOON_MS;

const lost = ({ finding }: Incident): boolean =>
  finding.observed !== null && finding.expected !== null && finding.observed < finding.expected.low;
