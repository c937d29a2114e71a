import type { SystemConfig } from "../../core/config.ts";
import { AuditorError } from "../../core/errors.ts";
import type { RunId, Snapshot } from "../../core/model.ts";
import type { Collector, Context } from "../../core/ports.ts";
import { compileIntake } from "../../members/intake/instance.ts";
import { secondOf } from "../../members/second-identifier.ts";
import type { App } from "../app.ts";
import { keepFacts } from "../facts/keep-facts.ts";
import type { Place } from "./choose-place.ts";
import { type KeptReading, keepReading } from "./keep-reading.ts";
import { builderFor, intakeFor, type OpenSystem, openSystem } from "./open-system.ts";
import { placesOf } from "./places.ts";
import { readPlace } from "./read-place.ts";
import { readSystem, type SystemReading } from "./read-system.ts";
import { readingProgress, recordsLastTime } from "./reading-progress.ts";
import { readOrder } from "./targets.ts";

export type RunOfAudit = {
  readonly id: RunId;
  readonly trigger: Snapshot["trigger"];
  readonly keepRows: boolean;
  /** May copies be compared on the server where that is cheaper? */
  readonly pushdown: boolean;
};

export type Everything = {
  readonly kept: readonly KeptReading[];
  /** Of copies that live where their owner does, by segment: how they were read, and why. */
  readonly how: ReadonlyMap<string, string>;
};

/** Systems read at once: reading is mostly waiting for somebody else's server. */
const AT_ONCE = 3;

/** Reads every system and keeps what it holds. The caller closes the sets. */
export async function readEverything(app: App, run: RunOfAudit, context: Context): Promise<Everything> {
  const systems = readOrder(app.config);
  const how = new Map<string, string>();
  const expected = await recordsLastTime(app, systems);
  // the answer of a comparison is taken apart by compiled code only
  const places = run.pushdown && compileIntake() !== null ? await placesOf(app, systems, how, context) : [];
  const together = new Set(places.flatMap((p) => p.opened.map((o) => o.system)));
  const waiting: (SystemConfig | Place)[] = [...places, ...systems.filter((s) => !together.has(s))];
  const kept: KeptReading[] = [];
  const progress = readingProgress(expected, systems.length, (p) => {
    app.progress.current = p;
  });
  const reader = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const titles = "opened" in next ? next.opened.map((o) => o.system.title) : [next.title];
      for (const title of titles) progress.begin(title);
      kept.push(
        ...("opened" in next
          ? await readPlaceAndKeep(app, next, run, how, context, progress.read)
          : await readAndKeep(app, await openSystem(app, next), run, context, progress.read)),
      );
      for (const title of titles) progress.end(title);
    }
  };
  try {
    const readers = await Promise.allSettled(
      Array.from({ length: Math.min(AT_ONCE, systems.length) }, reader),
    );
    const failed = readers.find((r) => r.status === "rejected");
    if (failed === undefined) return { kept, how };
    for (const k of kept) await k.set?.close();
    throw failed.reason;
  } finally {
    for (const place of places) await place.close();
    for (const [segment, words] of how) app.log.info("read.pushdown", { runId: run.id, segment, how: words });
  }
}

/** What could not be read together is read system by system, as if it had not been tried. */
async function readPlaceAndKeep(
  app: App,
  place: Place,
  run: RunOfAudit,
  how: Map<string, string>,
  context: Context,
  seen: (records: number) => void,
): Promise<KeptReading[]> {
  const readings = await readPlace(app, place, run, how, context, seen);
  const kept: KeptReading[] = [];
  for (const [i, opened] of place.opened.entries())
    kept.push(...(await readAndKeep(app, opened, run, context, seen, readings?.[i])));
  return kept;
}

async function readAndKeep(
  app: App,
  { system, collector, planned }: OpenSystem,
  run: RunOfAudit,
  context: Context,
  seen: (records: number) => void,
  already?: SystemReading,
): Promise<KeptReading[]> {
  try {
    if (planned.length === 0) return [];
    const reading =
      already ??
      (await readSystem(
        system,
        collector,
        planned,
        (p) => builderFor(app, p, run.keepRows, secondOf(p.identity, collector.capabilities.identifiers)),
        context,
        seen,
        intakeFor(),
      ));
    app.warnings.set(system.id, await warningsOf(collector, context));
    const kept: KeptReading[] = [];
    for (const target of reading.targets) kept.push(await keepReading(app, run, reading, target));
    // read again after an apply: who is where matters, and what vendors limit most is not asked twice in minutes
    if (run.trigger !== "readback") await keepFacts(app, collector, reading, context);
    return kept;
  } finally {
    await collector.close();
  }
}

/** A system that cannot even say its warnings has failed its read, which is told already. */
async function warningsOf(collector: Collector, context: Context): Promise<readonly string[]> {
  try {
    return await collector.warnings(context);
  } catch (error) {
    if (error instanceof AuditorError) return [];
    throw error;
  }
}
