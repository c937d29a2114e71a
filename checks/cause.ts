import type { WriterJob } from "../core/config.ts";
import type { Cause, CheckInput } from "../core/finding.ts";
import type { Instant } from "../core/model.ts";
import { earlierComplete } from "./readings.ts";
import { moment } from "./words/when.ts";

export const UNCLEAR: Cause = { certainty: "unclear", text: null };

const DAY_MS = 86_400_000;

/** Jobs of the configuration that are known to write this audience into this system. */
export const writersOf = (input: CheckInput): readonly WriterJob[] =>
  input.config.writers.filter((w) => w.to === input.system.id && w.audiences.includes(input.audience.id));

/**
 * Why it may have moved: a change on purpose in the 24 hours before, then a sync job that is switched off. Only what
 * the configuration and its versions tell; with none the cause is unclear and nothing is invented.
 *
 * @param seenAt when the trouble was first read
 */
export function likelyCause(input: CheckInput, seenAt: Instant): Cause {
  const before =
    earlierComplete(input)
      .filter((s) => s.takenAt < seenAt)
      .at(-1)?.takenAt ?? seenAt;
  // The change may be up to a day older than the last good reading: a sync needs its time to carry it out.
  const from = new Date(Date.parse(before) - DAY_MS).toISOString();
  const change = input.changes
    .filter((c) => (c.system === null || c.system === input.system.id) && c.at <= seenAt && c.at >= from)
    .at(-1);
  if (change !== undefined) {
    return {
      certainty: "likely",
      text: `${change.text} at ${moment(change.at, input.now, input.config.timezone)}`,
    };
  }
  const writers = writersOf(input);
  const off = writers.find((w) => !w.enabled);
  if (off !== undefined && writers.every((w) => !w.enabled)) {
    return { certainty: "likely", text: `the sync “${off.name}” that fills this list is switched off` };
  }
  return UNCLEAR;
}

/** A copy that was not renewed explains every difference that grows on it. */
export function staleCause(input: CheckInput): Cause | null {
  const latest = input.history.at(-1);
  const before = earlierComplete(input).at(-1);
  if (latest === undefined || before === undefined || latest.asOf !== before.asOf) return null;
  return {
    certainty: "confirmed",
    text: `the copy was last renewed ${moment(latest.asOf, input.now, input.config.timezone)}`,
  };
}
