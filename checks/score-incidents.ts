import type { CheckName, Incident } from "../core/finding.ts";
import { isOfSystem, tellsOf } from "../core/incident-order.ts";
import type { Dimension } from "../core/score.ts";
import type { ScoreInput } from "./score.ts";
import { breachValue, type Judged } from "./score-parts.ts";

/** Which part of the score each check speaks of. */
const DIMENSION_OF: Readonly<Record<CheckName, Dimension>> = {
  suppression_leak: "consent",
  consent_violation: "consent",
  consent_exposure: "consent",
  unmapped_scope: "consent",
  sensitive_attribute: "consent",
  ineligible: "consent",
  disagreement: "agreement",
  match_rate: "agreement",
  latency: "agreement",
  over_suppression: "agreement",
  stuck_members: "agreement",
  funnel: "agreement",
  sync_failure: "agreement",
  exclusive_overlap: "agreement",
  holdout: "agreement",
  over_segmentation: "agreement",
  completeness: "completeness",
  schema_drift: "completeness",
  duplicates: "completeness",
  identity_conflict: "completeness",
  freshness: "freshness",
  size_anomaly: "stability",
  flip_flop: "stability",
  attribute_shift: "stability",
  deliverability: "stability",
  run_failure: "readability",
};

/** An open incident holds its part at no more than this. A snoozed one as well: to put it off does not mend it. */
const CAP = { act: 50, look: 80 } as const;

const BREACHES: readonly CheckName[] = ["suppression_leak", "consent_violation", "consent_exposure"];

/** Somebody who opted out can be mailed, by what is known now. */
export const isBreach = ({ finding, severity }: Incident): boolean =>
  BREACHES.includes(finding.check) && severity === "act" && !finding.cantTell;

/** Live, and about this audience: its copies, or a whole system that has one. */
export function concerns(input: ScoreInput, { state, finding }: Incident): boolean {
  if (state === "resolved") return false;
  if (!isOfSystem(finding)) return tellsOf(finding, input.audience.id);
  return input.copies.some((c) => c.system.id === finding.system);
}

/** The part, with what the open incidents about it allow. */
export function withIncidents(dimension: Dimension, judged: Judged, incidents: readonly Incident[]): Judged {
  const [hardest] = incidents
    .filter((i) => DIMENSION_OF[i.finding.check] === dimension)
    .map((i) => ({ i, cap: isBreach(i) ? breachValue(i.finding.people ?? 1) : CAP[i.severity] }))
    .sort((a, b) => a.cap - b.cap);
  if (hardest === undefined || (judged.value !== null && judged.value <= hardest.cap)) return judged;
  const { i, cap } = hardest;
  return { ...judged, applies: true, value: cap, text: `INC-${i.id}: ${i.finding.title}` };
}
