import type { Overview, PlanDetail, Status, SystemList } from "../../app/api/contract.ts";
import { overview } from "../../dashboard/dev/overview.ts";
import { systemList } from "../../dashboard/dev/reads.ts";
import { fullScore, unknownScore } from "../../dashboard/dev/score.ts";
import { NOW, plain, status, strong } from "../../dashboard/dev/story.ts";
import { hostile } from "./hostile.ts";

/** How the company stands; one server shows one of them. */
export type Scene =
  | "story"
  | "fine"
  | "stale"
  | "cant_tell"
  | "first"
  | "seeding"
  | "hostile"
  | "broken"
  | "forbidden"
  | "empty"
  | "applying"
  /** As "story", looked at by an admin who drafted none of the plans. */
  | "admin";

/** The shell of one scene. */
export function statusOf(scene: Scene, me: Status["me"], plans: readonly PlanDetail[]): Status {
  const running = plans.find((p) => p.plan.state === "applying");
  const base: Status = {
    ...status,
    me,
    applying: running
      ? {
          planId: running.plan.id,
          ended: running.plan.changes - running.counts.waiting - running.counts.in_doubt,
          of: running.plan.changes,
        }
      : null,
  };
  const whole = base.systems.map((s) => ({
    ...s,
    coverage: "complete" as const,
    asOf: status.systems[0]?.asOf ?? NOW,
    because: null,
  }));
  switch (scene) {
    case "fine":
      return {
        ...base,
        systems: whole,
        counts: { audiences: 8, openIncidents: 0, actIncidents: 0, waitingPlans: 0 },
      };
    case "stale":
      return {
        ...base,
        systems: whole.map((s) =>
          s.id === "hubspot" ? { ...s, stale: true, asOf: "2026-11-23T20:04:00.000Z" } : s,
        ),
      };
    case "first":
    case "seeding":
      return {
        ...base,
        systems: base.systems.map((s) => ({ ...s, coverage: null, asOf: null, because: null })),
        counts: { audiences: 8, openIncidents: 0, actIncidents: 0, waitingPlans: 0 },
        progress: scene === "seeding" ? { what: "Making eight weeks of history", done: 23, of: 56 } : null,
      };
    case "hostile":
      return { ...hostile(base), now: base.now };
    default:
      return base;
  }
}

/** Before the first read a system that could not be opened has told nothing, and no tool has told of a run. */
export function systemListOf(scene: Scene): SystemList {
  if (scene === "hostile") return hostile(systemList);
  if (scene !== "first") return systemList;
  return {
    systems: systemList.systems.map((s) => ({
      ...s,
      coverage: null,
      asOf: null,
      because: null,
      warnings: [],
      facts: null,
      capabilities: s.id === "mailchimp" ? null : s.capabilities,
      jobs: s.jobs.map((j) => ({ ...j, runs: [], overdueSince: null })),
    })),
  };
}

export function overviewOf(scene: Scene): Overview {
  const quiet = {
    ...overview,
    score: fullScore,
    needsYou: [],
    needsYouTotal: 0,
    changes: [],
    matrix: overview.matrix.map((row) => ({
      ...row,
      cells: row.cells.map((c) =>
        c.mark === "absent" || c.mark === "owner"
          ? c
          : { ...c, mark: "fine" as const, missing: 0, extra: 0, mailableOptedOut: 0 },
      ),
    })),
  };
  const none = {
    ...overview.mailableOptedOut,
    people: 0,
    where: "in Klaviyo, Mailchimp and HubSpot",
    before: null,
    history: [],
  };
  switch (scene) {
    case "fine":
      return {
        ...quiet,
        verdictState: "agree",
        verdict: [plain("Yes. "), strong("All eight audiences agree"), plain(" in every system.")],
        mailableOptedOut: none,
      };
    case "stale":
      return {
        ...quiet,
        verdictState: "stale",
        asOf: "2026-11-24T00:04:00.000Z",
        verdict: [strong("True as of 01:04."), plain(" The 05:04 read of HubSpot is still running.")],
        mailableOptedOut: none,
      };
    case "cant_tell":
      return {
        ...overview,
        score: unknownScore,
        verdictState: "cant_tell",
        verdict: [
          strong("Can’t tell."),
          plain(" Klaviyo has not been read completely since 06:04; six audiences have no verdict."),
        ],
        mailableOptedOut: { ...none, lowerBound: true, where: "Klaviyo not counted" },
      };
    case "first":
    case "seeding":
      return { ...quiet, verdictState: "nothing_read", matrix: [], reads: [], asOf: null };
    case "hostile":
      return hostile(overview);
    default:
      return overview;
  }
}
