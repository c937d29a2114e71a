import { nextSend } from "../../../checks/next-send.ts";
import type { Config } from "../../../core/config.ts";
import { byUrgency, tellsOf } from "../../../core/incident-order.ts";
import type { PlanSummary } from "../../../store/plan-summaries.ts";
import type { Mark, Overview } from "../contract.ts";
import { cellOf } from "./cell.ts";
import { bandsFor, lineOf, normalNow } from "./line.ts";
import { overallView } from "./score.ts";
import { overviewVerdict } from "./verdict.ts";
import { clockTime, count, dayAndTime } from "./words.ts";
import type { World } from "./world.ts";

const NEEDS = 5;
const CHANGES = 7;
const BEATS = 90;

export function overviewOf(world: World, config: Config, waitingPlans: readonly PlanSummary[]): Overview {
  const verdict = overviewVerdict(world);
  const needs = needsYou(world, waitingPlans);
  return {
    verdict: verdict.parts,
    verdictState: verdict.state,
    asOf: newest(
      world.segments.flatMap((s) => (s.latestComplete === null ? [] : [s.latestComplete.takenAt])),
    ),
    mailableOptedOut: topNumber(world),
    score: overallView(world, config),
    systems: world.systems.map((s) => ({ id: s.id, title: s.title })),
    matrix: world.audiences.map((a) => ({
      audience: a.id,
      title: a.title,
      purpose: a.purpose,
      ownerSize: cellOf(world, a.id, a.owner).size,
      cells: world.systems.map((s) => cellOf(world, a.id, s.id)),
      nextSend: nextOf(config, world, a.id),
    })),
    needsYou: needs.slice(0, NEEDS),
    needsYouTotal: needs.length,
    changes: changesOf(world),
    reads: world.systems.map((s) => readsOf(world, s.id, s.title)),
  };
}

const newest = (times: readonly string[]): string | null => [...times].sort().at(-1) ?? null;

export function nextOf(
  config: Config,
  world: World,
  audience: string,
): Overview["matrix"][number]["nextSend"] {
  const sends = config.audiences
    .filter((a) => a.id === audience)
    .flatMap((a) =>
      a.segments.flatMap(
        (s) =>
          nextSend(config, a.id, s.system, world.now.toISOString() as Parameters<typeof nextSend>[3]) ?? [],
      ),
    );
  return sends.sort((a, b) => a.at.localeCompare(b.at))[0] ?? null;
}

/** Opted-out people who can be mailed, over all audiences; the largest per system, since the same people recur. */
function topNumber(world: World): Overview["mailableOptedOut"] {
  const sending = world.systems.filter((s) => s.sends);
  let total: number | null = null;
  let lowerBound = false;
  const where: string[] = [];
  for (const system of sending) {
    const cells = world.audiences
      .filter((a) => a.purpose === "suppression")
      .map((a) => cellOf(world, a.id, system.id))
      .filter((c) => c.mark !== "absent");
    const known = cells.flatMap((c) => (c.mailableOptedOut === null ? [] : [c.mailableOptedOut]));
    if (known.length < cells.length || cells.length === 0) lowerBound = true;
    if (known.length === 0) continue;
    const here = known.reduce((sum, n) => sum + n, 0);
    total = (total ?? 0) + here;
    if (here > 0) where.push(system.title);
  }
  const history = suppressionHistory(world);
  const before = history.at(-2);
  return {
    people: total,
    lowerBound: lowerBound && total !== null,
    where:
      total === null
        ? "No system that sends mail could be read."
        : where.length > 0
          ? `In ${where.join(", ")}.`
          : `In ${sending.map((s) => s.title).join(", ")}.`,
    before:
      before === undefined || before.people === null || before.people === total
        ? null
        : `Was ${count(before.people)} at ${clockTime(before.at, world.timezone)}.`,
    history,
  };
}

function suppressionHistory(world: World): { at: string; people: number | null }[] {
  const byTime = new Map<string, number | null>();
  for (const audience of world.audiences.filter((a) => a.purpose === "suppression")) {
    const runs = world.segments.find((s) => s.audience.id === audience.id && s.isOwner)?.history ?? [];
    for (const comparison of world.comparisons.get(audience.id) ?? []) {
      const at = runs.find((s) => s.runId === comparison.runId)?.takenAt ?? comparison.asOf;
      for (const system of comparison.systems) {
        const n = comparison.perSystem[system]?.mailableOptedOut;
        if (n != null) byTime.set(at, (byTime.get(at) ?? 0) + n);
      }
    }
  }
  return [...byTime].sort(([a], [b]) => a.localeCompare(b)).map(([at, n]) => ({ at, people: n }));
}

