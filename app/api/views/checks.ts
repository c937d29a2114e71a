import { longestPauseHours } from "../../../checks/cron.ts";
import { fingerprintOf } from "../../../checks/fingerprint.ts";
import { isUnjudged, SKIPPED } from "../../../checks/words/skipped.ts";
import { TITLES } from "../../../checks/words/titles.ts";
import type { Audience, SegmentConfig, SystemConfig } from "../../../core/config.ts";
import { CHECK_NAMES, type CheckName, type CheckResult, type Finding } from "../../../core/finding.ts";
import { byUrgency } from "../../../core/incident-order.ts";
import type { SystemId } from "../../../core/model.ts";
import type { LatestResults } from "../../../store/latest-results.ts";
import type { AudienceChecks, CheckCell } from "../contract/checks.ts";
import type { Mark } from "../contract/parts.ts";
import { incidentsOf } from "./cell.ts";
import { titleOf } from "./verdict.ts";
import type { World } from "./world.ts";

type Seen = Pick<World, "now" | "timezone" | "open"> & {
  readonly systems: readonly Pick<SystemConfig, "id" | "title">[];
};
type Asked = Pick<Audience, "id" | "owner" | "cadence"> & {
  readonly segments: readonly Pick<SegmentConfig, "system">[];
};

const HOUR = 3_600_000;
/** As `freshness`: one read may be missed. */
const CADENCES = 2;
const NOT_JUDGED = { code: "not_judged", words: "not judged yet" };

/** Every check of an audience against every copy, as the last audit judged them. */
export function checksOf(world: Seen, audience: Asked, latest: LatestResults | null): AudienceChecks {
  const results = latest?.results ?? [];
  const judged = new Set(results.map((r) => r.check));
  return {
    audience: audience.id,
    judgedAt: latest?.at ?? null,
    overdue: latest !== null && isOverdue(world, audience.cadence, Date.parse(latest.at)),
    systems: audience.segments.map((s) => ({
      id: s.system,
      title: titleOf(world, s.system),
      owner: s.system === audience.owner,
    })),
    checks: ORDER.filter((check) => judged.has(check)).map((check) => {
      const [group, title] = TITLES[check];
      const cells = audience.segments.map((s) =>
        cellOf(world, audience, check, s.system, resultOf(results, check, audience.id, s.system)),
      );
      return { check, group, title, off: cells.every((c) => c.because?.code === "not_configured"), cells };
    }),
  };
}

const ORDER = (Object.keys(TITLES) as string[]).flatMap((name) => CHECK_NAMES.find((c) => c === name) ?? []);

/** Said of this copy; else of the whole system that holds it. */
const resultOf = (results: readonly CheckResult[], check: CheckName, audience: string, system: SystemId) =>
  [audience, null]
    .map((whose) => results.find((r) => r.check === check && r.system === system && r.audience === whose))
    .find((r) => r !== undefined);

function cellOf(
  world: Seen,
  audience: Asked,
  check: CheckName,
  system: SystemId,
  result: CheckResult | undefined,
): CheckCell {
  const none = { system, because: null, findings: [], incidents: [] };
  const open = incidentsOf(world, audience.id, system).filter((i) => i.finding.check === check);
  const outcome = result?.outcome;
  if (outcome === undefined) return { ...none, state: "cant_tell", mark: "cant_tell", because: NOT_JUDGED };
  if (outcome.status === "pass") return { ...none, state: "fine", mark: "fine" };
  if (outcome.status === "skip")
    return {
      ...none,
      state: "cant_tell",
      mark: isUnjudged(outcome.because) ? "cant_tell" : "absent",
      because: { code: outcome.because, words: SKIPPED[outcome.because] },
      incidents: [...open].sort(byUrgency).map((i) => i.id),
    };
  const findings = [...outcome.findings].sort((a, b) => a.severity.localeCompare(b.severity));
  const told = new Set(findings.map(fingerprintOf));
  return {
    ...none,
    state: "found",
    mark: markOf(outcome.findings),
    findings: findings.map((f) => f.title),
    incidents: open
      .filter((i) => told.has(i.fingerprint))
      .sort(byUrgency)
      .map((i) => i.id),
  };
}

function markOf(findings: readonly Finding[]): Mark {
  const faults = findings.filter((f) => !f.cantTell);
  if (faults.length === 0) return "cant_tell";
  return faults.some((f) => f.severity === "act") ? "act" : "look";
}

function isOverdue(world: Seen, cadence: string, at: number): boolean {
  const pause = longestPauseHours(cadence, at, world.timezone);
  return pause !== null && world.now.getTime() > at + CADENCES * pause * HOUR;
}
