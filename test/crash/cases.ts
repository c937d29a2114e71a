import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { instant } from "../../core/model.ts";
import type { PlanStore } from "../../core/ports.ts";
import type { Op, Plan } from "../../core/repair.ts";
import { deriveKeys } from "../../members/keys.ts";
import { sealer } from "../../members/sealer.ts";
import { planStore } from "../../store/plan-store.ts";
import { planHash } from "../../sync/hash.ts";
import { draftPlan } from "../../sync/plan.ts";
import { openSealedChange } from "../../sync/sealed.ts";
import { draftInput, type Rec, type Twin, testConfig, WIDE } from "../property/sync-world.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import type { CrashVendor } from "./vendors.ts";

const CHILD = fileURLToPath(new URL("./child.mjs", import.meta.url));
const secret = randomBytes(32).toString("hex");
const seals = sealer(deriveKeys(Buffer.from(secret, "hex")), (n) => randomBytes(n));

/** An approved plan in a database of its own, and its people at the vendor. */
export type Case = {
  readonly vendor: CrashVendor;
  readonly list: string;
  readonly plan: Plan;
  readonly database: TestDatabase;
  readonly store: PlanStore;
  readonly leaseSeconds: number;
  /** Lives so far. */
  lives: number;
  killedAt: number | null;
};

export type Life = {
  readonly killed: boolean;
  /** Milliseconds from when this process was up to its first call or write; null: it did none, or was the first. */
  readonly resumedMs: number | null;
  /** The same from the kill before: with the time that a process needs to start. */
  readonly awayMs: number | null;
  /** State of the plan when the process ended by itself. */
  readonly state: string | null;
  readonly failed: string | null;
  readonly err: string;
};

let made = 0;
/** People of this file's cases do not meet, so that cases may run at the same time on one simulator. */
const PEOPLE_PER_CASE = 1_000;

export async function prepare(
  vendor: CrashVendor,
  wanted: Readonly<Partial<Record<Op, number>>>,
  leaseSeconds: number,
): Promise<Case> {
  const from = made * PEOPLE_PER_CASE;
  const list = `list${made}`;
  made += 1;
  const all: Twin[] = [];
  let next = from;
  for (const op of ["suppress", "remove", "add", "set"] as const)
    for (let n = 0; n < (wanted[op] ?? 0); n += 1) all[next++] = twinFor(op, vendor, n);
  const people: { i: number; rec: Rec }[] = [];
  all.forEach((t, i) => {
    if (t.dest !== null) people.push({ i, rec: t.dest });
  });
  await vendor.load(list, people);
  const database = await testDatabase();
  const store = planStore(database.db);
  const now = instant(new Date());
  const doc = draftPlan({ ...draftInput(all, testConfig(), now), sealer: seals });
  const changes = Object.fromEntries(
    Object.keys(wanted).map((op) => [op, doc.changes.filter((c) => c.op === op).length]),
  );
  expect(changes).toEqual(wanted);
  expect(doc.changes).toHaveLength(Object.values(wanted).reduce((a, b) => a + b, 0));
  const plan = await store.create(doc, planHash(doc), [], "second_person");
  await store.approve(plan.id, {
    person: "Ben",
    at: now,
    hash: plan.hash,
    confirmed: `PL-${plan.id} ${doc.changes.length}`,
  });
  await store.move(plan.id, ["draft"], "approved", now, null);
  return { vendor, list, plan, database, store, leaseSeconds, lives: 0, killedAt: null };
}

/** Somebody whom one operation concerns and no other. */
function twinFor(op: Op, vendor: CrashVendor, n: number): Twin {
  const dest = { inSegment: true, consent: "subscribed" as const, mailable: true, plan: "free" };
  if (op === "suppress") return { owner: { plan: "free", optedOut: true }, dest };
  if (op === "remove") return { owner: null, dest };
  if (op === "set") return { owner: { plan: "pro", optedOut: false }, dest };
  // Only Ghost makes people who are not there; there each second one is not.
  const absent = vendor.name === "ghost" && n % 2 === 1;
  return { owner: { plan: "free", optedOut: false }, dest: absent ? null : { ...dest, inSegment: false } };
}

export type LiveOptions = {
  /** `name` or `name@3`: at its third passing. */
  readonly failpoint?: string;
  /** Killed from outside, so long after the process is up, or after its first call or write. */
  readonly kill?: { readonly afterMs: number; readonly from: "started" | "works" };
  /** Stops itself there (SIGSTOP) and says so. */
  readonly pauseAt?: string;
  readonly onPaused?: (resume: () => void) => void;
  /** Ends a life that would wait for ever. */
  readonly withinMs?: number;
};

type Said = {
  readonly event: string;
  readonly at?: number;
  readonly state?: string;
  readonly message?: string;
};

