import { AuditorError } from "../core/errors.ts";
import type { Change, WriteOutcome } from "../core/repair.ts";
import { tripped } from "./breaker.ts";
import { hasEffect, type Judgement, judge, loosened } from "./effect.ts";
import { askedFor, FEWEST_LOOKS, LONGEST_WAIT_MS, rest } from "./patience.ts";
import { forget, looksFor, readPeople, stateOf } from "./read-people.ts";
import { at, commit, type Ended, isVanished, openedOf, personAt, type Run } from "./run.ts";
import { endOfNo, isNo, send } from "./send.ts";
import { pause } from "./watch.ts";
import { GHOST_ACK, VANISHED } from "./words.ts";

/** Why no further round may start; null: go on. */
export type RoundEnd = { readonly stop: string; readonly fatal: AuditorError | null } | null;

/** A person read longer ago than this is read again right before the write. */
const STALE_READ_MS = 60_000;
const RETRIES = 8;
const UNKNOWN_TRIES = 3;

type Pending = { readonly change: Change; readonly answer: WriteOutcome };

/**
 * Makes changes of one operation in one system: re-reads whoever was read too long ago, sends, reads every one back,
 * and tries again where the vendor asked to wait or gave no answer. Every change that was sent has its end state when
 * this returns; those not sent are still waiting.
 */
export async function round(run: Run, changes: readonly Change[]): Promise<RoundEnd> {
  const wanted = await stillWanted(run, changes);
  if (typeof wanted === "string") return { stop: wanted, fatal: null };
  let todo = wanted;
  const tries = new Map<number, number>();
  while (todo.length > 0) {
    for (const c of todo) remember(run, c);
    const { answers, fatal } = await send(run, todo);
    const look: Pending[] = [];
    const waiting: Pending[] = [];
    for (const change of todo) {
      const answer = answers.get(change.n);
      if (answer === undefined || (isNo(answer) && !run.inDoubt.has(change.n))) continue;
      (answer.status === "retry" ? waiting : look).push({ change, answer });
    }
    const unseen = await readBack(run, look);
    const again: Pending[] = [];
    const spent: Pending[] = [];
    for (const p of [...waiting, ...unseen])
      (isSpent(run, p, tries) || fatal !== null ? spent : again).push(p);
    await lastLook(run, spent);
    at(run, "after_round");
    const trip = fatal?.message ?? tripped(run.tally, run.found.loosened);
    if (trip !== null) {
      await lastLook(run, again);
      return { stop: trip, fatal };
    }
    const unsent = todo.filter((c) => !answers.has(c.n));
    todo = [...again.map((p) => p.change), ...unsent].sort((a, b) => a.n - b.n);
    if (waiting.length > 0 && todo.length > 0) await wait(run, waitOf(waiting, tries), changes);
    if (todo.length > 0 && (await run.watch.poll()) === "stop") {
      await lastLook(run, again);
      return null;
    }
    // a wait may have taken minutes, and people opt out meanwhile
    const still = await stillWanted(run, todo);
    if (typeof still === "string") {
      await lastLook(run, again);
      return { stop: still, fatal: null };
    }
    todo = [...still];
  }
  return null;
}

/** As long as the system asks for, or not at all where that is longer than an apply waits. */
async function wait(run: Run, ms: number, [first]: readonly Change[]): Promise<void> {
  if (ms > LONGEST_WAIT_MS && first !== undefined && (await run.watch.poll()) === "go")
    await rest(run, first.system, ms);
  await pause(run.sleep, ms, run.watch.halt);
}

/** Consent and membership may have moved while earlier rounds ran. Answers why nobody can be read, in words. */
async function stillWanted(run: Run, changes: readonly Change[]): Promise<readonly Change[] | string> {
  const now = run.clock.now().getTime();
  const old = changes.filter((c) => now - (run.states.get(personAt(c))?.at ?? 0) > STALE_READ_MS);
  if (old.length === 0) return changes;
  const unreadable = await tryRead(run, old);
  if (unreadable !== null) return unreadable;
  const ended: Ended[] = [];
  const wanted = changes.filter((change) => {
    const j = judge(change, openedOf(run, change), stateOf(run, change));
    if (!j.run) ended.push(endUnwritten(run, change, j));
    return j.run;
  });
  await commit(run, ended);
  return wanted;
}

/** A change that is so already although an earlier try of ours had no answer is our own doing. */
export function endUnwritten(run: Run, change: Change, j: Exclude<Judgement, { run: true }>): Ended {
  const ours = j.end === "already_so" && run.inDoubt.has(change.n);
  return { change, end: ours ? "applied" : j.end, because: j.because };
}

/** What was there before the first try is what an undo restores; a second try does not overwrite it. */
function remember(run: Run, change: Change): void {
  const state = stateOf(run, change);
  if (run.before.has(change.n) || state === null) return;
  const value = change.attribute === null ? null : (state.attributes[change.attribute] ?? null);
  run.before.set(change.n, {
    found: state.found,
    inSegment: state.inSegment,
    consent: state.consent,
    mailable: state.mailable,
    value,
  });
}

