import { isKind } from "../../core/errors.ts";
import { type Instant, instant } from "../../core/model.ts";
import type { PlanStore } from "../../core/ports.ts";
import type { PlanDoc } from "../../core/repair.ts";
import { applyPlan } from "../../sync/apply.ts";
import { planHash } from "../../sync/hash.ts";
import { draftUndo } from "../../sync/undo.ts";
import {
  applyInput,
  DEST,
  draft,
  keyOf,
  mailOf,
  plainSealer,
  print,
  type Rec,
  type Twin,
  testConfig,
  WIDE,
} from "../property/sync-world.ts";
import { type MemoryPlanStore, memoryPlanStore } from "../setup/memory-plan-store.ts";
import { faultyStore } from "./faulty-store.ts";
import { Judge } from "./judge.ts";
import { Random } from "./random.ts";
import { Process, Scheduler } from "./scheduler.ts";
import { simWriter, type VendorMood } from "./sim-writer.ts";
import { Trace } from "./trace.ts";
import { SimVendor } from "./vendor.ts";

const FINE: VendorMood["fates"] = {
  fine: 10,
  rate_limited: 0,
  lost_before: 0,
  lost_after: 0,
  timeout_before: 0,
  timeout_after: 0,
  throws_midway: 0,
  some_fail: 0,
  ghost: 0,
  job: 0,
  job_fails: 0,
  short_answer: 0,
  lies_retry: 0,
};
const config = testConfig({ safeguards: { ...testConfig().safeguards, ...WIDE } });

/** One history: a random audience, a plan or two, other people in between, and everything taken back, last plan first. */
export class History {
  readonly random: Random;
  readonly s: Scheduler;
  readonly vendor: SimVendor;
  readonly judge: Judge;
  readonly memory: MemoryPlanStore;
  readonly twins: Twin[];
  /** What others wrote last, by person; one edit for each at most. */
  readonly others = new Map<number, "membership" | "value" | "consent" | "record">();
  readonly start: ReadonlyMap<string, Rec>;
  readonly #process = new Process("worker");
  readonly #store: PlanStore;
  readonly #mood: VendorMood;

  constructor(seed: number) {
    const r = new Random(seed);
    this.random = r;
    this.s = new Scheduler(r, new Trace());
    this.vendor = new SimVendor(() => this.s.now);
    this.judge = new Judge(this.s, this.vendor);
    this.judge.wide = true;
    this.memory = memoryPlanStore(() => this.s.now);
    const mood = { before: 0, after: 0, slow: 0, downUntil: 0 };
    this.#store = faultyStore(this.s, this.#process, this.memory, this.judge, mood, () => undefined);
    // only such answers as are cleared up by reading back: what ends `unknown` or `failed` is not for an undo
    const odd = r.pick([0, 1]);
    this.#mood = {
      fates: {
        ...FINE,
        rate_limited: odd,
        lost_before: odd,
        lost_after: odd,
        timeout_after: odd / 2,
        job: odd,
        lies_retry: odd,
      },
      readFails: 0,
      readHoles: 0,
      lagMs: r.pick([0, 400]),
      downUntil: 0,
    };
    this.twins = Array.from({ length: r.between(1, 24) }, (_, i) => this.#person(i));
    this.start = new Map([...this.vendor.recs].map(([mail, rec]) => [mail, { ...rec }]));
    this.s.check = () => {
      if (this.judge.broken[0] !== undefined) throw new Error(this.judge.broken[0]);
    };
  }

