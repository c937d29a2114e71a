import type { Safeguards } from "../../core/config.ts";
import { type Instant, instant } from "../../core/model.ts";
import type { PlanStore } from "../../core/ports.ts";
import type { GuardReading } from "../../sync/guard.ts";
import { mailOf, type Rec, type Twin, testConfig, WIDE } from "../property/sync-world.ts";
import { type MemoryPlanStore, memoryPlanStore } from "../setup/memory-plan-store.ts";
import { pause } from "./chaos.ts";
import { faultyStore, type StoreMood } from "./faulty-store.ts";
import { Judge } from "./judge.ts";
import type { Office } from "./office.ts";
import { Random } from "./random.ts";
import { Process, Scheduler } from "./scheduler.ts";
import type { VendorMood } from "./sim-writer.ts";
import { Trace } from "./trace.ts";
import { SimVendor } from "./vendor.ts";
import { newWorker, start, type Worker } from "./worker.ts";

/** Everything of one run. */
export class World {
  readonly random: Random;
  readonly trace = new Trace();
  readonly s: Scheduler;
  readonly memory: MemoryPlanStore;
  readonly vendor: SimVendor;
  readonly judge: Judge;
  readonly workers: readonly Worker[];
  /** The person at the dashboard: a process too, which never dies here. */
  readonly desk = new Process("desk");
  readonly #deskStore: PlanStore;
  readonly oneByOne: boolean;
  readonly crashShare: number;
  readonly owners: (Twin["owner"] | null)[];
  readings: readonly GuardReading[] = [];
  faulty = true;
  wide = false;
  readonly storeMood: StoreMood;
  readonly vendorMood: VendorMood;
  #lives = 0;
  #bells: (() => void)[] = [];

  constructor(seed: number) {
    const r = new Random(seed);
    this.random = r;
    this.s = new Scheduler(r, this.trace);
    this.memory = memoryPlanStore(() => this.s.now);
    this.vendor = new SimVendor(() => this.s.now);
    this.judge = new Judge(this.s, this.vendor);
    this.oneByOne = r.chance(0.5);
    this.judge.canary = r.pick([5, 25]);
    this.crashShare = r.pick([0, 0.01, 0.05]);
    this.workers = Array.from({ length: r.between(2, 5) }, (_, i) => newWorker(`worker${i + 1}`));
    this.storeMood = {
      before: r.pick([0, 0.01, 0.05]),
      after: r.pick([0, 0.01, 0.05]),
      slow: r.pick([0, 0.005, 0.03]),
      downUntil: 0,
    };
    this.vendorMood = moodOf(r);
    this.owners = this.#people(r.pick([30, 60, 99, 120, 200]));
    this.#deskStore = this.storeOf(this.desk, () => undefined);
    this.judge.ownerHas = (mail) => this.owners.some((o, i) => o !== null && mailOf(i) === mail);
    this.judge.hindered = (process, since) =>
      this.workers.some((w) => w.process === process && w.hindered >= since - 15_000);
    const pauseShare = r.pick([0, 0, 0.002, 0.01]);
    const killShare = r.pick([0, 0, 0.001, 0.004]);
    this.s.strike = (process) => {
      const worker = this.workers.find((w) => w.process === process);
      if (!this.faulty || worker === undefined) return;
      if (r.chance(pauseShare)) pause(this, worker);
      else if (r.chance(killShare)) this.kill(worker);
    };
    this.s.check = () => {
      const [first] = this.judge.broken;
      if (first !== undefined) throw new Error(first);
    };
  }

  now(): Instant {
    return instant(this.s.clock.now());
  }

  safeguards(): Safeguards {
    const { safeguards } = testConfig();
    return this.wide ? { ...safeguards, ...WIDE } : safeguards;
  }

  get office(): Office {
    return {
      store: this.#deskStore,
      config: testConfig({ safeguards: this.safeguards() }),
      now: () => this.now(),
      readings: () => this.readings,
    };
  }

  storeOf(process: Process, told: () => void): PlanStore {
    return faultyStore(this.s, process, this.memory, this.judge, this.storeMood, told);
  }

  /** Who holds what, with a few differences: their number lies around the limits. */
  #people(size: number): (Twin["owner"] | null)[] {
    const r = this.random;
    const share = r.pick([0.02, 0.05, 0.1, 0.25]);
    return Array.from({ length: size }, (_, i) => {
      const owner = r.chance(share)
        ? null
        : { plan: r.pick(["free", "pro", "team"]), optedOut: r.chance(share / 3) };
      const there = r.chance(share) ? r.chance(0.5) : true;
      if (there) this.vendor.seed(mailOf(i), this.record(owner?.plan ?? "free", share));
      return owner;
    });
  }

  record(plan: string, odd: number): Rec {
    const r = this.random;
    const consent = r.chance(odd / 2)
      ? r.pick(["unsubscribed", "complained", "unknown"] as const)
      : "subscribed";
    return {
      inSegment: !r.chance(odd),
      consent,
      mailable: consent === "subscribed" && !r.chance(0.05),
      plan: r.chance(odd) ? r.pick(["free", "pro", null]) : plan,
    };
  }

  truth(): readonly Twin[] {
    return this.owners.map((owner, i) => ({ owner, dest: this.vendor.recs.get(mailOf(i)) ?? null }));
  }

  begin(): void {
    for (const worker of this.workers) this.startAgain(worker);
  }

  startAgain(worker: Worker): void {
    this.#lives += 1;
    this.s.say(worker.name, "starts");
    start(this, worker, this.#lives);
  }

  /** kill -9: what was sent is under way, and nothing else of it happens any more. Another process starts later. */
  kill(worker: Worker): void {
    worker.process.alive = false;
    this.s.say(worker.name, "is killed");
    // a request that left a dead process arrives before its successor is up
    this.s.in(this.random.between(3_000, 40_000), null, `${worker.name} is started again`, () =>
      this.startAgain(worker),
    );
  }

  /** Rings when there is work. */
  bell(process: Process): Promise<void> {
    return new Promise((resolve) => {
      this.#bells.push(() => this.s.in(this.random.between(1, 500), process, "hears the bell", resolve));
    });
  }

  ring(): void {
    for (const bell of this.#bells.splice(0)) bell();
  }
}

function moodOf(r: Random): VendorMood {
  const odd = r.pick([0, 1, 4]);
  return {
    fates: {
      fine: 40,
      // some vendors do little else
      rate_limited: r.pick([odd, odd, 30]),
      lost_before: odd,
      lost_after: odd,
      timeout_before: odd / 2,
      timeout_after: odd / 2,
      throws_midway: odd,
      some_fail: odd / 2,
      ghost: odd / 2,
      job: odd,
      job_fails: odd / 4,
      short_answer: odd / 2,
      lies_retry: odd / 2,
    },
    readFails: r.pick([0, 0.02, 0.1]),
    readHoles: r.pick([0, 0.005]),
    lagMs: r.pick([0, 200, 500]),
    downUntil: 0,
  };
}
