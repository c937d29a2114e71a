import { nowOf } from "../core/clock.ts";
import { AuditorError } from "../core/errors.ts";
import type { Lease } from "../core/ports.ts";
import type { Change, ChangeProgress, EndState, Plan, PlanState } from "../core/repair.ts";
import { isExpired, loadPlan, whyNotAdmitted } from "./admit.ts";
import { drifted, emptyTally, tripped } from "./breaker.ts";
import { approvedMost, mostOf, overMost } from "./most.ts";
import { closeDoubts, preflight, settleInDoubt } from "./resume.ts";
import { round } from "./round.ts";
import { type ApplyInput, at, type Run } from "./run.ts";
import { openSealedChange } from "./sealed.ts";
import { verifiedText, verifyApplied } from "./verify.ts";
import { watch } from "./watch.ts";

export type ApplyResult = {
  readonly state: PlanState;
  readonly because: string | null;
  readonly counts: Readonly<Record<EndState | "waiting" | "in_doubt", number>>;
  /** Calls that were acknowledged and changed nothing; each is a finding. */
  readonly ghostAcks: number;
  /** People for whom consent was loosened; anything but 0 stops the plan and needs a person at once. */
  readonly loosened: number;
  /** `n` of changes that somebody turned back before the plan ended. */
  readonly reverted: readonly number[];
};

const CANARY = 25;
const ROUND = 200;

/**
 * Carries out an approved plan, or goes on with one that was interrupted: the same function, since what was done is
 * read from the journal. Takes the plan's lease, re-reads everyone, writes in small rounds (25 first), reads every
 * change back, and stops by itself when too many fail or anyone's consent is loosened. See docs/repair.md.
 *
 * @throws refused when another process holds the lease or the plan is not the approved one; interrupted when `signal`
 *   is aborted (the plan stays `applying`); stale when the lease is lost; whatever the store throws
 */
export async function applyPlan(i: ApplyInput): Promise<ApplyResult> {
  await loadPlan(i);
  const lease = await i.store.acquire(i.planId, i.holder, i.safeguards.leaseSeconds);
  if (lease === null) {
    throw new AuditorError(
      "refused",
      `PL-${i.planId}`,
      "another process is applying it",
      "wait for it; if it died, its lease ends by itself",
    );
  }
  const watching = watch({ ...i, lease, leaseSeconds: i.safeguards.leaseSeconds });
  try {
    at(i, "after_acquire");
    // Read again under the lease: the holder before us may have finished it.
    const plan = await loadPlan(i);
    i.onHeld?.();
    return await carryOut(i, plan, lease, watching);
  } finally {
    await watching.end();
    await giveBack(i, lease);
  }
}

/** Goes on with a plan that a crash or a shutdown interrupted. */
export const resumePlan = applyPlan;

async function carryOut(
  i: ApplyInput,
  plan: Plan,
  lease: Lease,
  watching: Run["watch"],
): Promise<ApplyResult> {
  const ended = { planId: plan.id, ghostAcks: 0, loosened: 0, reverted: [] };
  const finish = async (
    state: PlanState,
    because: string | null,
    run: Pick<Run, "found"> | null,
    reverted: readonly number[] = [],
  ): Promise<ApplyResult> => {
    if (
      !(await i.store.move(
        plan.id,
        ["approved", "applying", "verifying"],
        state,
        nowOf(i.clock),
        because,
        lease,
      ))
    ) {
      throw new AuditorError("stale", `PL-${plan.id}`, `could not become ${state}`, "load it again");
    }
    i.log.info("apply.ended", { planId: plan.id, state });
    return { ...ended, ...run?.found, state, because, reverted, counts: await i.store.counts(plan.id) };
  };

  if (plan.state === "approved") {
    if (isExpired(i, plan)) return finish("expired", "it expired before it was applied", null);
    if (!(await i.store.move(plan.id, ["approved"], "applying", nowOf(i.clock), null, lease))) {
      throw new AuditorError("stale", `PL-${plan.id}`, "it is not approved any more", "load it again");
    }
    at(i, "after_move_applying");
  }
  const progress = await i.store.progress(plan.id);
  if (plan.state !== "verifying" && progress.every((p) => p.end === null && !p.inDoubt)) {
    // Only after the move, so that of two plans that start together each sees the other; and again on a resume.
    const refused = await whyNotAdmitted(i, plan);
    if (refused !== null) return finish("refused", refused, null);
  }
  const run = startRun(i, plan, lease, watching, progress);
  i.log.info("apply.started", {
    planId: plan.id,
    changes: plan.doc.changes.length,
    resumed: plan.state !== "approved",
  });
  if (plan.state !== "verifying") {
    const stopped = await writeAll(run, progress);
    if (stopped !== null) {
      await closeDoubts(run);
      return finish(stopped.state, stopped.because, run);
    }
    await i.store.move(plan.id, ["applying"], "verifying", nowOf(i.clock), null, lease);
    at(run, "after_move_verifying");
  }
  const verified = await verifyApplied(run);
  at(run, "after_verify_read");
  at(run, "before_done");
  const result = await finish("done", verifiedText(verified), run, verified.reverted);
  at(run, "after_done");
  return result;
}

