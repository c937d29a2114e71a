import type { SystemConfig } from "../../core/config.ts";
import type { IdentifierKind } from "../../core/model.ts";
import type { Collector } from "../../core/ports.ts";
import type { RawIntake } from "../../core/row-plan.ts";
import { compileIntake } from "../../members/intake/instance.ts";
import { rawIntake } from "../../members/intake/intake.ts";
import { SetBuilder } from "../../members/set-builder.ts";
import type { App } from "../app.ts";
import { UNKNOWN } from "../connectors.ts";
import { countedAttributes } from "./counted-attributes.ts";
import { type PlannedTarget, targetsOf } from "./targets.ts";

/** A system whose collector is open, and what is to be read of it. */
export type OpenSystem = {
  readonly system: SystemConfig;
  readonly collector: Collector;
  readonly planned: readonly PlannedTarget[];
};

/** The caller closes the collector. */
export async function openSystem(app: App, system: SystemConfig): Promise<OpenSystem> {
  const collector = await app.collector(system);
  if (collector.capabilities !== UNKNOWN) app.capabilities.set(system.id, collector.capabilities);
  return { system, collector, planned: targetsOf(app.config, system, collector.capabilities.baseReadable) };
}

/** Rows are made of bytes by compiled code where it is there and the collector has bytes to give. */
export function intakeFor(): (builders: readonly SetBuilder[]) => RawIntake | null {
  const module = compileIntake();
  return (builders) => (module === null ? null : rawIntake(module, builders));
}

export function builderFor(
  app: App,
  planned: PlannedTarget,
  spool: boolean,
  second: IdentifierKind | null,
): SetBuilder {
  const rules = Object.fromEntries(
    app.config.attributes
      .filter((a) => planned.attributes.includes(a.name))
      .map((a) => [a.name, { values: a.values, pattern: a.pattern }]),
  );
  const required = app.config.audiences.find((a) => a.id === planned.audience)?.requiredAttributes ?? [];
  return new SetBuilder({
    identity: planned.identity,
    attributes: planned.attributes,
    required,
    rules,
    counted: countedAttributes(app.config, planned.attributes),
    keys: app.keys,
    epoch: app.epoch,
    spool,
    // Of everybody in the system the identifiers are kept; values only of those in an audience.
    enumerated: app.config.attributes.flatMap((a) =>
      planned.audience !== null && a.values !== null && a.class !== "personal" ? [a.name] : [],
    ),
    ...(planned.audience === null ? { spooled: [], records: true } : {}),
    second,
  });
}