  #person(i: number): Twin {
    const r = this.random;
    const owner = r.chance(0.2) ? null : { plan: r.pick(["free", "pro"]), optedOut: r.chance(0.15) };
    if (r.chance(0.2)) return { owner, dest: null };
    const consent = r.pick([
      "subscribed",
      "subscribed",
      "subscribed",
      "unsubscribed",
      "unknown",
      "complained",
    ] as const);
    const dest = {
      inSegment: r.chance(0.6),
      consent,
      mailable: consent === "subscribed",
      plan: r.pick(["free", "pro", null]),
    };
    this.vendor.seed(mailOf(i), dest);
    return { owner, dest };
  }

  now(): Instant {
    return instant(this.s.clock.now());
  }

  /** Drafts from what is there now; null: nothing to do. */
  draft(): PlanDoc | null {
    const twins = this.twins.map((t, i) => ({
      owner: t.owner,
      dest: this.vendor.recs.get(mailOf(i)) ?? null,
    }));
    const doc = draft(twins, config, this.now());
    return doc.changes.length === 0 ? null : doc;
  }

  /** The source moves on: other values, some leave, some come. */
  ownerMoves(): void {
    this.twins.forEach((t, i) => {
      if (this.random.chance(0.7)) return;
      const plan = this.random.pick(["team", "pro"]);
      this.twins[i] = {
        ...t,
        owner: this.random.chance(0.3) ? null : { plan, optedOut: t.owner?.optedOut ?? false },
      };
    });
  }

  /** Others change a few people; each person once in a history, so that nothing they did is hidden by something else. */
  othersEdit(): void {
    const r = this.random;
    this.twins.forEach((_, i) => {
      const rec = this.vendor.recs.get(mailOf(i));
      if (rec === undefined || this.others.has(i) || r.chance(0.85)) return;
      const what = r.pick(["membership", "value", "consent"] as const);
      const change: Partial<Rec> =
        what === "membership"
          ? { inSegment: !rec.inSegment }
          : what === "value"
            ? { plan: "gold" }
            : { consent: "unsubscribed", mailable: false };
      this.others.set(i, what);
      this.vendor.edit(mailOf(i), what, { ...rec, ...change });
    });
    // longer than reads lag: what nobody can see yet cannot be respected
    this.s.now += 1_000;
  }

  /** Approves and applies; perhaps somebody stops it half-way. */
  async apply(doc: PlanDoc, stoppable: boolean): Promise<number> {
    const plan = await this.memory.create(doc, planHash(doc), [], "second_person");
    this.judge.approved(plan);
    await this.memory.approve(plan.id, { person: "Ben", at: this.now(), hash: plan.hash, confirmed: "" });
    await this.memory.move(plan.id, ["draft"], "approved", this.now(), null);
    if (stoppable && this.random.chance(0.2))
      this.s.in(
        this.random.between(500, 8_000),
        null,
        "Ben stops it",
        () => void this.memory.requestStop(plan.id, "Ben"),
      );
    const seat = {
      s: this.s,
      process: this.#process,
      vendor: this.vendor,
      judge: this.judge,
      mood: this.#mood,
      planId: plan.id,
      oneByOne: this.random.chance(0.5),
    };
    const time = { clock: this.s.clock, sleep: this.s.sleepOf(this.#process) };
    let ended = false;
    let failure: unknown = null;
    let rests = 0;
    const input = {
      ...applyInput(
        { ...time, now: () => this.s.now, advance: () => undefined },
        this.memory,
        null as never,
        plan.id,
      ),
      store: this.#store,
      writers: new Map([[DEST, simWriter(seat)]]),
    };
    let done = false;
    for (;;) {
      ended = false;
      failure = null;
      applyPlan(input)
        .catch((e: unknown) => {
          failure = e;
        })
        .finally(() => {
          ended = true;
        });
      done = await this.s.run(() => ended, 3_600_000);
      // A system that asked to be left alone for long: the plan goes on after that, as `serve` does by itself.
      if (!isKind(failure, "rate_limited") || rests++ > 20) break;
      let rested = false;
      this.s.in(failure.retryAfterMs ?? 0, null, "it may be asked again", () => {
        rested = true;
      });
      await this.s.run(() => rested, 2 * 86_400_000);
    }
    if (failure !== null) throw failure;
    if (!done) throw new Error(`PL-${plan.id} never ended`);
    return plan.id;
  }

  async undo(id: number): Promise<number | null> {
    const plan = await this.memory.get(id);
    if (plan === null) throw new Error("no such plan");
    const doc = draftUndo({
      plan,
      progress: await this.memory.progress(id),
      sealer: plainSealer,
      safeguards: config.safeguards,
      author: "Ana",
      now: this.now(),
      incidentId: null,
      basedOn: plan.doc.basedOn,
      sizes: plan.doc.sizes,
      automations: { [DEST]: [] },
      fingerprint: print,
    });
    // three lost answers in a row end a change as failed, and then there is nothing to compare
    Object.assign(this.#mood.fates, { lost_before: 0, lost_after: 0, timeout_after: 0 });
    return doc.changes.length === 0 ? null : this.apply(doc, false);
  }

  /** Ends of a plan's changes by person. */
  async endsOf(
    id: number,
  ): Promise<readonly { readonly i: number; readonly op: string; readonly end: string | null }[]> {
    const changes = this.judge.plans.get(id)?.changes ?? [];
    return (await this.memory.progress(id)).map((p) => {
      const change = changes[p.n];
      return { i: Number.parseInt(change?.person ?? keyOf(0), 16), op: change?.op ?? "", end: p.end };
    });
  }
}