/** Reads back until every effect is seen, or was looked for long enough. Answers those without a visible effect and without an answer. */
async function readBack(run: Run, sent: readonly Pending[]): Promise<readonly Pending[]> {
  const unanswered: Pending[] = [];
  let look = sent;
  const waits = looksFor(
    run,
    sent.map((p) => p.change),
  );
  for (const [n, wait] of waits.entries()) {
    if (look.length === 0) break;
    const changes = look.map((p) => p.change);
    await pause(run.sleep, wait, run.watch.firm);
    at(run, "before_read_back");
    const because = await tryRead(run, changes);
    at(run, "after_read_back");
    const ended: Ended[] = [];
    const open: Pending[] = [];
    for (const p of look) {
      const e = endOf(run, p, because, because !== null || isLast(run, p, n, waits.length));
      if (e !== null) ended.push(e);
      else if (p.answer.status === "unknown" && isLast(run, p, n, waits.length)) unanswered.push(p);
      else open.push(p);
    }
    await commit(run, ended);
    if (ended.length > 0) at(run, "after_outcome");
    look = open;
  }
  return unanswered;
}

/** Whoever acknowledged has all the time that the system may need; without an answer, or a reading, waiting tells little. */
const isLast = (run: Run, { change, answer }: Pending, n: number, looks: number): boolean =>
  n === looks - 1 ||
  (n >= FEWEST_LOOKS - 1 && (answer.status === "unknown" || stateOf(run, change) === null));

async function tryRead(run: Run, changes: readonly Change[]): Promise<string | null> {
  try {
    await readPeople(run, changes, run.watch.firm);
    return null;
  } catch (cause) {
    // Lost lease and shutdown end the run; any other failure leaves an effect that nobody can see.
    const go = (await run.watch.poll()) === "go";
    const asked = askedFor(cause);
    if (asked !== null && go && cause instanceof AuditorError) await rest(run, cause.where, asked);
    forget(run, changes);
    run.log.warn("apply.read_back_failed", { planId: run.planId, people: changes.length });
    return cause instanceof Error ? cause.message : "reading failed";
  }
}

function endOf(run: Run, p: Pending, unreadable: string | null, last: boolean): Ended | null {
  const { change, answer } = p;
  const state = stateOf(run, change);
  if (state === null)
    return last ? { change, end: "unknown", because: unreadable ?? "could not be read back" } : null;
  const before = run.before.get(change.n);
  if (isVanished(run, change, before, state))
    return last ? { change, end: "unknown", because: VANISHED } : null;
  if (before !== undefined && loosened(before, state)) {
    run.found.loosened += 1;
    run.log.warn("apply.consent_loosened", { planId: run.planId, system: change.system, n: change.n });
    return {
      change,
      end: hasEffect(change, openedOf(run, change).value, state) ? "applied" : "failed",
      because: "consent was loosened",
    };
  }
  if (hasEffect(change, openedOf(run, change).value, state)) {
    const ours = answer.status !== "noop" || run.inDoubt.has(change.n);
    return { change, end: ours ? "applied" : "already_so", because: null };
  }
  if (!last || answer.status === "unknown") return null;
  if (isNo(answer)) return endOfNo(change, answer);
  run.found.ghostAcks += 1;
  return { change, end: "failed", because: GHOST_ACK };
}

function isSpent(run: Run, p: Pending, tries: Map<number, number>): boolean {
  const n = (tries.get(p.change.n) ?? 0) + 1;
  tries.set(p.change.n, n);
  // From now on a `noop` may be our own first try.
  run.inDoubt.add(p.change.n);
  return n >= (p.answer.status === "retry" ? RETRIES : UNKNOWN_TRIES);
}

/** These are not tried again. Whatever was answered, what is there in the end decides how they end. */
async function lastLook(run: Run, spent: readonly Pending[]): Promise<void> {
  let look = spent;
  const waits = looksFor(
    run,
    spent.map((p) => p.change),
  );
  for (const [n, wait] of waits.entries()) {
    if (look.length === 0) return;
    await pause(run.sleep, wait, run.watch.firm);
    const unreadable = await tryRead(
      run,
      look.map((p) => p.change),
    );
    const ended: Ended[] = [];
    const open: Pending[] = [];
    for (const p of look) {
      // `retry` is the system's own word that nothing happened
      const enough = p.answer.status === "retry" ? FEWEST_LOOKS : waits.length;
      const last = unreadable !== null || n === enough - 1;
      const seen = endOf(run, { ...p, answer: { ...p.answer, status: "unknown" } }, unreadable, last);
      if (seen !== null) ended.push(seen);
      else if (last) ended.push({ change: p.change, end: "failed", because: notDone(p) });
      else open.push(p);
    }
    await commit(run, ended);
    look = open;
  }
}

const notDone = ({ answer }: Pending): string =>
  `not carried out: ${answer.because ?? "the system asked to wait or gave no answer"}`;

/** Milliseconds that the system asks for, else our own, doubled with each try. */
function waitOf(waiting: readonly Pending[], tries: ReadonlyMap<number, number>): number {
  const asked = Math.max(...waiting.map((p) => p.answer.retryAfterMs ?? 0));
  const tried = Math.max(...waiting.map((p) => tries.get(p.change.n) ?? 1));
  return asked > 0 ? asked : Math.min(1_000 * 2 ** (tried - 1), LONGEST_WAIT_MS);
}