/** One life of the applying process: the first carries the plan out, later ones take it up where it was left. */
export async function live(c: Case, o: LiveOptions = {}): Promise<Life> {
  const first = c.lives === 0 || o.pauseAt !== undefined;
  c.lives += 1;
  const before = c.killedAt;
  const p = spawn(process.execPath, [CHILD], {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env.PATH,
      ...(o.failpoint === undefined ? {} : { PLUMBLINE_FAILPOINT: o.failpoint }),
      ...(o.pauseAt === undefined ? {} : { PLUMBLINE_PAUSE_AT: o.pauseAt }),
      PLUMBLINE_CRASH_TEST: JSON.stringify({
        databaseUrl: c.database.url,
        planId: c.plan.id,
        first,
        system: c.vendor.system,
        key: c.vendor.key,
        source: c.vendor.source(c.list),
        settleMs: c.vendor.settleMs,
        secret,
        safeguards: { ...testConfig().safeguards, ...WIDE, leaseSeconds: c.leaseSeconds },
      }),
    },
  });
  let err = "";
  let buffer = "";
  let started: number | null = null;
  let works: number | null = null;
  let state: string | null = null;
  let failed: string | null = null;
  const on = (said: Said): void => {
    if (said.event === o.kill?.from) setTimeout(() => p.kill("SIGKILL"), o.kill.afterMs);
    if (said.event === "started") started = said.at ?? null;
    if (said.event === "works") works = said.at ?? null;
    if (said.event === "ended") state = said.state ?? null;
    if (said.event === "failed") failed = said.message ?? "failed";
    if (said.event === "paused") o.onPaused?.(() => p.kill("SIGCONT"));
  };
  p.stderr.on("data", (d) => {
    err += String(d);
  });
  p.stdout.on("data", (d) => {
    buffer += String(d);
    const lines = buffer.split("\n");
    buffer = lines.pop() ?? "";
    for (const line of lines) on(JSON.parse(line) as Said);
  });
  const giveUp = setTimeout(() => p.kill("SIGTERM"), o.withinMs ?? 120_000 + c.leaseSeconds * 3_000);
  const [code, signal] = (await once(p, "close")) as [number | null, string | null];
  clearTimeout(giveUp);
  const killed = signal === "SIGKILL";
  if (!killed && code !== 0)
    throw new Error(`life ${c.lives} of ${c.list} ended with ${code ?? signal}: ${err}`);
  c.killedAt = killed ? Date.now() : null;
  const since = (moment: number | null): number | null =>
    before === null || moment === null || works === null ? null : works - moment;
  return { killed, resumedMs: since(started), awayMs: since(before), state, failed, err };
}

/** The truth is the simulator's journal: every change of the plan once, nothing else, nobody's consent loosened. */
export async function checkTruth(c: Case): Promise<void> {
  const where = `${c.vendor.name} ${c.list}`;
  const wanted = c.plan.doc.changes.map(
    (change) => `${openSealedChange(seals, change.sealed).identifiers.email} ${change.op}`,
  );
  const mine = new Set(wanted.map((w) => w.split(" ")[0]));
  const done: string[] = [];
  for (const e of (await c.vendor.effects()).filter((x) => mine.has(x.email))) {
    expect({ where, ...e }).toMatchObject({ loosened: false, harmed: false });
    expect(e.ops.length, `${where}: an effect that no plan speaks of`).toBeGreaterThan(0);
    for (const op of e.ops) done.push(`${e.email} ${op}`);
  }
  expect(done.sort(), `${where}: each change once, and nothing else`).toEqual(wanted.sort());
  const counts = await c.store.counts(c.plan.id);
  expect(counts, where).toEqual({
    applied: wanted.length,
    already_so: 0,
    skipped_consent: 0,
    skipped_drift: 0,
    failed: 0,
    unknown: 0,
    waiting: 0,
    in_doubt: 0,
  });
  expect((await c.store.get(c.plan.id))?.state, where).toBe("done");
}

/** Runs `work` for each item, a few at a time; the first failure ends it. */
export async function inPool<T>(
  size: number,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  let broken = false;
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined && !broken; item = waiting.shift()) {
      try {
        await work(item);
      } catch (error) {
        broken = true;
        throw error;
      }
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: size }, worker));
  const failure = ended.find((e) => e.status === "rejected");
  if (failure !== undefined) throw failure.reason;
}

/** How many kills there were, by kind, and how soon work went on after them. */
export class Tally {
  readonly kills = new Map<string, number>();
  readonly resumed: number[] = [];
  readonly away: number[] = [];

  add(kind: string, life: Life): void {
    if (life.killed) this.kills.set(kind, (this.kills.get(kind) ?? 0) + 1);
    if (life.resumedMs !== null) this.resumed.push(life.resumedMs);
    if (life.awayMs !== null) this.away.push(life.awayMs);
  }

  print(title: string): void {
    const all = [...this.kills.values()].reduce((a, b) => a + b, 0);
    const kinds = [...this.kills].map(([kind, n]) => `${kind} ${n}`).join(", ");
    process.stdout.write(
      `${title}: ${all} kills (${kinds}); ${this.resumed.length} times gone on, ${spread(this.resumed)} after the next process was up, ${spread(this.away)} after the kill\n`,
    );
  }
}

function spread(times: readonly number[]): string {
  const sorted = [...times].sort((a, b) => a - b);
  return `${sorted[Math.floor(sorted.length / 2)] ?? 0} ms (at most ${sorted.at(-1) ?? 0} ms)`;
}
