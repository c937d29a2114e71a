import { AuditorError } from "../../core/errors.ts";
import type { Context, OpenChange, Writer } from "../../core/ports.ts";
import type { WriteOutcome } from "../../core/repair.ts";
import { CAPABILITIES, DEST, keyOf, mailOf } from "../property/sync-world.ts";
import type { Judge } from "./judge.ts";
import type { Process, Scheduler } from "./scheduler.ts";
import { mailOfChange, type SimVendor } from "./vendor.ts";
import { call, type Fate } from "./wire.ts";

/** Ways in which a write call, or one change of it, fares. */
const FATES = [
  "fine",
  "rate_limited", // no effect, asked to wait
  "lost_before", // no answer, no effect
  "lost_after", // no answer, all of its effect
  "timeout_before",
  "timeout_after",
  "throws_midway", // an effect for some, then the connection breaks
  "some_fail", // index-aligned: some are refused or fail
  "ghost", // acknowledged, no effect
  "job", // accepted, done a little later
  "job_fails", // accepted, never done
  "short_answer", // fewer answers than changes
  "lies_retry", // says "ask later", and has done it
] as const;
export type WriteFate = (typeof FATES)[number];

export type VendorMood = {
  readonly fates: Record<WriteFate, number>;
  /** Share of reads that fail, and of people that a read leaves out. */
  readFails: number;
  readHoles: number;
  /** Milliseconds that reads may be behind writes, at most. */
  lagMs: number;
  downUntil: number;
};

export type Seat = {
  readonly s: Scheduler;
  readonly process: Process;
  readonly vendor: SimVendor;
  readonly judge: Judge;
  readonly mood: VendorMood;
  readonly planId: number;
  /** One call for each change, as Ghost; or one for many, as Klaviyo. */
  readonly oneByOne: boolean;
};

const said = (status: WriteOutcome["status"], more: Partial<WriteOutcome> = {}): WriteOutcome => ({
  status,
  consent: false,
  because: status,
  ...more,
});
const broke = (): AuditorError =>
  new AuditorError("transient", "vendor", "the connection broke", "try again");
const number = new Map(Array.from({ length: 1_000 }, (_, i) => [keyOf(i) as string, i]));

/** The API of the vendor as one process speaks to it: reads that lag and fail, writes that fare as the mood has it. */
export function simWriter(seat: Seat): Writer {
  return {
    system: DEST,
    capabilities: CAPABILITIES,
    batches: (changes) =>
      Array.from({ length: Math.ceil(changes.length / 10) }, (_, i) => changes.slice(i * 10, i * 10 + 10)),
    readBack: (people) =>
      read(
        seat,
        people.map((p) => mailOf(number.get(p.person) ?? -1)),
      ),
    async apply(batch, _, context) {
      // as the real writers do: look, then write, each a request of its own
      try {
        await read(seat, batch.map(mailOfChange), false);
      } catch (e) {
        if (!(e instanceof AuditorError)) throw e;
        return batch.map(() => said("retry", { because: "not sent" }));
      }
      if (!seat.oneByOne) return write(seat, batch, context);
      const outcomes: WriteOutcome[] = [];
      for (const c of batch) {
        const last = outcomes.at(-1);
        outcomes.push(
          last?.status === "retry" ? last : ((await write(seat, [c], context))[0] ?? said("unknown")),
        );
      }
      seat.judge.settled(seat.planId, retried(batch, outcomes));
      return outcomes;
    },
    automations: async () => [],
    probe: async () => undefined,
    close: async () => undefined,
  };
}

const retried = (batch: readonly OpenChange[], outcomes: readonly WriteOutcome[]): readonly number[] =>
  batch.flatMap((c, i) => (outcomes[i]?.status === "retry" ? [c.n] : []));

