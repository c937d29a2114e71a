import type { Check, CheckInput, Outcome } from "../core/finding.ts";
import { disagreement } from "./disagreement.ts";
import { latencyBudgetHours } from "./freshness.ts";
import { latency } from "./latency.ts";
import { latestComparison, PASS, skip } from "./readings.ts";
import { settingsOf } from "./settings.ts";
import { stuckPeople } from "./waiting.ts";
import { stuckFinding } from "./words/stuck-members.ts";

const DEFAULTS = {
  /** Readings in a row in which somebody was missing, or there without reason. */
  readings: 3,
  /** And for longer than so many latency budgets. */
  factor: 2,
  minimum_people: 5,
  minimum_share: 0.0001,
};

/**
 * A few people never arrive, or never leave, while the sync works for everybody else. Too few for `disagreement`,
 * which tells of them when they are many, and no late job, which `latency` tells.
 */
export const stuckMembers: Check = {
  name: "stuck_members",
  defaults: DEFAULTS,
  run(input: CheckInput): Outcome {
    const settings = settingsOf(input.config, "stuck_members", DEFAULTS);
    if (!settings.enabled || input.isOwner) return skip("not_configured");
    // Whoever has to be suppressed and can still be mailed is a leak at once; who cannot be mailed harms nobody.
    if (input.audience.purpose === "suppression") return skip("told_elsewhere");
    const { here, skip: none } = latestComparison(input);
    if (here === null) return none;
    const budgetMs = latencyBudgetHours(input) * 3_600_000;
    const all = stuckPeople(input, settings.readings, budgetMs * settings.factor);
    if (all === null) return skip("not_readable");
    // what the first comparison found is one backlog, told once
    const stuck = {
      ...all,
      arriving: Math.max(0, all.arriving - (input.backlog?.missing ?? 0)),
      leaving: Math.max(0, all.leaving - (input.backlog?.extra ?? 0)),
    };
    const people = stuck.arriving + stuck.leaving;
    const size = Math.max(here.expected ?? 0, here.size);
    if (people < Math.max(settings.minimum_people, settings.minimum_share * size)) return PASS;
    const told = [disagreement, latency].some((check) => check.run(input).status === "fail");
    return told
      ? skip("told_elsewhere")
      : { status: "fail", findings: [stuckFinding(input, stuck, budgetMs, here)] };
  },
};
