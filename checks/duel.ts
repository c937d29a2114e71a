import type { FlipCounts } from "../core/comparison.ts";
import type { WriterJob } from "../core/config.ts";
import type { CheckInput } from "../core/finding.ts";
import type { Instant } from "../core/model.ts";
import { writersOf } from "./cause.ts";
import { nextFire, parseCron } from "./cron.ts";
import { type FlipStep, movesOf } from "./flip-timeline.ts";
import { endOf } from "./sync-runs.ts";

export type Duel = {
  /** Two or more: who puts people in comes first where `roles` is known. */
  readonly writers: readonly string[];
  /** How the two are known: the vendor says who wrote, the runs fit the coming and going, or only they are listed. */
  readonly by: "vendor" | "phase" | "listed";
  /** phase: shown by the runs. owner: the first brings what the owner has, and the owner has had these people all the time. */
  readonly roles: "phase" | "owner" | null;
  /** Attribute that both write; null: the list itself. */
  readonly field: string | null;
  /** Share of the coming and going that the runs explain; null: not from runs. */
  readonly explained: number | null;
  /** Latest runs that the tools told of, by writer. */
  readonly runs: Readonly<Record<string, readonly string[]>>;
};

const EXPLAINED = 0.8;
const RUNS_SHOWN = 3;

/** Who fights whom about this list. null: it cannot be told. */
export function duelOf(
  input: CheckInput,
  flipping: number,
  counts: FlipCounts | null,
  steps: readonly FlipStep[],
): Duel | null {
  const vendor = byVendor(input, flipping, steps);
  if (vendor !== null) return vendor;
  const jobs = writersOf(input).filter((w) => w.enabled);
  if (jobs.length >= 2) return byRuns(input, jobs, flipping, counts, steps, null);
  const shared = sharedField(input);
  return shared === null ? null : byRuns(input, shared.jobs, flipping, counts, steps, shared.field);
}

/** Two sources that the vendor saw change the same field of as many records as flip, in the time of the flips. */
function byVendor(input: CheckInput, flipping: number, steps: readonly FlipStep[]): Duel | null {
  const since = steps[0]?.from ?? null;
  const changes = input.changedBy.filter(
    (c) => c.records >= flipping / 2 && (since === null || c.latestAt >= since),
  );
  for (const { attribute } of changes) {
    const both = changes
      .filter((c) => c.attribute === attribute)
      .sort((a, b) => b.records - a.records)
      .slice(0, 2)
      .map((c) => c.source);
    if (new Set(both).size === 2)
      return { writers: both, by: "vendor", roles: null, field: attribute, explained: null, runs: {} };
  }
  return null;
}

/** Jobs that write the same attribute into this system. */
function sharedField(input: CheckInput): { jobs: readonly WriterJob[]; field: string } | null {
  const here = input.config.writers.filter((w) => w.enabled && w.to === input.system.id);
  for (const field of here.flatMap((w) => w.attributes)) {
    const jobs = here.filter((w) => w.attributes.includes(field));
    if (jobs.length >= 2) return { jobs, field };
  }
  return null;
}

function byRuns(
  input: CheckInput,
  jobs: readonly WriterJob[],
  flipping: number,
  counts: FlipCounts | null,
  steps: readonly FlipStep[],
  field: string | null,
): Duel {
  const runs = (names: readonly string[]) =>
    Object.fromEntries(
      names.flatMap((name) => {
        const told = input.syncRuns.filter((r) => r.job === name).map((r) => r.id);
        return told.length === 0 ? [] : [[name, told.slice(-RUNS_SHOWN)]];
      }),
    );
  const phase = byPhase(input, jobs, steps);
  if (phase !== null) return { ...phase, by: "phase", roles: "phase", field, runs: runs(phase.writers) };
  const names = jobs.map((j) => j.name);
  const common = { by: "listed", field, explained: null } as const;
  const fromOwner = jobs.filter((j) => j.from === input.audience.owner);
  const steady = (counts?.atOwner?.steady ?? 0) >= EXPLAINED * flipping;
  const [first] = fromOwner;
  if (jobs.length === 2 && fromOwner.length === 1 && first !== undefined && steady) {
    const writers = [first.name, ...names.filter((n) => n !== first.name)];
    return { ...common, writers, roles: "owner", runs: runs(writers) };
  }
  return { ...common, writers: names, roles: null, runs: runs(names) };
}

/** The pair of which one ran last before people came, and the other before they went. */
function byPhase(
  input: CheckInput,
  jobs: readonly WriterJob[],
  steps: readonly FlipStep[],
): { writers: readonly string[]; explained: number } | null {
  const moves = movesOf(steps);
  if (moves === 0) return null;
  const came = new Map<string, number>();
  const went = new Map<string, number>();
  for (const step of steps) {
    const last = lastWriter(input, jobs, step);
    if (last === null) continue;
    came.set(last, (came.get(last) ?? 0) + step.entries);
    went.set(last, (went.get(last) ?? 0) + step.exits);
  }
  let best: { writers: readonly string[]; explained: number } | null = null;
  for (const [adds, entries] of came) {
    for (const [removes, exits] of went) {
      const explained = (entries + exits) / moves;
      if (adds === removes || explained < EXPLAINED || explained <= (best?.explained ?? 0)) continue;
      best = { writers: [adds, removes], explained };
    }
  }
  return best;
}

/** Who wrote last between two readings, by what the tools told us, else by the schedule. */
function lastWriter(input: CheckInput, jobs: readonly WriterJob[], step: FlipStep): string | null {
  let last: { name: string; at: number } | null = null;
  for (const job of jobs) {
    const at = lastRun(input, job, step.from, step.to);
    if (at !== null && (last === null || at > last.at)) last = { name: job.name, at };
  }
  return last?.name ?? null;
}

const LOOK_BACK_HOURS = [1, 6, 30, 200];

function lastRun(input: CheckInput, job: WriterJob, from: Instant, to: Instant): number | null {
  const told = input.syncRuns.filter((r) => r.job === job.name);
  if (told.some((r) => r.startedAt <= from)) {
    const run = told.filter((r) => r.state !== "failed" && endOf(r) > from && endOf(r) <= to).at(-1);
    return run === undefined ? null : Date.parse(endOf(run));
  }
  const cron = job.schedule === null ? null : parseCron(job.schedule);
  if (cron === null) return null;
  const [start, end] = [Date.parse(from), Date.parse(to)];
  // Backwards in growing strides, since a job may run every minute or once a week.
  for (const hours of LOOK_BACK_HOURS) {
    let at = nextFire(cron, Math.max(start, end - hours * 3_600_000), input.config.timezone);
    let found: number | null = null;
    while (at !== null && at <= end) {
      found = at;
      at = nextFire(cron, at, input.config.timezone);
    }
    if (found !== null) return found;
  }
  return null;
}
