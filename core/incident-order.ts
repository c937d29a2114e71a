import type { CheckName, Finding, Incident } from "./finding.ts";
import type { AudienceId } from "./model.ts";

/** About people who may be mailed against their wish: before all else, whatever their number. */
const OPT_OUTS: readonly CheckName[] = ["suppression_leak", "consent_violation"];

const rankOf = ({ finding, severity }: Incident): number =>
  OPT_OUTS.includes(finding.check) ? 0 : severity === "act" ? 1 : finding.cantTell ? 2 : 3;

/**
 * The order in which people should read incidents, everywhere: opt-outs, what to act on, what cannot be told, the rest;
 * then most people first and those unknown last; then the one that waits longest. `store/list-incidents.ts` sorts alike.
 */
export function byUrgency(a: Incident, b: Incident): number {
  return (
    rankOf(a) - rankOf(b) ||
    (b.finding.people ?? -1) - (a.finding.people ?? -1) ||
    a.openedAt.localeCompare(b.openedAt) ||
    a.id - b.id
  );
}

/** The audiences that it tells something wrong of now; none when it is about a whole system. */
export const audiencesOf = (f: Finding): readonly AudienceId[] =>
  f.siblings === undefined
    ? f.audience === null
      ? []
      : [f.audience]
    : f.siblings.filter((s) => s.now !== "over").map((s) => s.audience);

/** Does it tell that something is wrong with this audience now? An incident of a whole system tells of none. */
export const tellsOf = (f: Finding, audience: AudienceId | string): boolean =>
  audiencesOf(f).some((a) => a === audience);

/** About a system as a whole, not about some of its audiences. */
export const isOfSystem = (f: Finding): boolean => f.audience === null && f.siblings === undefined;
