import type { PlanStore } from "../core/ports.ts";
import { acquireLease } from "./acquire-lease.ts";
import { createPlan } from "./create-plan.ts";
import type { Database } from "./database.ts";
import { getPlan } from "./get-plan.ts";
import { insertApproval } from "./insert-approval.ts";
import { insertIntents } from "./insert-intents.ts";
import { insertOutcomes } from "./insert-outcomes.ts";
import { insertOverride } from "./insert-override.ts";
import { listPlans } from "./list-plans.ts";
import { movePlan } from "./move-plan.ts";
import { planCounts } from "./plan-counts.ts";
import { planProgress } from "./plan-progress.ts";
import { releaseLease } from "./release-lease.ts";
import { renewLease } from "./renew-lease.ts";
import { repairedSince } from "./repaired-since.ts";
import { requestStop, stopRequested } from "./request-stop.ts";
import { setGuards } from "./set-guards.ts";
import { takeOverride } from "./take-override.ts";
import { touchedSince } from "./touched-since.ts";

/** The repair's store on Postgres. Passes test/contract/plan-store.ts. */
export const planStore = (db: Database): PlanStore => ({
  create: (doc, hash, guards, need) => createPlan(db, doc, hash, guards, need),
  get: (id) => getPlan(db, id),
  list: () => listPlans(db),
  move: (id, from, to, at, because, lease) => movePlan(db, id, from, to, at, because, lease),
  setGuards: (id, guards, need) => setGuards(db, id, guards, need),
  approve: (id, approval) => insertApproval(db, id, approval),
  override: (id, o) => insertOverride(db, id, o),
  takeOverride: (id, at) => takeOverride(db, id, at),
  requestStop: (id, by) => requestStop(db, id, by),
  stopRequested: (id) => stopRequested(db, id),
  acquire: (planId, holder, seconds) => acquireLease(db, planId, holder, seconds),
  renew: (lease, seconds) => renewLease(db, lease, seconds),
  release: (lease) => releaseLease(db, lease),
  intent: (lease, ns, at, undoSealed) => insertIntents(db, lease, ns, at, undoSealed),
  outcome: (lease, ends, at) => insertOutcomes(db, lease, ends, at),
  progress: (planId) => planProgress(db, planId),
  counts: (planId) => planCounts(db, planId),
  touchedSince: (list, since) => touchedSince(db, list, since),
  repairedSince: (audience, since) => repairedSince(db, audience, since),
});
