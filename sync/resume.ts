import { AuditorError } from "../core/errors.ts";
import type { Change, ChangeProgress } from "../core/repair.ts";
import { hasEffect, judge, loosened } from "./effect.ts";
import { askedFor, rest } from "./patience.ts";
import { forget, looksFor, readPeople, settle, stateOf } from "./read-people.ts";
import { endUnwritten } from "./round.ts";
import { at, commit, type Ended, isVanished, openedOf, type Run } from "./run.ts";
import { openSealedBefore } from "./sealed.ts";
import { pause } from "./watch.ts";
import { VANISHED } from "./words.ts";

/**
 * Settles what a crash left in doubt: read back, then record, or leave it to be tried again. What cannot be read ends
 * `unknown`, for a person to decide.
 *
 * @returns why the plan cannot go on, in words; null when it can
 */
export async function settleInDoubt(run: Run, progress: readonly ChangeProgress[]): Promise<string | null> {
  const doubts = new Map(progress.filter((p) => p.inDoubt).map((p) => [p.n, p]));
  const changes = run.plan.doc.changes.filter((c) => doubts.has(c.n));
  if (changes.length === 0) return null;
  for (const c of changes) {
    run.inDoubt.add(c.n);
    const sealed = doubts.get(c.n)?.undoSealed ?? null;
    if (sealed !== null) run.before.set(c.n, openSealedBefore(run.sealer, sealed));
  }
  await settle(run, changes);
  const unreadable = await readAll(run, changes, run.watch.firm);
  at(run, "after_in_doubt_read");
  const ended: Ended[] = [];
  for (const change of changes) {
    const state = stateOf(run, change);
    const before = run.before.get(change.n);
    const value = openedOf(run, change).value;
    if (state === null)
      ended.push({
        change,
        end: "unknown",
        because: unreadable ?? "interrupted, and could not be read back",
      });
    else if (before !== undefined && loosened(before, state)) {
      run.found.loosened += 1;
      ended.push({
        change,
        end: hasEffect(change, value, state) ? "applied" : "failed",
        because: "consent was loosened",
      });
    } else if (isVanished(run, change, before, state))
      ended.push({ change, end: "unknown", because: VANISHED });
    else if (hasEffect(change, value, state)) ended.push({ change, end: "applied", because: null });
  }
  await commit(run, ended);
  at(run, "after_in_doubt_outcome");
  return unreadable;
}

/**
 * The plan ends here although some changes are still in doubt (a stop right after a crash): nothing of them is tried
 * again, and what is there now decides how they end.
 */
export async function closeDoubts(run: Run): Promise<void> {
  const doubts = new Set((await run.store.progress(run.planId)).filter((p) => p.inDoubt).map((p) => p.n));
  const changes = run.plan.doc.changes.filter((c) => doubts.has(c.n));
  if (changes.length === 0) return;
  let open = changes;
  for (const wait of looksFor(run, changes)) {
    if (open.length === 0) return;
    await pause(run.sleep, wait, run.watch.firm);
    const unreadable = await readAll(run, open, run.watch.firm, false);
    const seen = open.filter((c) => isSeen(run, c));
    await commit(
      run,
      seen.map((change) => ({ change, end: "applied", because: null })),
    );
    open = open.filter((c) => !seen.includes(c));
    if (unreadable !== null) break;
  }
  const ended = open.map((change): Ended => {
    const state = stateOf(run, change);
    if (state === null) return { change, end: "unknown", because: "interrupted, and could not be read back" };
    if (isVanished(run, change, run.before.get(change.n), state))
      return { change, end: "unknown", because: VANISHED };
    return { change, end: "failed", because: "interrupted before it was done, and not tried again" };
  });
  await commit(run, ended);
}

function isSeen(run: Run, change: Change): boolean {
  const state = stateOf(run, change);
  return (
    state !== null &&
    !isVanished(run, change, run.before.get(change.n), state) &&
    hasEffect(change, openedOf(run, change).value, state)
  );
}

/**
 * Reads everyone who still waits and ends those whose change is not needed or not allowed any more.
 *
 * @returns the changes to make, or why nothing can be made, in words
 */
export async function preflight(run: Run, waiting: readonly Change[]): Promise<readonly Change[] | string> {
  const unreadable = await readAll(run, waiting, run.watch.halt);
  if (unreadable !== null) return unreadable;
  at(run, "after_preflight_read");
  const wanted: Change[] = [];
  const ended: Ended[] = [];
  for (const change of waiting) {
    const j = judge(change, openedOf(run, change), stateOf(run, change));
    if (j.run) wanted.push(change);
    else ended.push(endUnwritten(run, change, j));
  }
  await commit(run, ended);
  at(run, "after_preflight_outcome");
  return wanted;
}

async function readAll(
  run: Run,
  changes: readonly Change[],
  signal: AbortSignal,
  mayRest = true,
): Promise<string | null> {
  try {
    await readPeople(run, changes, signal);
    return null;
  } catch (cause) {
    const go = (await run.watch.poll()) === "go";
    const asked = askedFor(cause);
    if (asked !== null && go && mayRest && cause instanceof AuditorError) await rest(run, cause.where, asked);
    forget(run, changes);
    return cause instanceof Error ? cause.message : "reading failed";
  }
}
