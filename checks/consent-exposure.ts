import { STANDARD_CLOCKS } from "../config/consent-clocks.ts";
import type { ExposedGroup } from "../core/comparison.ts";
import type { Check, CheckInput, Outcome } from "../core/finding.ts";
import { contactHours, longestHours, pastContactHours, peopleIn, reachedBy, termsOf } from "./exposure.ts";
import { pastSends } from "./past-sends.ts";
import { latestFigures } from "./people.ts";
import { comparedBefore, PASS, skip } from "./readings.ts";
import { settingsOf } from "./settings.ts";
import { exposureFinding } from "./words/exposure.ts";

const DAY_MS = 86_400_000;
/** Sends and contact-hours are looked at this far back; an opt-out may be older. */
const PAST_DAYS = 30;

const DEFAULTS = { minimum_people: 1 };

/**
 * From the opt-out until a system can no longer mail the person: for how long, what was sent in that time (a breach, or
 * so far a near miss), and whether the term for it is over. Mail that is no marketing is no breach.
 */
export const consentExposure: Check = {
  name: "consent_exposure",
  defaults: DEFAULTS,
  run(input: CheckInput): Outcome {
    const settings = settingsOf(input.config, "consent_exposure", DEFAULTS);
    if (!settings.enabled || input.audience.purpose !== "suppression" || !input.system.sends)
      return skip("not_configured");
    const { figures, skip: none } = latestFigures(input);
    if (figures === null) return none;
    if (figures.exposed === null) return skip("not_readable");
    const groups = figures.exposed;
    const people = peopleIn(groups);
    if (people < Math.max(1, settings.minimum_people)) return PASS;
    const now = Date.parse(input.now);
    const from = Math.max(now - PAST_DAYS * DAY_MS, earliest(groups, now));
    const clocks = input.config.consentClocks ?? STANDARD_CLOCKS;
    const points = comparedBefore(input)
      .filter((c) => now - Date.parse(c.comparison.asOf) <= PAST_DAYS * DAY_MS)
      .map(({ comparison }) => ({
        at: comparison.asOf,
        groups: comparison.people?.[input.system.id]?.exposed ?? null,
      }));
    return {
      status: "fail",
      findings: [
        exposureFinding(input, {
          people,
          longest: longestHours(groups, input.now),
          contact: contactHours(groups, input.now),
          past: pastContactHours(points),
          terms: termsOf(groups, clocks, input.now, input.config.timezone),
          reached: reachedBy(groups, pastSends(input, from, now)),
        }),
      ],
    };
  },
};

/** The first moment that can lie in anybody's interval; as long ago as anything is known where that is not told. */
function earliest(groups: readonly ExposedGroup[], now: number): number {
  const times = groups.map((g) => (g.after === null ? Number.NEGATIVE_INFINITY : Date.parse(g.after)));
  return Math.min(now, ...times);
}
