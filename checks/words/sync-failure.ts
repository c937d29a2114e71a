import type { WriterJob } from "../../core/config.ts";
import type { SyncRun } from "../../core/facts.ts";
import type { CheckInput, Finding } from "../../core/finding.ts";
import type { Instant } from "../../core/model.ts";
import { UNCLEAR } from "../cause.ts";
import { draftFinding } from "../draft-finding.ts";
import type { Share } from "../stats/proportion.ts";
import { endOf } from "../sync-runs.ts";
import { capital, count, countOf, percent } from "./format.ts";
import { duration, moment } from "./when.ts";

type Bounds = { readonly low: number; readonly high: number };

/** A job or a system as a whole is meant, so the words name no audience but those that the job fills. */
const listsOf = (input: CheckInput, job: WriterJob): string => {
  const titles = input.config.audiences.filter((a) => job.audiences.includes(a.id)).map((a) => a.title);
  return titles.length === 0 ? "What it fills" : titles.join(", ");
};

export function failedRunsFinding(
  input: CheckInput,
  job: WriterJob,
  share: Share,
  bounds: Bounds,
  runs: readonly SyncRun[],
): Finding {
  const system = input.system.title;
  const good = runs.findLast((r) => r.state === "succeeded");
  const since =
    good === undefined
      ? "none of them was whole"
      : `the last whole one ended ${moment(endOf(good), input.now, input.config.timezone)}`;
  return draftFinding(input, "sync_failure", {
    audience: null,
    subject: `runs of ${job.name}`,
    severity: "look",
    title: `“${job.name}” often fails to fill ${system}`,
    moved: `${capital(countOf(share.part, share.whole))} of its last runs failed; ${since}. Normal is next to none.`,
    means: `${listsOf(input, job)} in ${system} stay as old as the last whole run each time.`,
    cause: UNCLEAR,
    todo: [`Read the errors of “${job.name}” in its own tool`, "Run it again once they are mended"],
    people: null,
    observed: share.part,
    maths: {
      Failed: share.part,
      "Runs that ended": share.whole,
      "Share, at least (Wilson, 95 %)": percent(bounds.low),
      "Share, at most (Wilson, 95 %)": percent(bounds.high),
    },
  });
}

export function failedRowsFinding(
  input: CheckInput,
  job: WriterJob,
  share: Share,
  bounds: Bounds,
  at: Instant,
): Finding {
  const system = input.system.title;
  return draftFinding(input, "sync_failure", {
    audience: null,
    subject: `rows of ${job.name}`,
    severity: "look",
    title: `${system} refuses ${count(share.part)} rows of “${job.name}”`,
    moved: `${capital(countOf(share.part, share.whole))} rows that it tried to write ${moment(at, input.now, input.config.timezone)} were invalid or refused. Normal is next to none.`,
    means: `The run counts as succeeded, but the people of these rows are not up to date in ${system}: ${listsOf(input, job)}.`,
    cause: UNCLEAR,
    todo: [
      `Look up the refused rows and their reasons in the tool of “${job.name}”`,
      "Correct them at the source: a missing identifier, a wrong format, a full field",
    ],
    people: share.part,
    observed: share.part,
    expected: { low: 0, high: 0 },
    maths: {
      "Invalid or refused": share.part,
      Tried: share.whole,
      "Share, at least (Wilson, 95 %)": percent(bounds.low),
      "Share, at most (Wilson, 95 %)": percent(bounds.high),
    },
  });
}

export function throttledFinding(
  input: CheckInput,
  share: Share,
  bounds: Bounds | null,
  waited: { readonly ms: number; readonly ofMs: number },
  readings: number,
): Finding {
  const system = input.system.title;
  const wait =
    waited.ofMs === 0 || waited.ms === 0
      ? ""
      : ` It asked us to wait ${duration(waited.ms)} in all, ${percent(waited.ms / waited.ofMs)} of the time.`;
  return draftFinding(input, "sync_failure", {
    audience: null,
    subject: "throttled",
    severity: "look",
    title: `${system} turns many of our requests away`,
    moved: `${capital(countOf(share.part, share.whole))} requests of the last ${readings === 1 ? "read" : `${readings} reads`} came too fast for ${system}.${wait} Normal is next to none.`,
    means: `Reads of ${system} take longer and may end before the end of a list; other tools live from the same limit.`,
    cause: UNCLEAR,
    todo: [
      `Give Plumbline a smaller share of the limit of ${system} (limit_share), or read it less often`,
      `See which other tool asks ${system} at the same hour`,
    ],
    people: null,
    observed: share.part,
    maths: {
      "Turned away (429)": share.part,
      Requests: share.whole,
      "Share, at least (Wilson, 95 %)": bounds === null ? null : percent(bounds.low),
      "Asked to wait, minutes": Math.round(waited.ms / 60_000),
      "Reads took, minutes": Math.round(waited.ofMs / 60_000),
    },
  });
}
