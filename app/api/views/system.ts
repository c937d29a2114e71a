import { overdueSince } from "../../../checks/sync-runs.ts";
import type { Config, SystemConfig } from "../../../core/config.ts";
import type { SyncRun } from "../../../core/facts.ts";
import { instant } from "../../../core/model.ts";
import type { Capabilities } from "../../../core/ports.ts";
import type { SystemFactsRow } from "../../../store/put-system-facts.ts";
import type { WriteSwitch } from "../../../store/put-write-switch.ts";
import { hasWriteAccess } from "../../repair/writes.ts";
import type { Status, SystemList } from "../contract.ts";
import type { World } from "./world.ts";

type State = Status["systems"][number];
type View = SystemList["systems"][number];

const RUNS_SHOWN = 5;
const WORSE = { complete: 0, partial: 1, unusable: 2 };

export type SystemsKnown = {
  readonly capabilities: ReadonlyMap<string, Capabilities>;
  readonly warnings: ReadonlyMap<string, readonly string[]>;
};

/** How each system was read last, in the words of the shell of every page. */
export function statesOf(world: World, known: SystemsKnown): State[] {
  return world.systems.map((system) => {
    const latest = [
      ...world.segments.filter((s) => s.system.id === system.id).map((s) => s.latest),
      world.bases.get(system.id)?.at(-1) ?? null,
    ].filter((s) => s !== null);
    const worst = latest.reduce<(typeof latest)[number] | null>(
      (w, s) => (w === null || WORSE[s.coverage] > WORSE[w.coverage] ? s : w),
      null,
    );
    const stale = world.open.find((i) => i.finding.check === "freshness" && i.finding.system === system.id);
    const times = world.segments
      .filter((s) => s.system.id === system.id)
      .flatMap((s) => (s.latestComplete === null ? [] : [s.latestComplete.takenAt]))
      .sort();
    return {
      id: system.id,
      title: system.title,
      kind: system.kind,
      sends: system.sends,
      writable: (known.capabilities.get(system.id)?.write ?? "none") !== "none",
      coverage: worst?.coverage ?? null,
      asOf: times[0] ?? null,
      stale: stale !== undefined,
      because:
        worst !== null && worst.coverage !== "complete" ? worst.because : (stale?.finding.title ?? null),
      warnings: [...(known.warnings.get(system.id) ?? [])],
    };
  });
}

export function systemListOf(
  world: World,
  config: Config,
  known: SystemsKnown,
  facts: readonly SystemFactsRow[],
  runs: readonly SyncRun[],
  switches: readonly WriteSwitch[],
): SystemList {
  const states = statesOf(world, known);
  return {
    systems: world.systems.map((s): View => {
      const state = states.find((x) => x.id === s.id);
      const told = facts.find((f) => f.system === s.id);
      const can = known.capabilities.get(s.id);
      return {
        id: s.id,
        title: s.title,
        kind: s.kind,
        sends: s.sends,
        capabilities: can === undefined ? null : capabilitiesOf(can),
        writes: hasWriteAccess(s) ? writesView(switches.find((w) => w.system === s.id)) : null,
        limitShare: limitShareOf(s),
        facts:
          told === undefined
            ? null
            : {
                readAt: told.readAt,
                liveAutomations: told.automations?.filter((a) => a.live).length ?? null,
                notes: [...told.notes],
              },
        jobs: jobsOf(world, config, s, runs),
        coverage: state?.coverage ?? null,
        asOf: state?.asOf ?? null,
        because: state?.because ?? null,
        warnings: state?.warnings ?? [],
      };
    }),
  };
}

const capabilitiesOf = (can: Capabilities): NonNullable<View["capabilities"]> => ({
  ...can,
  ops: [...can.ops],
  identifiers: [...can.identifiers],
  maxBatch: Object.fromEntries(Object.entries(can.maxBatch)),
  settle: { ...can.settle },
  cannot: [...can.cannot],
});

/** Nobody's word is off. */
const writesView = (w: WriteSwitch | undefined): View["writes"] => ({
  enabled: w?.enabled ?? false,
  by: w?.person ?? null,
  at: w?.at ?? null,
  reason: w?.reason ?? null,
});

const limitShareOf = (s: SystemConfig): number | null => ("limitShare" in s ? s.limitShare : null);

/** Two jobs may share a name where they write into different systems; what is told of the name counts for both. */
function jobsOf(world: World, config: Config, system: SystemConfig, runs: readonly SyncRun[]): View["jobs"] {
  return config.writers
    .filter((w) => w.to === system.id)
    .map((w) => {
      const mine = runs.filter((r) => r.job === w.name);
      return {
        name: w.name,
        schedule: w.schedule,
        enabled: w.enabled,
        overdueSince: overdueSince(w, mine, instant(world.now), world.timezone),
        runs: mine.slice(-RUNS_SHOWN).reverse(),
      };
    });
}
