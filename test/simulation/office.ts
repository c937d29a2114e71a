import type { Config, Person, Safeguards } from "../../core/config.ts";
import { AuditorError } from "../../core/errors.ts";
import { type Instant, instant } from "../../core/model.ts";
import type { PlanStore } from "../../core/ports.ts";
import type { Plan, PlanDoc } from "../../core/repair.ts";
import { confirmText, mayApply, mayApprove } from "../../sync/approve.ts";
import { DAY_MS, type GuardFacts, type GuardReading, runGuards } from "../../sync/guard.ts";
import { planHash } from "../../sync/hash.ts";
import { guardFacts } from "../property/guard-facts.ts";
import { AUDIENCE, DEST, draft, OWNER, type Twin } from "../property/sync-world.ts";
import type { Judge } from "./judge.ts";
import type { Random } from "./random.ts";

/**
 * The steps of app/repair/repair.ts around the pure core, without Postgres and HTTP: draft, guard, approve, begin. What
 * decides is the product's own (draftPlan, runGuards, mayApprove, mayApply).
 */
export type Office = {
  readonly store: PlanStore;
  readonly config: Config;
  readonly now: () => Instant;
  /** The latest readings, as the audit keeps them. */
  readonly readings: () => readonly GuardReading[];
};

export const ANA: Person = { name: "Ana", role: "editor" } as Person;
export const BEN: Person = { name: "Ben", role: "approver" } as Person;

/** What one look at both copies gave, whole or not. */
export type Reading = { readonly twins: readonly Twin[]; readonly readings: readonly GuardReading[] };

const KINDS = { whole: 14, half_of_owner: 1, half_of_copy: 1, empty_owner: 1, shrunk_owner: 1 } as const;

/** Reads everyone; now and then it is a bad read, and says so only where a collector would notice. */
export function look(
  r: Random,
  truth: readonly Twin[],
  now: Instant,
): Reading & { readonly kind: keyof typeof KINDS } {
  const kind = r.weighted(KINDS);
  const half = (): boolean => r.chance(0.5);
  const twins = truth.map((t): Twin => {
    if (kind === "empty_owner") return { ...t, owner: null };
    if ((kind === "half_of_owner" || kind === "shrunk_owner") && half()) return { ...t, owner: null };
    return kind === "half_of_copy" && half() ? { ...t, dest: null } : t;
  });
  const owners = (all: readonly Twin[]): number => all.filter((t) => t.owner !== null).length;
  const members = (all: readonly Twin[]): number => all.filter((t) => t.dest?.inSegment === true).length;
  const shrunk = owners(twins) < owners(truth) * 0.8;
  const reading = (
    system: typeof OWNER,
    size: number,
    previousSize: number,
    partial: boolean,
  ): GuardReading => ({
    snapshot: `s-${system}`,
    system,
    coverage: partial ? "partial" : "complete",
    asOf: now,
    takenAt: now,
    size,
    previousSize,
    readMs: 60_000,
  });
  // a source that shrank by less than the guard's fifth is taken for what it says: then somebody may be removed
  const partialOwner = kind === "half_of_owner" || (kind === "shrunk_owner" && !shrunk);
  return {
    kind,
    twins,
    readings: [
      reading(OWNER, owners(twins), owners(truth), partialOwner),
      reading(DEST, members(twins), members(truth), kind === "half_of_copy"),
    ],
  };
}

export const draftOf = (o: Office, reading: Reading): PlanDoc => draft(reading.twins, o.config, o.now());

async function factsOf(o: Office, doc: PlanDoc, self: number | null): Promise<GuardFacts> {
  const now = o.now();
  const since = instant(new Date(Date.parse(now) - DAY_MS));
  const plans = await o.store.list();
  return guardFacts(now, o.config, {
    readings: o.readings(),
    touched: { [DEST]: await o.store.touchedSince({ audience: AUDIENCE, system: DEST, list: null }, since) },
    otherPlans: plans
      .filter((p) => p.id !== self)
      .map((p) => ({
        id: p.id,
        state: p.state,
        audience: p.doc.audience,
        systems: [...new Set(p.doc.changes.map((c) => c.system))],
      })),
    undone: doc.undoes === null ? null : await o.store.get(doc.undoes),
  });
}

export async function keep(o: Office, doc: PlanDoc): Promise<Plan> {
  const { guards, need } = runGuards(doc, await factsOf(o, doc, null));
  const plan = await o.store.create(doc, planHash(doc), guards, need);
  await o.store.move(plan.id, ["draft"], need === "refused" ? "refused" : "checked", o.now(), null);
  return planOf(o, plan.id);
}

async function planOf(o: Office, id: number): Promise<Plan> {
  const plan = await o.store.get(id);
  if (plan === null) throw new AuditorError("not_found", `PL-${id}`, "there is no such plan", "list them");
  return plan;
}

async function checkedAgain(o: Office, id: number): Promise<Plan> {
  const plan = await planOf(o, id);
  const { guards, need } = runGuards(plan.doc, await factsOf(o, plan.doc, id));
  await o.store.setGuards(id, guards, need);
  return { ...plan, guards, need };
}

/** Ana tries, then Ben; nobody may: false. */
export async function approve(o: Office, id: number, judge: Judge): Promise<boolean> {
  const plan = await checkedAgain(o, id);
  const request = { hash: plan.hash, confirm: confirmText(plan), automations: true };
  for (const person of [ANA, BEN]) {
    if (!mayApprove(plan, person, [ANA, BEN], o.now(), o.config.safeguards, request).pass) continue;
    judge.approved(plan);
    await o.store.approve(id, {
      person: person.name,
      at: o.now(),
      hash: plan.hash,
      confirmed: request.confirm,
    });
    return o.store.move(id, ["checked"], "approved", o.now(), null);
  }
  return false;
}

/** May it be applied now? Whoever presses the button gets this answer first. */
export async function mayBegin(o: Office, id: number, s: Safeguards): Promise<boolean> {
  const found = await planOf(o, id);
  if (found.state === "applying" || found.state === "verifying") return true;
  const plan = await checkedAgain(o, id);
  return mayApply(plan, ANA, o.now(), s).pass && plan.guards.every((g) => g.verdict !== "fail");
}
