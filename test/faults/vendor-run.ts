/** One plan on one simulator, carried out by the production code with the real store, and judged by the simulator's journal. */
import { randomBytes } from "node:crypto";
import { AuditorError } from "../../core/errors.ts";
import { instant, runId } from "../../core/model.ts";
import type { PlanStore } from "../../core/ports.ts";
import type { EndState, Plan, PlanState } from "../../core/repair.ts";
import { deriveKeys } from "../../members/keys.ts";
import { sealer } from "../../members/sealer.ts";
import { planStore } from "../../store/plan-store.ts";
import { applyPlan } from "../../sync/apply.ts";
import { planHash } from "../../sync/hash.ts";
import { draftPlan } from "../../sync/plan.ts";
import type { ApplyInput } from "../../sync/run.ts";
import { openSealedChange } from "../../sync/sealed.ts";
import type { ConnectorDeps } from "../../systems/http/connector-deps.ts";
import { makeGate } from "../../systems/http/gate.ts";
import { type Sleep, sleepFor } from "../../systems/http/settings.ts";
import { DEST, draftInput, mailOf, silent, type Twin, testConfig, WIDE } from "../property/sync-world.ts";
import type { TestDatabase } from "../setup/database.ts";
import type { Mutation, Sim } from "./vendor-sims.ts";

/** Waits of the program and lags of the simulators are this much shorter; answers over HTTP take what they take. */
export const SCALE = 1 / 200;
export const scaled = (ms: number): number => Math.round(ms * SCALE);
export const quickSleep: Sleep = (ms, signal) => sleepFor(ms * SCALE, signal);
export const HTTP = { timeoutMs: 400, attempts: 3, maxBytes: 1024 * 1024 };

const seals = sealer(deriveKeys(randomBytes(32)), (n) => randomBytes(n));
const safeguards = { ...testConfig().safeguards, ...WIDE };

/** To take off, to suppress, to change, to add: all four verbs. `made`: some to add have no record yet. */
export function twinsFor(people: number, made: boolean): Twin[] {
  const dest = { inSegment: true, consent: "subscribed" as const, mailable: true, plan: "free" };
  return Array.from({ length: people }, (_, i): Twin => {
    if (i % 4 === 0) return { owner: null, dest };
    if (i % 4 === 1) return { owner: { plan: "free", optedOut: true }, dest };
    if (i % 4 === 2) return { owner: { plan: "pro", optedOut: false }, dest };
    const none = made && i % 8 === 3;
    return { owner: { plan: "free", optedOut: false }, dest: none ? null : { ...dest, inSegment: false } };
  });
}

export type World = { readonly sim: Sim; readonly store: PlanStore; readonly database: TestDatabase };
export const worldOf = (sim: Sim, database: TestDatabase): World => ({
  sim,
  database,
  store: planStore(database.db),
});

export type Prepared = { readonly plan: Plan; readonly since: number; readonly twins: readonly Twin[] };

export async function prepare(w: World, people: number): Promise<Prepared> {
  const twins = twinsFor(people, w.sim.name === "Ghost");
  const since = await w.sim.fill(twins);
  // The same people again and again: without a past, or the third case would be a fight with somebody else.
  await w.database.asOwner("truncate plan cascade");
  const now = instant(new Date());
  const doc = draftPlan({ ...draftInput(twins, testConfig(), now), sealer: seals });
  const plan = await w.store.create(doc, planHash(doc), [], "second_person");
  const confirmed = `PL-${plan.id} ${doc.changes.length}`;
  await w.store.approve(plan.id, { person: "Ben", at: now, hash: plan.hash, confirmed });
  await w.store.move(plan.id, ["draft"], "approved", now, null);
  return { plan, since, twins };
}

export type Life = {
  readonly state: PlanState | null;
  readonly because: string | null;
  readonly error: AuditorError | null;
};

/** One life of an apply. An error of the program's own kind is an answer; anything else fails the test. */
export async function live(
  w: World,
  planId: number,
  more: Partial<ApplyInput> = {},
  http: ConnectorDeps["http"] = HTTP,
): Promise<Life> {
  const sleep = more.sleep ?? quickSleep;
  const gate = makeGate({
    rules: [],
    concurrency: 4,
    share: 1,
    elapsedMs: () => performance.now() / (more.sleep === undefined ? SCALE : 1),
    sleep,
    quietMs: () => 0,
  });
  const writer = w.sim.writer({ sleep, gate, random: () => 0.5, http });
  try {
    const { state, because } = await applyPlan({
      planId,
      store: w.store,
      writers: new Map([[DEST, writer]]),
      sources: () => w.sim.source,
      sealer: seals,
      safeguards,
      clock: { now: () => new Date() },
      log: silent,
      runId: runId("faults"),
      signal: new AbortController().signal,
      holder: "one",
      sleep,
      canary: 4,
      ...more,
    });
    return { state, because, error: null };
  } catch (error) {
    if (!(error instanceof AuditorError)) throw error;
    return { state: null, because: null, error };
  }
}

