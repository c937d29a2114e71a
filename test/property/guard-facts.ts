/** What guards know where all is well: fresh, complete, switched on. A test changes what it is about. */
import type { Config } from "../../core/config.ts";
import type { Instant } from "../../core/model.ts";
import type { GuardFacts } from "../../sync/guard.ts";
import { audienceOf, DEST, OWNER } from "./sync-world.ts";

export function guardFacts(now: Instant, config: Config, more: Partial<GuardFacts> = {}): GuardFacts {
  const reading = {
    coverage: "complete" as const,
    asOf: now,
    takenAt: now,
    size: 1000,
    previousSize: 1000,
    readMs: 60_000,
  };
  return {
    now,
    config,
    audience: audienceOf(config),
    readings: [
      { snapshot: "s1", system: OWNER, ...reading },
      { snapshot: "s2", system: DEST, ...reading },
    ],
    touched: {},
    sends: [],
    access: { [DEST]: null },
    writes: { [DEST]: true },
    heldOut: null,
    ruleCause: null,
    override: null,
    otherPlans: [],
    baseAccepted: true,
    leftOutBy: null,
    undone: null,
    ...more,
  };
}
