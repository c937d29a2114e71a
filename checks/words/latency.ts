import type { CheckInput, Finding } from "../../core/finding.ts";
import type { Snapshot } from "../../core/model.ts";
import { likelyCause } from "../cause.ts";
import { draftFinding } from "../draft-finding.ts";
import type { Bounds, Delay } from "../waiting.ts";
import { capital } from "./format.ts";
import { sendWords, titleOf } from "./send.ts";
import { duration } from "./when.ts";

const HOUR_MS = 3_600_000;
const hours = (ms: number): number => Math.round(ms / (HOUR_MS / 10)) / 10;

/** "between 26 and 50 hours", "within 24 hours", "longer than 3 days". */
export function boundsWords({ lowMs, highMs }: Bounds): string {
  if (!Number.isFinite(highMs)) return `longer than ${duration(lowMs)}`;
  if (lowMs < 60_000) return `within ${duration(highMs)}`;
  if (highMs >= 2 * HOUR_MS && highMs < 96 * HOUR_MS && lowMs >= HOUR_MS)
    return `between ${Math.round(lowMs / HOUR_MS)} and ${Math.round(highMs / HOUR_MS)} hours`;
  return `between ${duration(lowMs)} and ${duration(highMs)}`;
}

export type Lateness = {
  readonly pendingMs: number | null;
  readonly budgetMs: number;
  readonly delay: Delay | null;
  /** 19 of 20 changes surely take longer than the budget. */
  readonly slow: boolean;
};

export function latencyFinding(input: CheckInput, latest: Snapshot, l: Lateness): Finding {
  const owner = titleOf(input, input.audience.owner);
  const { pendingMs, budgetMs, delay, slow } = l;
  const waits =
    pendingMs === null || pendingMs === 0
      ? ""
      : `the oldest change of ${owner} has waited ${duration(pendingMs)} to arrive in ${input.system.title}. `;
  const takes =
    delay === null || !slow
      ? ""
      : `half of the changes of ${owner} take ${boundsWords(delay.p50)} to arrive in ${input.system.title}, and 19 of 20 ${boundsWords(delay.p95)}. `;
  return draftFinding(input, "latency", {
    severity: "look",
    title: `${input.audience.title} reaches ${input.system.title} late`,
    moved: `${capital(takes)}${capital(waits)}Normal is at most ${duration(budgetMs)}.`,
    means: `People who joined or left at ${owner} are still treated as before; ${sendWords(input)}.`,
    cause: likelyCause(input, latest.takenAt, { fewer: true }),
    todo: [`Check the queue of the job that fills ${input.system.title}`],
    people: null,
    maths: {
      "Oldest waiting change, hours": pendingMs === null ? null : hours(pendingMs),
      "Budget, hours": hours(budgetMs),
      ...(delay === null
        ? {}
        : {
            "Half of the changes, at least hours": hours(delay.p50.lowMs),
            "Half of the changes, at most hours": atMost(delay.p50),
            "95 % of the changes, at least hours": hours(delay.p95.lowMs),
            "95 % of the changes, at most hours": atMost(delay.p95),
            "Changes seen": delay.people,
            "Of them still waiting": delay.waiting,
          }),
    },
  });
}

const atMost = ({ highMs }: Bounds): number | string =>
  Number.isFinite(highMs) ? hours(highMs) : "open: they still wait";
