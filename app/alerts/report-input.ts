import type { ReportInput, ReportPlan, ReportSegment, ReportSend, Week } from "../../alerts/report/model.ts";
import { dayOf } from "../../alerts/when.ts";
import { nextSend } from "../../checks/next-send.ts";
import type { Config } from "../../core/config.ts";
import { type Instant, instant, type Snapshot } from "../../core/model.ts";
import { appliedByOp } from "../../store/applied-by-op.ts";
import { approvalsOfPlan } from "../../store/approvals-of-plan.ts";
import { flaggedSnapshots } from "../../store/flagged-snapshots.ts";
import { eventsOfIncidents, incidentsSince } from "../../store/incidents-since.ts";
import { planCounts } from "../../store/plan-counts.ts";
import { planSummaries } from "../../store/plan-summaries.ts";
import { plansToReview } from "../../store/plans-to-review.ts";
import { snapshotsSince } from "../../store/snapshots-since.ts";
import { undoUntil } from "../../sync/words.ts";
import { bandsFor, lineOf } from "../api/views/line.ts";
import { overallView } from "../api/views/score.ts";
import { loadWorld } from "../api/views/world.ts";
import type { App } from "../app.ts";
import { configWithCampaigns } from "../facts/calendar.ts";
import { exposureHistory } from "./exposure-history.ts";
import { publicUrlOf } from "./facts.ts";

const DAY = 86_400_000;
/** More readings than this in a line are thinned to the last of each day. */
const POINTS = 60;

const before = (at: Instant, days: number): Instant => instant(new Date(Date.parse(at) - days * DAY));

/** Everything that the weekly report is made of, as the store has it. Counts only. */
export async function reportInput(app: App, week: Week): Promise<ReportInput> {
  const config = await configWithCampaigns(app);
  const history = (await snapshotsSince(app.db, before(week.to, 56))).filter(
    (s) => s.takenAt <= week.to && s.trigger !== "readback",
  );
  const incidents = (await incidentsSince(app.db, before(week.from, 7))).filter((i) => i.openedAt <= week.to);
  const events = await eventsOfIncidents(
    app.db,
    incidents.map((i) => i.id),
  );
  return {
    company: config.company,
    timezone: config.timezone,
    now: instant(app.clock.now()),
    week,
    publicUrl: publicUrlOf(app),
    audiences: config.audiences.map((a) => ({
      id: a.id,
      title: a.title,
      keepsOut: a.purpose === "suppression",
    })),
    systems: config.systems.map((s) => ({ id: s.id, title: s.title })),
    segments: await segmentsOf(app, history),
    incidents,
    events: events
      .filter((e) => e.at <= week.to)
      .map((e) => ({ incidentId: e.incidentId, at: e.at, kind: e.kind, byPerson: e.actor !== "Plumbline" })),
    plans: await plansOf(app),
    exposure: await exposureHistory(app, history, before(week.from, 7), week.to),
    reads: config.systems.map((s) => ({
      systemTitle: s.title,
      beats: beatsOf(history.filter((h) => h.system === s.id && h.takenAt >= week.from)),
    })),
    sends: sendsOf(config, week.to),
    score: week.running ? overallView(await loadWorld(app, { history: 30 }), app.config) : null,
  };
}

async function segmentsOf(app: App, history: readonly Snapshot[]): Promise<ReportSegment[]> {
  const segments: ReportSegment[] = [];
  for (const a of app.config.audiences) {
    for (const s of a.segments) {
      const system = app.config.systems.find((x) => x.id === s.system);
      const own = thinned(
        history.filter((h) => h.audience === a.id && h.system === s.system),
        app.config.timezone,
      );
      if (system === undefined || own.length === 0) continue;
      const flagged = await flaggedSnapshots(app.db, a.id, s.system);
      segments.push({
        audience: a.id,
        audienceTitle: a.title,
        system: system.id,
        systemTitle: system.title,
        points: lineOf(own, flagged, POINTS, bandsFor(own, POINTS, a.cadence, app.config.timezone)).map(
          (p) => ({ ...p, at: p.at as Instant }),
        ),
      });
    }
  }
  return segments;
}

function thinned(history: readonly Snapshot[], timezone: string): readonly Snapshot[] {
  if (history.length <= POINTS) return history;
  const byDay = new Map(history.map((h) => [dayOf(h.takenAt, timezone), h]));
  return [...byDay.values()];
}

const WORSE = { complete: 0, partial: 1, unusable: 2 } as const;

/** One per audit: its worst reading of this system. */
function beatsOf(readings: readonly Snapshot[]): ReportInput["reads"][number]["beats"] {
  const byRun = new Map<string, ReportInput["reads"][number]["beats"][number]>();
  for (const r of readings) {
    const seen = byRun.get(r.runId);
    if (seen === undefined || WORSE[r.coverage] > WORSE[seen.coverage])
      byRun.set(r.runId, { at: r.takenAt, coverage: r.coverage });
  }
  return [...byRun.values()].sort((a, b) => a.at.localeCompare(b.at));
}

async function plansOf(app: App): Promise<ReportPlan[]> {
  const plans: ReportPlan[] = [];
  const open = new Map((await plansToReview(app.db)).map((p) => [p.id, p.suppressed]));
  for (const p of await planSummaries(app.db, 100)) {
    const ended = p.endedAt !== null && p.state === "done";
    plans.push({
      id: p.id,
      state: p.state,
      author: p.author,
      undoes: p.undoes,
      ops: p.ops,
      endedAt: p.endedAt,
      expiresAt: p.expiresAt,
      approvers: [...new Set((await approvalsOfPlan(app.db, p.id)).map((a) => a.person))],
      audienceTitle: app.config.audiences.find((a) => a.id === p.audience)?.title ?? p.audience,
      systems: p.systems.map((id) => app.config.systems.find((s) => s.id === id)?.title ?? id),
      applied: await appliedByOp(app.db, p.id),
      ends: ended ? await planCounts(app.db, p.id) : null,
      ...(open.has(p.id) ? { toReview: open.get(p.id) ?? 0 } : {}),
      undoUntil: p.endedAt === null ? null : undoUntil(p.endedAt, app.config.safeguards.undoDays),
    });
  }
  return plans;
}

/** Every planned send of the seven days from `from` on, soonest first. */
function sendsOf(config: Config, from: Instant): ReportSend[] {
  const end = Date.parse(from) + 7 * DAY;
  const sends: ReportSend[] = [];
  for (const send of config.calendar) {
    let at = from;
    for (let n = 0; n < 7; n++) {
      const next = nextSend({ ...config, calendar: [send] }, null, null, at);
      if (next === null || Date.parse(next.at) > end) break;
      sends.push({
        name: send.name,
        at: next.at,
        audience: send.audience,
        system: send.system,
        systemTitle: config.systems.find((s) => s.id === send.system)?.title ?? send.system,
      });
      at = next.at;
    }
  }
  return sends.sort((a, b) => a.at.localeCompare(b.at));
}
