import type { SystemConfig } from "../../core/config.ts";
import { AuditorError } from "../../core/errors.ts";
import { type Instant, instant, type TargetEnd } from "../../core/model.ts";
import type { Collector, Context, Traffic } from "../../core/ports.ts";
import type { RawIntake } from "../../core/row-plan.ts";
import type { SetBuilder } from "../../members/set-builder.ts";
import { errorText } from "../log.ts";
import type { PlannedTarget } from "./targets.ts";

export type TargetReading = {
  readonly planned: PlannedTarget;
  readonly builder: SetBuilder;
  /** null: the read stopped before this target's end, so it is partial. */
  end: TargetEnd | null;
  /** Oldest truth among its pages; null: no page at all. */
  asOf: Instant | null;
};

export type SystemReading = {
  readonly system: SystemConfig;
  readonly targets: readonly TargetReading[];
  readonly startedAt: Instant;
  readonly durationMs: number;
  /** Requests that the read made; null: none that are counted. */
  readonly traffic: Traffic | null;
  /** What ended the whole read early; null when it ran to its end. */
  readonly failure: AuditorError | null;
};

/** Reads one system to its end. Never throws for what the system does: that becomes `failure` and partial targets. */
export async function readSystem(
  system: SystemConfig,
  collector: Pick<Collector, "read" | "traffic">,
  planned: readonly PlannedTarget[],
  makeBuilder: (p: PlannedTarget) => SetBuilder,
  context: Context,
  seen: (records: number) => void = () => undefined,
  intakeFor: (builders: readonly SetBuilder[]) => RawIntake | null = () => null,
): Promise<SystemReading> {
  const started = context.clock.now();
  const before = collector.traffic?.() ?? null;
  const targets = planned.map(
    (p): TargetReading => ({ planned: p, builder: makeBuilder(p), end: null, asOf: null }),
  );
  let failure: AuditorError | null = null;
  const intake = intakeFor(targets.map((t) => t.builder));
  try {
    for await (const page of collector.read(
      planned.map((p) => p.target),
      intake === null ? context : { ...context, intake },
    )) {
      context.signal.throwIfAborted();
      let records = 0;
      for (const taken of page.taken ?? []) {
        records += taken.records;
        const reading = targets[taken.target];
        if (reading !== undefined && taken.records > 0) reading.asOf = earlier(reading.asOf, page.asOf);
      }
      for (const row of page.items) {
        records += row.of.length;
        for (const index of row.of) {
          const reading = targets[index];
          if (reading === undefined) continue;
          reading.builder.add(row);
          reading.asOf = earlier(reading.asOf, page.asOf);
        }
      }
      seen(records);
      for (const end of page.ends) {
        const reading = targets[end.target];
        if (reading === undefined) continue;
        reading.end = end;
        reading.asOf = earlier(reading.asOf, page.asOf);
      }
    }
  } catch (error) {
    if (context.signal.aborted)
      throw new AuditorError("interrupted", system.id, "the read was interrupted", "run it again", {
        cause: error,
      });
    failure = asAuditorError(error, system);
    context.log.warn("read.failed", {
      system: system.id,
      kind: failure.kind,
      message: failure.message,
      ...(failure === error ? {} : { at: errorText(error) }),
    });
  }
  return {
    system,
    targets,
    startedAt: instant(started),
    durationMs: context.clock.now().getTime() - started.getTime(),
    traffic: before === null ? null : since(before, collector.traffic?.() ?? before),
    failure,
  };
}

const since = (before: Traffic, now: Traffic): Traffic => ({
  requests: now.requests - before.requests,
  throttled: now.throttled - before.throttled,
  waitedMs: now.waitedMs - before.waitedMs,
});

const earlier = (a: Instant | null, b: Instant): Instant => (a === null || b < a ? b : a);

function asAuditorError(error: unknown, system: SystemConfig): AuditorError {
  if (error instanceof AuditorError) return error;
  return new AuditorError(
    "permanent",
    system.id,
    "the reader failed in a way that it should not",
    "report this with the log of this run",
    { cause: error },
  );
}
