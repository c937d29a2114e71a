import { nowOf } from "../core/clock.ts";
import { AuditorError, isKind } from "../core/errors.ts";
import type { OpenChange, Writer } from "../core/ports.ts";
import type { Change, WriteOutcome } from "../core/repair.ts";
import { at, commit, type Ended, openChange, type Run, writeContextOf, writerOf } from "./run.ts";
import { sealBefore } from "./sealed.ts";

export type Sent = {
  /** What the vendor said, by change; a change that was not sent is missing. */
  readonly answers: ReadonlyMap<number, WriteOutcome>;
  /** No further calls: the credential, the configuration or the writer itself is wrong. */
  readonly fatal: AuditorError | null;
};

/**
 * Sends changes of one system in the writer's own batches: intent committed, then the call, then those outcomes that
 * need no reading back. Ends early on a stop, on `retry` (the vendor wants us to wait) and on a refused credential.
 */
export async function send(run: Run, todo: readonly Change[]): Promise<Sent> {
  const first = todo[0];
  const answers = new Map<number, WriteOutcome>();
  if (first === undefined) return { answers, fatal: null };
  const writer = writerOf(run, first.system);
  const source = run.sources(first.system, first.audience);
  const batches = batchesOf(
    writer,
    todo.map((c) => openChange(run, c)),
  );
  if (batches instanceof AuditorError) return { answers, fatal: batches };
  for (const batch of batches) {
    if ((await run.watch.poll()) === "stop") break;
    at(run, "before_intent");
    const sealed = batch.map((c) => {
      const before = run.before.get(c.n);
      return before === undefined ? null : sealBefore(run.sealer, before);
    });
    await run.store.intent(
      run.lease,
      batch.map((c) => c.n),
      nowOf(run.clock),
      sealed,
    );
    at(run, "after_intent");
    // The commit took time: a lost lease throws here, before the call. A stop lets this one batch through.
    await run.watch.poll();
    const { outcomes, fatal } = await callVendor(run, writer, batch, () =>
      writer.apply(batch, source, writeContextOf(run)),
    );
    at(run, "after_vendor_call");
    batch.forEach((c, i) => {
      answers.set(c.n, outcomes[i] ?? UNANSWERED);
    });
    await commit(run, direct(run, batch, outcomes));
    at(run, "after_direct_outcome");
    if (fatal !== null) return { answers, fatal };
    if (outcomes.some((o) => o.status === "retry")) break;
  }
  return { answers, fatal: null };
}

const UNANSWERED: WriteOutcome = { status: "unknown", consent: false, because: "the system gave no answer" };

async function callVendor(
  run: Run,
  writer: Writer,
  batch: readonly OpenChange[],
  call: () => Promise<readonly WriteOutcome[]>,
): Promise<{ outcomes: readonly WriteOutcome[]; fatal: AuditorError | null }> {
  try {
    const outcomes = await call();
    if (outcomes.length === batch.length) return { outcomes, fatal: null };
    run.log.warn("apply.wrong_answer", {
      planId: run.planId,
      system: writer.system,
      sent: batch.length,
      answered: outcomes.length,
    });
    return { outcomes: batch.map(() => UNANSWERED), fatal: null };
  } catch (cause) {
    // A call that threw may have had its effect, in whole or in part: only reading back can tell.
    const kind = cause instanceof AuditorError ? cause.kind : "unexpected";
    run.log.warn("apply.call_failed", { planId: run.planId, system: writer.system, kind });
    const because = cause instanceof AuditorError ? cause.message : "the call failed";
    const outcomes = batch.map((): WriteOutcome => ({ status: "unknown", consent: false, because }));
    return { outcomes, fatal: isKind(cause, "auth", "config", "not_allowed", "unsupported") ? cause : null };
  }
}

/** Refused and failed are final at the first try; after one whose effect is not known, only reading back can tell. */
function direct(run: Run, batch: readonly Change[], outcomes: readonly WriteOutcome[]): readonly Ended[] {
  return batch.flatMap((change, i) => {
    const o = outcomes[i];
    return o !== undefined && isNo(o) && !run.inDoubt.has(change.n) ? [endOfNo(change, o)] : [];
  });
}

export const isNo = (o: WriteOutcome): boolean => o.status === "refused" || o.status === "failed";

export const endOfNo = (change: Change, o: WriteOutcome): Ended => ({
  change,
  end: o.status === "refused" && o.consent ? "skipped_consent" : "failed",
  because: o.because,
});

/** The writer groups; it neither adds a change nor drops one nor changes one (the plan is what was approved). */
function batchesOf(
  writer: Writer,
  changes: readonly OpenChange[],
): readonly (readonly OpenChange[])[] | AuditorError {
  const batches = writer.batches(changes);
  const given = new Set(changes);
  for (const c of batches.flat()) {
    if (!given.delete(c)) return wrong(writer, "a change that it was not given, or one twice");
  }
  return given.size > 0 ? wrong(writer, "fewer changes than it was given") : batches;
}

const wrong = (writer: Writer, what: string): AuditorError =>
  new AuditorError(
    "bad_data",
    `system ${writer.system}`,
    `its writer batched ${what}`,
    "report this as a fault of Plumbline",
  );
