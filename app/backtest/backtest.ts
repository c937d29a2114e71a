import type { CheckSettings } from "../../core/config.ts";
import type { Check } from "../../core/finding.ts";
import { type Instant, instant, runId } from "../../core/model.ts";
import { auditMoments } from "../../store/audit-moments.ts";
import { eventsOfIncidents } from "../../store/incidents-since.ts";
import { listIncidents } from "../../store/list-incidents.ts";
import { listOverlaps } from "../../store/list-overlaps.ts";
import type { App } from "../app.ts";
import { gatherInputs, type Reach, usualReach } from "../audit/judge.ts";
import { raisedOf } from "./raised.ts";
import { type Pause, replay } from "./replay.ts";
import { type BacktestReport, backtestReport } from "./report.ts";

/** Whatever retention left. */
const MOST = 1_000_000;
const EVERYTHING: Reach = { readings: () => MOST, bases: MOST, comparisons: MOST, runs: MOST };

export type Wish = {
  readonly check: Check;
  readonly settings: CheckSettings;
  /** null: as far back as readings are kept. */
  readonly since: Instant | null;
};

/** Replays a check with other settings over all that is kept; reads the database and changes nothing. */
export async function backtest(app: App, wish: Wish, pause: Pause): Promise<BacktestReport> {
  const now = instant(app.clock.now());
  const overlaps = await listOverlaps(app.db);
  const run = { runId: runId("backtest"), now, overlaps, attributions: new Map() };
  const inputs = await gatherInputs(app, run, EVERYTHING);
  const replayed = await replay(
    {
      check: wish.check,
      settings: wish.settings,
      inputs,
      moments: await auditMoments(app.db),
      since: wish.since ?? ("" as Instant),
      reach: (at) => usualReach(at, app.config.timezone),
    },
    pause,
  );
  const { incidents } = await listIncidents(app.db, { check: wish.check.name, limit: MOST, offset: 0 });
  const events = await eventsOfIncidents(
    app.db,
    incidents.map((i) => i.id),
  );
  return backtestReport(wish.check.name, wish.settings, replayed, raisedOf(incidents, events));
}