/** Applies under whatever is wrong; once that has stopped, goes on until the plan has ended. Answers the first life. */
export async function applyToEnd(w: World, planId: number, heal = true): Promise<Life & { lives: number }> {
  const first = await live(w, planId);
  if (heal) await w.sim.heal();
  for (let lives = 1; lives <= 4; lives += 1) {
    const plan = await w.store.get(planId);
    if (plan !== null && ENDED.includes(plan.state)) return { ...first, lives };
    await live(w, planId);
  }
  const left = await w.store.get(planId);
  throw new Error(`I8: nothing is wrong any more, and the plan is still ${left?.state}: ${left?.because}`);
}

const ENDED: readonly PlanState[] = ["done", "stopped", "stale", "expired", "refused"];
/** Ends that say that nothing was done. */
const NOTHING: readonly (EndState | null)[] = [
  "already_so",
  "skipped_consent",
  "skipped_drift",
  "failed",
  null,
];

export type Truth = {
  /** Invariants that do not hold, in words; empty: they all hold. */
  readonly broken: readonly string[];
  readonly ends: Readonly<Record<string, number>>;
  readonly state: PlanState;
  readonly because: string | null;
};

/** What does not hold, each once, and how the plan ended; empty: everything holds. */
export const brokenText = (t: Truth): string =>
  t.broken.length === 0 ? "" : [...new Set(t.broken), `${t.state}: ${t.because}`].join(" | ");

type Row = { n: number; phase: "intent" | "outcome"; at: string };

/** @param late the effect may come after the outcome, since the system did it long after it was asked */
export async function judgeRun(w: World, p: Prepared, late = false): Promise<Truth> {
  const plan = await w.store.get(p.plan.id);
  if (plan === null) throw new Error("no plan");
  const broken: string[] = [];
  const mutations = await w.sim.mutations(p.since);
  const progress = await w.store.progress(plan.id);
  const counts = await w.store.counts(plan.id);
  const rows = (
    await w.database.db.query<Row>("select n, phase, at from journal where plan_id = $1", [plan.id])
  ).rows;

  const sum = Object.values(counts).reduce((a, b) => a + b, 0);
  if (sum !== plan.doc.changes.length) broken.push(`I1: ${sum} ends of ${plan.doc.changes.length}`);
  if (counts.in_doubt > 0) broken.push(`I1: ${counts.in_doubt} in doubt in a plan that has ended`);
  if (plan.state === "done" && counts.waiting > 0) broken.push(`I1: done with ${counts.waiting} waiting`);

  const byKey = new Map(plan.doc.changes.map((c) => [keyOf(c.sealed, c.op), c.n]));
  const done = new Map<number, Mutation[]>();
  for (const m of mutations) {
    if (m.wrong !== null) broken.push(`I3/I4: ${m.wrong}`);
    for (const op of m.ops) {
      const n = byKey.get(`${m.email} ${op}`);
      if (n === undefined) broken.push(`I4: a ${op} that is not in the plan`);
      else done.set(n, [...(done.get(n) ?? []), m]);
    }
  }
  for (const { n, end } of progress) {
    const mine = done.get(n) ?? [];
    const op = plan.doc.changes[n]?.op;
    if (mine.length > 1) broken.push(`I2: a ${op} took effect ${mine.length} times`);
    for (const m of mine) {
      const of = rows.filter((r) => r.n === n);
      if (!of.some((r) => r.phase === "intent" && Date.parse(r.at) <= m.at))
        broken.push(`I6: no intent before a ${op}`);
      if (!late && !of.some((r) => r.phase === "outcome" && Date.parse(r.at) >= m.at))
        broken.push(`I6: no outcome after a ${op}`);
    }
    if (mine.length > 0 && !late && NOTHING.includes(end))
      broken.push(`said ${end} of a ${op} that took effect`);
    // everybody in these plans really needs their change
    if (mine.length === 0 && end === "already_so") broken.push(`said already so of a ${op} that is not`);
    if (mine.length === 0 && end === "applied") broken.push(`said applied of a ${op} that had no effect`);
  }
  const ends = Object.fromEntries(Object.entries(counts).filter(([, n]) => n > 0));
  return { broken, ends, state: plan.state, because: plan.because };
}

const keyOf = (sealed: string, op: string): string =>
  `${openSealedChange(seals, sealed).identifiers.email} ${op}`;

export const addresses = (twins: readonly Twin[]): ReadonlySet<string> =>
  new Set(twins.flatMap((t, i) => (t.dest?.inSegment ? [mailOf(i)] : [])));
