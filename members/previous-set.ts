import { AuditorError } from "../core/errors.ts";
import type { MemberSet } from "./member-set.ts";
import type { SetOptions } from "./set-terms.ts";

/** @throws AuditorError stale when a reading cannot be joined with this set */
export function checkPrevious(previous: MemberSet | null, o: SetOptions): void {
  if (previous === null || (previous.epoch === o.epoch && previous.identity === o.identity)) return;
  throw new AuditorError(
    "stale",
    previous.path,
    `the previous set has key epoch ${previous.epoch} and identity ${previous.identity}, this reading ${o.epoch} and ${o.identity}`,
    "start a new history for this segment",
  );
}

/** Does this error say that the previous set's file is damaged? */
export const isDamaged = (previous: Pick<MemberSet, "path"> | null, error: unknown): error is AuditorError =>
  previous !== null &&
  error instanceof AuditorError &&
  error.kind === "bad_data" &&
  error.where === previous.path;
