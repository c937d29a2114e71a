import type { Check, CheckInput, Outcome } from "../core/finding.ts";
import { longestPauseHours } from "./cron.ts";
import { latestComplete, PASS, skip } from "./readings.ts";
import { settingsOf } from "./settings.ts";
import { staleFinding } from "./words/freshness.ts";

const DEFAULTS = {
  /** A copy may miss one renewal: this many pauses of the audience's cadence may pass. */
  cadences: 2,
  /** Never called stale before this many hours. */
  minimum_hours: 6,
};

/** Clocks of two systems may differ by so much. */
const CLOCK_MS = 3_600_000;

/**
 * The copy was read completely, but what was read is old: an export that nobody renewed, a replica that stands still.
 * Reads that fail are told by `run_failure`, once per system.
 */
export const freshness: Check = {
  name: "freshness",
  defaults: DEFAULTS,
  run(input: CheckInput): Outcome {
    const settings = settingsOf(input.config, "freshness", DEFAULTS);
    if (!settings.enabled) return skip("not_configured");
    const { latest, skip: none } = latestComplete(input);
    if (latest === null) return none;
    const budgetHours = freshHours(input);
    const ageMs = Date.parse(input.now) - Date.parse(latest.asOf);
    // a copy from the future tells of a clock, not of how old it is
    if (!(ageMs >= -CLOCK_MS)) return skip("not_readable");
    if (ageMs <= budgetHours * 3_600_000) return PASS;
    return { status: "fail", findings: [staleFinding(input, latest, ageMs, budgetHours)] };
  },
};

/** Hours after which a complete reading of this copy is called old. */
export function freshHours(input: Pick<CheckInput, "config" | "audience" | "system" | "now">): number {
  const settings = settingsOf(input.config, "freshness", DEFAULTS);
  return Math.max(
    settings.minimum_hours,
    latencyBudgetHours(input),
    settings.cadences *
      (longestPauseHours(input.audience.cadence, Date.parse(input.now), input.config.timezone) ?? 24),
  );
}

/** The segment's own budget, or the audience's. */
export const latencyBudgetHours = (input: Pick<CheckInput, "audience" | "system">): number =>
  input.audience.segments.find((s) => s.system === input.system.id)?.latencyBudgetHours ??
  input.audience.latencyBudgetHours;
