import type { Finding, Incident } from "../core/finding.ts";
import type { GateReason } from "../core/gate.ts";
import { audiencesOf } from "../core/incident-order.ts";
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
      // of several audiences in one incident, the one that says most about this send
      const weights = audiencesOf(i.finding).flatMap((audience) => {
        const weight = i.state === "snoozed" ? "note" : weightOf(input, { i, audience }, included, excluded);
        const concerns = included.has(audience) || excluded.has(audience) || weight !== "note";
        return weight === null || !concerns ? [] : [weight];
      });
      const weight = HARDEST.find((w) => weights.includes(w));
      return weight === undefined ? [] : [incidentReason(i, weight, isSize(i) ? "size" : "incident")];
    });
  const notes = reasons.filter((r) => r.weight === "note");
  return [...reasons.filter((r) => r.weight !== "note"), ...notes.slice(0, NOTES)];
}

const HARDEST = ["no_go", "cant_tell", "note"] as const;

const isSize = (i: Incident): boolean =>
  i.finding.check === "size_anomaly" || (i.finding.check === "disagreement" && i.severity === "act");

/** null: it says nothing about this send. */
function weightOf(
  input: GateInput,
  { i, audience }: { readonly i: Incident; readonly audience: AudienceId },
  included: ReadonlySet<AudienceId>,
  excluded: ReadonlySet<AudienceId>,
): GateReason["weight"] | null {
  const { finding } = i;
  if (CONSENT.includes(finding.check)) {
    if (input.send.transactional === true) return null;
    if (input.counts !== null) return included.has(audience) ? "note" : null;
    // who of them is in this send is not known, unless it is that very list and nothing is left out of it
    if (included.has(audience)) return input.excludes.length === 0 ? "no_go" : "cant_tell";
    return finding.check === "suppression_leak" ? "cant_tell" : null;
  }
  if (finding.backlog) return "note";
  const part = partOf(i, audience);
  if (included.has(audience) && isSize(i) && (part.severity === "act" || isSoon(input))) return "no_go";
  if (excluded.has(audience) && finding.check === "size_anomaly" && lost(part)) return "no_go";
  return "note";
}

/** With a send within a day, a wrong size cannot wait, whatever it was when it was found. */
const isSoon = ({ send, now }: GateInput): boolean =>
  send.at !== null && Date.parse(send.at) - Date.parse(now) <= SOON_MS;

type Part = Pick<Finding, "severity" | "observed" | "expected">;

const partOf = ({ finding, severity }: Incident, audience: AudienceId): Part =>
  finding.siblings?.find((s) => s.audience === audience) ?? { ...finding, severity };

const lost = ({ observed, expected }: Part): boolean =>
  observed !== null && expected !== null && observed < expected.low;
