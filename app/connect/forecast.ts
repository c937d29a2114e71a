import { nextFire, parseCron } from "../../checks/cron.ts";
import type { Audience } from "../../core/config.ts";
import type { Limits } from "../../systems/http/gate.ts";

/** What the configured schedule asks of one system. Unknown is null. */
export type Forecast = {
  /** Audits a day, on the average of a week. */
  readonly runsPerDay: number;
  readonly callsPerRun: number | null;
  readonly callsPerDay: number | null;
  readonly minutesPerRun: number | null;
  /** The vendor's daily quota, and the share of it that the schedule takes. */
  readonly quota: { readonly perDay: number; readonly ours: number; readonly share: number } | null;
};

const DAY_MS = 86_400_000;
const WEEK = 7;

/**
 * Pure. An audit reads every copy in a system, and two cadences that fire together are one audit.
 *
 * @param callsPerRun requests of one whole read; null: not known, or it takes none
 * @param msPerRun milliseconds that they take one after the other, without waiting for the limit; null: not known
 */
export function forecast(
  audiences: readonly Pick<Audience, "cadence">[],
  timezone: string,
  nowMs: number,
  callsPerRun: number | null,
  msPerRun: number | null,
  limits: Limits | null,
  limitShare: number,
): Forecast {
  const runsPerDay =
    firesInWeek(
      audiences.map((a) => a.cadence),
      timezone,
      nowMs,
    ) / WEEK;
  const callsPerDay = callsPerRun === null ? null : callsPerRun * runsPerDay;
  const daily = limits?.rules.find((r) => r.windowMs >= DAY_MS) ?? null;
  const paced = (limits?.rules ?? [])
    .filter((r) => r.windowMs < DAY_MS)
    .map((r) => ((callsPerRun ?? 0) / Math.max(1, Math.floor(r.requests * limitShare))) * r.windowMs);
  const ms = msPerRun === null ? null : Math.max(msPerRun, ...paced);
  return {
    runsPerDay,
    callsPerRun,
    callsPerDay,
    minutesPerRun: ms === null ? null : ms / 60_000,
    quota:
      daily === null || callsPerDay === null
        ? null
        : {
            perDay: daily.requests,
            ours: Math.floor(daily.requests * limitShare),
            share: callsPerDay / daily.requests,
          },
  };
}

/** Distinct moments at which any of these fire in the week after `now`. */
function firesInWeek(crons: readonly string[], timezone: string, nowMs: number): number {
  const fires = new Set<number>();
  for (const text of new Set(crons)) {
    const cron = parseCron(text);
    if (cron === null) continue;
    for (
      let at = nextFire(cron, nowMs, timezone);
      at !== null && at <= nowMs + WEEK * DAY_MS;
      at = nextFire(cron, at, timezone)
    )
      fires.add(at);
  }
  return fires.size;
}