function read({ s, process, vendor, judge, mood, planId }: Seat, mails: readonly string[], counts = true) {
  const r = s.random;
  const fails = s.now < mood.downUntil || r.chance(mood.readFails);
  const fate: Fate = {
    there: r.between(20, 200),
    back: r.between(20, 200),
    error: fails ? broke() : null,
    effect: !fails,
  };
  const lag = mood.lagMs === 0 ? 0 : r.between(0, mood.lagMs);
  return call(s, process, `vendor.read ${mails.length}`, fate, () => {
    const states = mails.map((m) => (r.chance(mood.readHoles) ? null : vendor.read(m, lag)));
    const doc = judge.plans.get(planId);
    const known = new Set(mails.filter((_, i) => states[i] !== null));
    if (counts && doc !== undefined)
      judge.settled(
        planId,
        doc.changes.filter((c) => known.has(mailOf(number.get(c.person) ?? -1))).map((c) => c.n),
      );
    return states;
  });
}

/** One write request for these changes. */
async function write(
  seat: Seat,
  batch: readonly OpenChange[],
  context: Context,
): Promise<readonly WriteOutcome[]> {
  const { s, process, judge, mood, planId } = seat;
  if (context.signal.aborted || s.now < mood.downUntil) {
    return batch.map(() => said("retry", { because: "not sent" }));
  }
  judge.sent(process, planId, batch);
  const how = s.random.weighted(mood.fates);
  const what = `vendor.write ${how} ${batch.map((c) => `${c.op}:${c.n}`).join(",")}`;
  const answered = call(s, process, what, fateOf(s, how), () => effect(seat, batch, how));
  const gone = Symbol("stopped");
  let stop = (): void => undefined;
  const stopped = new Promise<typeof gone>((resolve) => {
    stop = () => resolve(gone);
    context.signal.addEventListener("abort", stop, { once: true });
  });
  try {
    const answer = await Promise.race([answered, stopped]);
    // whoever hangs up does not know what the other side did
    if (answer === gone) return batch.map(() => said("unknown", { because: "stopped" }));
    judge.settled(planId, retried(batch, answer));
    return answer;
  } finally {
    context.signal.removeEventListener("abort", stop);
    answered.catch(() => undefined);
  }
}

function fateOf(s: Scheduler, how: WriteFate): Fate {
  const r = s.random;
  const there = r.between(20, 800);
  const slow = how.startsWith("timeout");
  const back = slow ? 10_000 - there : r.between(20, 1_000);
  const effect = how !== "lost_before" && how !== "timeout_before";
  const error = ["timeout_before", "timeout_after", "throws_midway"].includes(how) ? broke() : null;
  return { there, back, error: error ?? (effect ? null : broke()), effect };
}

/** What the vendor does, and what it says. */
function effect(seat: Seat, batch: readonly OpenChange[], how: WriteFate): readonly WriteOutcome[] {
  const r = seat.s.random;
  const done = (c: OpenChange): WriteOutcome => {
    const change = seat.vendor.write(c);
    if (change !== null) seat.judge.mutated(seat.planId, c, change.before, change.after);
    return said(change === null ? "noop" : "applied");
  };
  switch (how) {
    case "rate_limited": {
      const wait = r.pick([null, 0, 2_000, 60_000, 500_000]);
      return batch.map(() => said("retry", { retryAfterMs: wait }));
    }
    case "throws_midway":
      return batch.slice(0, r.between(0, batch.length)).map(done);
    case "some_fail":
      return batch.map((c) =>
        r.chance(0.7) ? done(c) : said(r.pick(["refused", "failed"]), { consent: r.chance(0.3) }),
      );
    case "ghost":
      return batch.map(() => said("applied"));
    case "job_fails":
      return batch.map(() => said("accepted"));
    case "job":
      for (const c of batch) seat.s.in(r.between(100, 1_500), null, `job does ${c.op}:${c.n}`, () => done(c));
      return batch.map(() => said("accepted"));
    case "short_answer":
      return batch.map(done).slice(1);
    case "lies_retry":
      return batch.map((c) => {
        done(c);
        return said("retry");
      });
    case "lost_after":
      return batch.map((c) => {
        done(c);
        return said("unknown");
      });
    default:
      return batch.map(done);
  }
}
