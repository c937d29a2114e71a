import type { CheckInput, CheckName } from "../core/finding.ts";
import { tellsOf } from "../core/incident-order.ts";

/** What closes an alarm again, against what opens it. */
export const CLOSE = 0.6;

/** Is an incident of this check open on this list, by itself or among several? */
export const isLive = (input: CheckInput, check: CheckName, subject: string | null): boolean =>
  input.incidents.some(
    ({ state, finding: f }) =>
      state !== "resolved" &&
      f.check === check &&
      tellsOf(f, input.audience.id) &&
      (f.siblings === undefined ? f.subject === subject : saysSubject(f.subject, subject)),
  );

/** Several lists may add which way they went: "plan" or "plan: up". */
const saysSubject = (several: string | null, own: string | null): boolean =>
  own === null || several === own || several?.startsWith(`${own}: `) === true;

/** Limits of what is told already: it is over only when it is clearly below them, else it would come and go every day. */
export function eased<L extends { readonly minimum_people: number; readonly minimum_share: number }>(
  limits: L,
  live: boolean,
): L {
  if (!live) return limits;
  const { score } = limits as { score?: number };
  return {
    ...limits,
    minimum_people: limits.minimum_people * CLOSE,
    minimum_share: limits.minimum_share * CLOSE,
    ...(score === undefined ? {} : { score: score * CLOSE }),
  };
}
