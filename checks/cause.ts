import type { WriterJob } from "../core/config.ts";
import type { Cause, CheckInput, KnownChange } from "../core/finding.ts";
import type { Instant } from "../core/model.ts";
import { earlierComplete } from "./readings.ts";
import { emptyRun, failedRun, overdueRun } from "./sync-runs.ts";
import { moment } from "./words/when.ts";

export const UNCLEAR: Cause = { certainty: "unclear", text: null };

const DAY_MS = 86_400_000;

/** Jobs of the configuration that are known to write this audience into this system. */
export const writersOf = (input: Pick<CheckInput, "config" | "audience" | "system">): readonly WriterJob[] =>
  input.config.writers.filter((w) => w.to === input.system.id && w.audiences.includes(input.audience.id));

/** Jobs that are known to write this field into this system. */
export const writersOfField = (input: CheckInput, attribute: string): readonly WriterJob[] =>
  input.config.writers.filter((w) => w.to === input.system.id && w.attributes.includes(attribute));

/**
 * Why it may have moved, the surest first: a rule that the vendor says was changed between two reads, or a job whose
 * tool says that it failed or that did not run (*confirmed*); another change on purpose in the 24 hours before, a job
 * that wrote nothing, a sync that is switched off (*likely*). Only what the configuration, its versions, the systems
 * and the sync tools tell; with none the cause is unclear and nothing is invented.
 *
 * @param seenAt when the trouble was first read
 * @param o.fewer people or values are missing, so that a job which wrote nothing may be why
 * @param o.moved the copy itself moved, which a job that did not start cannot have done
 * @param o.jobs what fills this copy or field; default: the writers of this list
 */
export function likelyCause(
  input: CheckInput,
  seenAt: Instant,
  o: { readonly fewer?: boolean; readonly moved?: boolean; readonly jobs?: readonly WriterJob[] } = {},
): Cause {
  const from = windowStart(input, seenAt);
  const changes = input.changes
    .filter((c) => concerns(c, input) && c.at <= seenAt && c.at >= from)
    .sort((a, b) => a.at.localeCompare(b.at));
  const dated = changes.findLast((c) => c.certainty === "confirmed");
  if (dated !== undefined) return asCause(dated, input);
  const jobs = o.jobs ?? writersOf(input);
  const troubled =
    failedRun(input, jobs, from, seenAt) ?? (o.moved === true ? null : overdueRun(input, jobs, seenAt));
  if (troubled !== null) return troubled;
  const change = changes.at(-1);
  if (change !== undefined) return asCause(change, input);
  const empty = o.fewer === true ? emptyRun(input, jobs, from, seenAt) : null;
  if (empty !== null) return empty;
  const off = jobs.find((w) => !w.enabled);
  if (off !== undefined && jobs.every((w) => !w.enabled)) {
    return { certainty: "likely", text: `the sync “${off.name}” that fills this list is switched off` };
  }
  return UNCLEAR;
}

/** The change may be up to a day older than the last good reading: a sync needs its time to carry it out. */
function windowStart(input: CheckInput, seenAt: Instant): string {
  const before =
    earlierComplete(input)
      .filter((s) => s.takenAt < seenAt)
      .at(-1)?.takenAt ?? seenAt;
  return new Date(Date.parse(before) - DAY_MS).toISOString();
}

/** What the owner's rule lets in or keeps out reaches every copy. */
export function concerns(change: KnownChange, input: CheckInput): boolean {
  if (change.audience !== null && change.audience !== input.audience.id) return false;
  return (
    change.system === null ||
    change.system === input.system.id ||
    (change.audience !== null && change.system === input.audience.owner)
  );
}

const asCause = (change: KnownChange, input: CheckInput): Cause => ({
  certainty: change.certainty,
  text: `${change.text} at ${moment(change.at, input.now, input.config.timezone)}`,
});

/** A copy that was not renewed explains every difference that grows on it; a job that failed says why it was not. */
export function staleCause(input: CheckInput): Cause | null {
  const latest = input.history.at(-1);
  const before = earlierComplete(input).at(-1);
  if (latest === undefined || before === undefined || latest.asOf !== before.asOf) return null;
  return (
    failedRun(input, writersOf(input), windowStart(input, latest.takenAt), latest.takenAt) ??
    overdueRun(input, writersOf(input), latest.takenAt) ?? {
      certainty: "confirmed",
      text: `the copy was last renewed ${moment(latest.asOf, input.now, input.config.timezone)}`,
    }
  );
}