function startRun(
  i: ApplyInput,
  plan: Plan,
  lease: Lease,
  watching: Run["watch"],
  progress: readonly ChangeProgress[],
): Run {
  const tally = emptyTally();
  for (const p of progress) if (p.end !== null) tally[p.end] += 1;
  return {
    ...i,
    plan,
    lease,
    tally,
    watch: watching,
    opened: new Map(plan.doc.changes.map((c) => [c.n, openSealedChange(i.sealer, c.sealed)])),
    states: new Map(),
    before: new Map(),
    inDoubt: new Set(),
    found: { ghostAcks: 0, loosened: 0 },
  };
}

/** Nothing is under way any more. A lease that cannot be given back (the database is gone) ends by itself. */
async function giveBack(i: ApplyInput, lease: Lease): Promise<void> {
  try {
    await i.store.release(lease);
  } catch (cause) {
    i.log.warn("apply.release_failed", {
      planId: lease.planId,
      kind: cause instanceof AuditorError ? cause.kind : "unexpected",
    });
  }
}

type Stopped = { readonly state: "stopped" | "stale"; readonly because: string };
const stop = (because: string): Stopped => ({ state: "stopped", because });

/** Everything from the re-read to the last round. Null: every change has its end state. */
async function writeAll(run: Run, progress: readonly ChangeProgress[]): Promise<Stopped | null> {
  const unsettled = await settleInDoubt(run, progress);
  if (unsettled !== null) return stop(await whyStopped(run, unsettled));
  const trip = tripped(run.tally, run.found.loosened);
  if (trip !== null) return stop(trip);
  if (isExpired(run, run.plan) && run.plan.state === "applying")
    return stop("it was interrupted for too long; draft it again");
  if ((await run.watch.poll()) === "stop") return stop(await whyStopped(run, "stopped"));

  const done = new Set((await run.store.progress(run.planId)).filter((p) => p.end !== null).map((p) => p.n));
  const wanted = await preflight(
    run,
    run.plan.doc.changes.filter((c) => !done.has(c.n)),
  );
  if (typeof wanted === "string") return stop(await whyStopped(run, wanted));
  // An undo rests on the journal and not on a read: what others changed since stays theirs, and the rest is taken back.
  const isUndo = run.plan.doc.undoes !== null;
  const drift = isUndo ? null : drifted(run.tally.skipped_drift, run.plan.doc.changes.length);
  if (drift !== null) return { state: "stale", because: drift };

  // Whatever came to be in `wanted`, no more is written than somebody approved.
  const begun = new Set(
    progress.filter((p) => p.undoSealed !== null || p.inDoubt || p.end === "failed").map((p) => p.n),
  );
  const beyond = overMost(
    mostOf([...run.plan.doc.changes.filter((c) => begun.has(c.n)), ...wanted.filter((c) => !begun.has(c.n))]),
    approvedMost(run.plan),
  );
  if (beyond !== null) return stop(`more than was approved: ${beyond}`);

  for (const changes of roundsOf(wanted, run.canary ?? CANARY)) {
    if ((await run.watch.poll()) === "stop") return stop(await whyStopped(run, "stopped"));
    const end = await round(run, changes);
    if (end !== null) return stop(await whyStopped(run, end.stop));
  }
  // A stop that came during the last round leaves nothing behind when that round finished.
  const counts = await run.store.counts(run.planId);
  if (counts.waiting + counts.in_doubt === 0) return null;
  return stop(await whyStopped(run, "stopped"));
}

/** Runs of one operation in one system, in the plan's order; the first of each is the canary. */
export function roundsOf(changes: readonly Change[], canary: number): readonly (readonly Change[])[] {
  const rounds: Change[][] = [];
  const begun = new Set<string>();
  let last: { kind: string; changes: Change[]; limit: number } | null = null;
  for (const c of changes) {
    const kind = `${c.op} ${c.system}`;
    if (last === null || last.kind !== kind || last.changes.length >= last.limit) {
      last = { kind, changes: [], limit: begun.has(kind) ? ROUND : canary };
      begun.add(kind);
      rounds.push(last.changes);
    }
    last.changes.push(c);
  }
  return rounds;
}

/** A person's stop is named; everything else speaks for itself. */
async function whyStopped(run: Run, because: string): Promise<string> {
  if ((await run.watch.poll()) === "go") return because;
  const by = (await run.store.get(run.planId))?.stopRequestedBy;
  return by == null ? because : `stopped by ${by}`;
}
