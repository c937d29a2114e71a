import { audienceId, type Instant, personKey, systemId } from "../../core/model.ts";
import type { PlanStore } from "../../core/ports.ts";
import { type Change, OP_ORDER, type Plan, type PlanDoc } from "../../core/repair.ts";
import { planHash } from "../../sync/hash.ts";

/** `at("06:00:00")` on 23 Nov 2026. */
export const at = (time: string): Instant => `2026-11-23T${time}.000Z` as Instant;

export function aChange(n: number, over: Partial<Change> = {}): Change {
  const op = OP_ORDER[n % OP_ORDER.length] ?? "suppress";
  return {
    n,
    system: systemId("ghost"),
    audience: audienceId("active"),
    person: personKey(n.toString(16).padStart(32, "0")),
    op,
    attribute: op === "set" ? "plan" : null,
    before: { inSegment: op === "remove", value: null, version: `v${n}` },
    rule: "not in Warehouse for 2 reads",
    reversible: op !== "suppress",
    evidence: op === "suppress" ? { system: systemId("crm"), at: at("01:00:00") } : null,
    sealed: `sealed-${n}`,
    ...over,
  };
}

export function aPlan(changes: readonly Change[], over: Partial<PlanDoc> = {}): PlanDoc {
  return {
    audience: audienceId("active"),
    incidentId: null,
    undoes: null,
    author: "Ana",
    createdAt: at("06:00:00"),
    expiresAt: at("07:00:00"),
    basedOn: [{ snapshot: "s1", system: systemId("ghost"), asOf: at("05:00:00"), size: 1000 }],
    changes,
    leftOut: [
      {
        system: systemId("ghost"),
        audience: audienceId("active"),
        person: personKey("f".repeat(32)),
        reason: "no evidence of the opt-out",
      },
    ],
    sizes: { "ghost/active": 1000 },
    place: { where: "destination", because: "no sync job is known" },
    automations: { ghost: null },
    ...over,
  };
}

/** Keeps a plan of so many changes. */
export function createPlanOf(store: PlanStore, changes: number, over: Partial<PlanDoc> = {}): Promise<Plan> {
  const doc = aPlan(
    Array.from({ length: changes }, (_, n) => aChange(n)),
    over,
  );
  return store.create(doc, planHash(doc), [], "author");
}
