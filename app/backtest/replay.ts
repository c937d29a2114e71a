import { runChecks } from "../../checks/registry.ts";
import type { Comparison } from "../../core/comparison.ts";
import type { CheckSettings } from "../../core/config.ts";
import type { Check, CheckInput, CheckResult, SkipReason } from "../../core/finding.ts";
import type { Instant } from "../../core/model.ts";
import { type Backlog, nextBacklog } from "../audit/backlog.ts";
import type { Reach } from "../audit/judge.ts";
import { type Episode, Episodes } from "./episodes.ts";
import { type Moment, pastInput } from "./past-input.ts";
import { PastStreams } from "./past-streams.ts";

export type Replay = {
  readonly check: Check;
  /** These instead of what the configuration says. */
  readonly settings: CheckSettings;
  /** One for every segment, with all that is kept. */
  readonly inputs: readonly CheckInput[];
  /** All finished audits, oldest first. */
  readonly moments: readonly Moment[];
  /** Judge from then on. */
  readonly since: Instant;
  readonly reach: (at: Instant) => Reach;
};

export type Replayed = {
  readonly episodes: readonly Episode[];
  /** Audits of which at least one reading is kept. */
  readonly audits: readonly Moment[];
  readonly judged: number;
  /** Readings that could not be judged, by reason. */
  readonly skipped: Readonly<Partial<Record<SkipReason, number>>>;
};

/** Called before each audit: a replay may be shown, or stopped by throwing. */
export type Pause = (done: number, of: number) => Promise<void>;

/** The check over all that is kept, audit by audit, as it would have run then with these settings. */
export async function replay(o: Replay, pause: Pause): Promise<Replayed> {
  const madeAt = new Map(o.moments.map((m) => [m.runId, m.at]));
  const inputs = o.inputs.map((input) => withSettings(input, o.check, o.settings));
  const flagged = inputs.map((input) => keptFlags(input, o));
  const streams = inputs.map((input) => new PastStreams(input.config, input.audience));
  const forgotten = isForgotten(o.moments[0], inputs);
  const backlogs = new Map(inputs.map((input) => [input, earlierBacklog(input, forgotten)]));
  const episodes = new Episodes();
  const audits: Moment[] = [];
  const skipped: Partial<Record<SkipReason, number>> = {};
  let judged = 0;
  for (const [n, moment] of o.moments.entries()) {
    await pause(n, o.moments.length);
    const reach = o.reach(moment.at);
    const then: CheckInput[] = [];
    for (const [i, input] of inputs.entries()) {
      const past = {
        moment,
        madeAt,
        reach,
        backlog: backlogs.get(input) ?? null,
        flagged: flagged[i] ?? new Set(),
        incidents: episodes.live,
      };
      const cut = pastInput(input, past);
      if (cut === null) continue;
      const judgeable = streams[i]?.on(cut) ?? cut;
      if (moment.at >= o.since) then.push(judgeable);
    }
    const results = runChecks(then, [o.check]);
    for (const r of results) {
      if (r.outcome.status === "skip") skipped[r.outcome.because] = (skipped[r.outcome.because] ?? 0) + 1;
      else judged += 1;
    }
    if (then.length > 0) audits.push(moment);
    episodes.take(results, moment);
    for (const [i, input] of inputs.entries()) {
      if (o.check.name === "size_anomaly") flag(flagged[i] ?? new Set(), results, input, moment);
      const comparison = input.comparisons.find((c) => c.runId === moment.runId);
      if (comparison !== undefined)
        backlogs.set(input, after(backlogs.get(input) ?? null, comparison, input));
    }
  }
  return { episodes: episodes.all, audits, judged, skipped };
}

function withSettings(input: CheckInput, check: Check, settings: CheckSettings): CheckInput {
  const checks = {
    ...input.config.checks,
    [check.name]: { ...input.config.checks[check.name], ...settings },
  };
  return { ...input, config: { ...input.config, checks } };
}

/**
 * The known backlog before the first comparison that is kept. Where retention forgot earlier audits, that comparison's
 * own is the nearest that can be said; else there was none.
 */
function earlierBacklog(input: CheckInput, forgotten: boolean): Backlog | null {
  const [first] = input.comparisons;
  return forgotten && first !== undefined ? after(null, first, input) : null;
}

function isForgotten(first: Moment | undefined, inputs: readonly CheckInput[]): boolean {
  return first !== undefined && inputs.every((i) => (i.history[0]?.takenAt ?? first.at) > first.at);
}

/** What this very check flagged is decided anew from `since` on; all else stays as it was. */
function keptFlags(input: CheckInput, { check, since }: Replay): Set<string> {
  if (check.name !== "size_anomaly") return new Set(input.flagged);
  const before = input.history.filter((s) => s.takenAt < since).map((s) => s.id);
  return new Set(before.filter((id) => input.flagged.has(id)));
}

function flag(
  flagged: Set<string>,
  results: readonly CheckResult[],
  input: CheckInput,
  moment: Moment,
): void {
  const failed = results.some(
    (r) => r.outcome.status === "fail" && r.audience === input.audience.id && r.system === input.system.id,
  );
  const reading = failed ? input.history.find((s) => s.runId === moment.runId) : undefined;
  if (reading !== undefined) flagged.add(reading.id);
}

function after(before: Backlog | null, comparison: Comparison, input: CheckInput): Backlog | null {
  const now = comparison.perSystem[input.system.id];
  if (now === undefined || comparison.owner === input.system.id) return before;
  return nextBacklog(before, now);
}