function needsYou(world: World, plans: readonly PlanSummary[]): Overview["needsYou"] {
  const fromIncidents = world.open
    .filter(
      (i) =>
        (i.state === "open" || i.state === "regressed") &&
        (i.severity === "act" ||
          i.finding.cantTell ||
          i.finding.check === "flip_flop" ||
          i.finding.check === "freshness" ||
          i.finding.repair !== null ||
          i.finding.siblings !== undefined),
    )
    .sort(byUrgency)
    .map((i) => ({
      mark: (i.finding.cantTell ? "cant_tell" : i.severity) as Mark,
      title: i.finding.title,
      text: i.finding.means || i.finding.moved,
      link: `/incidents/${i.id}`,
      action: `Open INC-${i.id}`,
    }));
  const fromPlans = plans.map((p) => ({
    mark: "look" as Mark,
    title: `Plan PL-${p.id} waits for approval`,
    text: `${count(p.changes)} changes. Expires ${dayAndTime(p.expiresAt, world.timezone)}.`,
    link: `/plans/${p.id}`,
    action: "Review plan",
  }));
  const urgent = fromIncidents.filter((n) => n.mark === "act");
  return [...urgent, ...fromPlans, ...fromIncidents.filter((n) => n.mark !== "act")];
}

/** What moved since the reading before: incidents of the last day first, then the largest moves inside the normal range. */
function changesOf(world: World): Overview["changes"] {
  const rows = world.segments.flatMap((s) => {
    const complete = s.history.filter((h) => h.coverage === "complete");
    const now = complete.at(-1)?.metrics.size?.numerator ?? null;
    const before = complete.at(-2)?.metrics.size?.numerator ?? null;
    const incident = world.open.find(
      (i) => tellsOf(i.finding, s.audience.id) && i.finding.system === s.system.id && !i.finding.cantTell,
    );
    const blind = s.latest !== null && s.latest.coverage !== "complete";
    if (incident === undefined && !blind && (now === null || before === null || now === before)) return [];
    const bands = bandsFor(s.history, 28, s.audience.cadence, world.timezone);
    const mark: Mark = blind ? "cant_tell" : incident === undefined ? "fine" : incident.severity;
    return [
      {
        mark,
        audience: s.audience.id as string | null,
        title: s.audience.title,
        system: s.system.id as string,
        systemTitle: s.system.title,
        now: blind ? null : now,
        change: blind || now === null || before === null ? null : now - before,
        normal: normalNow(s.history, bands),
        cause: incident?.finding.cause ?? {
          certainty: blind ? ("confirmed" as const) : ("unclear" as const),
          text: blind ? (s.latest?.because ?? null) : "Inside its normal range",
        },
        line: lineOf(s.history, s.flagged, 28, bands),
        incidentId: incident?.id ?? null,
      },
    ];
  });
  const rank: Record<Mark, number> = { act: 0, look: 1, cant_tell: 2, fine: 3, owner: 3, absent: 4 };
  return rows
    .sort((a, b) => rank[a.mark] - rank[b.mark] || Math.abs(b.change ?? 0) - Math.abs(a.change ?? 0))
    .slice(0, CHANGES);
}

function readsOf(world: World, system: string, title: string): Overview["reads"][number] {
  const byRun = new Map<string, { at: string; coverage: "complete" | "partial" | "unusable" }>();
  const worse = { complete: 0, partial: 1, unusable: 2 };
  const all = [
    ...world.segments.filter((s) => s.system.id === system).flatMap((s) => s.history),
    ...(world.bases.get(system as never) ?? []),
  ];
  for (const s of all) {
    const seen = byRun.get(s.runId);
    if (seen === undefined || worse[s.coverage] > worse[seen.coverage])
      byRun.set(s.runId, { at: s.takenAt, coverage: s.coverage });
  }
  const beats = [...byRun.values()].sort((a, b) => a.at.localeCompare(b.at)).slice(-BEATS);
  const n = (c: "complete" | "partial" | "unusable") => beats.filter((b) => b.coverage === c).length;
  const faults = [
    n("partial") > 0 ? `${n("partial")} partial` : null,
    n("unusable") > 0 ? `${n("unusable")} failed` : null,
  ].filter((x) => x !== null);
  const summary =
    beats.length === 0
      ? "Not read yet"
      : faults.length === 0
        ? `${n("complete")} of ${beats.length} complete`
        : `${n("complete")} complete, ${faults.join(", ")}`;
  return { system, title, summary, beats };
}
