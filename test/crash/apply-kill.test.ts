import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { GhostSystem, SecretRef } from "../../core/config.ts";
import { instant } from "../../core/model.ts";
import type { PlanStore } from "../../core/ports.ts";
import type { Op, Plan } from "../../core/repair.ts";
import type { GhostEntry } from "../../demo/ghost/journal.ts";
import { deriveKeys } from "../../members/keys.ts";
import { sealer } from "../../members/sealer.ts";
import { planStore } from "../../store/plan-store.ts";
import { planHash } from "../../sync/hash.ts";
import { draftPlan } from "../../sync/plan.ts";
import { FAILPOINTS, type Failpoint } from "../../sync/run.ts";
import { openSealedChange } from "../../sync/sealed.ts";
import { DEST, draftInput, mailOf, type Twin, testConfig, WIDE } from "../property/sync-world.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";

const dist = (path: string): string => fileURLToPath(new URL(`../../dist/${path}`, import.meta.url));
const child = fileURLToPath(new URL("./child.mjs", import.meta.url));
const LABEL = "active";
const PEOPLE = 240;
const secret = randomBytes(32).toString("hex");
/** Short, so that a dead process's lease is soon free; the rules are the same. */
const safeguards = { ...testConfig().safeguards, ...WIDE, leaseSeconds: 1 };
const seals = sealer(deriveKeys(Buffer.from(secret, "hex")), (n) => randomBytes(n));

type Sim = { url: string; key: string; controlUrl: string };
type Life = { killed: boolean; said: { state?: string; error?: string; message?: string } | null };

let simProcess: ChildProcess;
let sim: Sim;
let database: TestDatabase;
let store: PlanStore;

async function firstLine(p: ChildProcess): Promise<string> {
  let text = "";
  for await (const chunk of p.stdout ?? []) {
    text += String(chunk);
    const end = text.indexOf("\n");
    if (end >= 0) return text.slice(0, end);
  }
  throw new Error("the process ended without a word");
}

beforeAll(async () => {
  if (!existsSync(dist("demo/ghost/main.js"))) throw new Error("this test runs built code: npm run build");
  simProcess = spawn(process.execPath, [dist("demo/ghost/main.js")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  sim = JSON.parse(await firstLine(simProcess)) as Sim;
});
afterAll(async () => {
  simProcess.kill("SIGTERM");
  await once(simProcess, "exit");
});
beforeEach(async () => {
  database = await testDatabase();
  store = planStore(database.db);
});
afterEach(() => database.drop());

const control = async (method: string, path: string, body?: unknown): Promise<string> => {
  const answer = await fetch(new URL(path, sim.controlUrl), {
    method,
    headers: { "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status}`);
  return answer.text();
};
const journal = async (): Promise<GhostEntry[]> =>
  (await control("GET", "journal"))
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as GhostEntry);

/** Ghost, filled anew: to suppress and take off, to take off, to add (half of them without a record), to rename. */
function twins(): Twin[] {
  const dest = { inSegment: true, consent: "subscribed" as const, mailable: true, plan: "free" };
  return Array.from({ length: PEOPLE }, (_, i): Twin => {
    if (i % 4 === 0) return { owner: null, dest };
    if (i % 4 === 1) return { owner: { plan: "free", optedOut: true }, dest };
    if (i % 4 === 2) return { owner: { plan: "pro", optedOut: false }, dest };
    return {
      owner: { plan: "free", optedOut: false },
      dest: i % 8 === 3 ? null : { ...dest, inSegment: false },
    };
  });
}

async function prepare(): Promise<{ plan: Plan; before: number }> {
  const all = twins();
  const everyone = all.map((_, i) => mailOf(i));
  await control("POST", "unload", everyone);
  await control(
    "POST",
    "load",
    all.flatMap((t, i) =>
      t.dest === null
        ? []
        : [{ email: mailOf(i), name: t.dest.plan, labels: t.dest.inSegment ? [LABEL, "keep"] : ["keep"] }],
    ),
  );
  const now = instant(new Date());
  const doc = draftPlan({ ...draftInput(all, testConfig(), now), sealer: seals });
  const plan = await store.create(doc, planHash(doc), [], "second_person");
  await store.approve(plan.id, {
    person: "Ben",
    at: now,
    hash: plan.hash,
    confirmed: `PL-${plan.id} ${doc.changes.length}`,
  });
  await store.move(plan.id, ["draft"], "approved", now, null);
  return { plan, before: (await journal()).length };
}

/** One life of the applying process; ends by itself, at a failpoint, or after `killAfterMs`. */
async function live(planId: number, failpoint: Failpoint | null, killAfterMs: number | null): Promise<Life> {
  const ghost: GhostSystem = {
    kind: "ghost",
    limitShare: 1,
    privateNetwork: false,
    id: DEST,
    title: "Ghost",
    sends: true,
    attributes: { plan: "name" },
    url: sim.url,
    key: "k" as SecretRef,
    writeKey: "k" as SecretRef,
  };
  const p = spawn(process.execPath, [child], {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      ...(failpoint === null ? {} : { PLUMBLINE_FAILPOINT: failpoint }),
      PLUMBLINE_CRASH_TEST: JSON.stringify({
        databaseUrl: database.url,
        planId,
        ghost,
        key: sim.key,
        label: LABEL,
        secret,
        safeguards,
      }),
    },
  });
  let out = "";
  let err = "";
  p.stderr.on("data", (d) => {
    err += String(d);
  });
  p.stdout.on("data", (d) => {
    out += String(d);
    if (killAfterMs !== null && out.startsWith("started")) setTimeout(() => p.kill("SIGKILL"), killAfterMs);
  });
  const [code, signal] = (await once(p, "close")) as [number | null, string | null];
  if (code !== null && code !== 0) throw new Error(`the applying process failed: ${err}`);
  const last = out.trim().split("\n").at(-1) ?? "";
  return {
    killed: signal === "SIGKILL",
    said: last.startsWith("{") ? (JSON.parse(last) as Life["said"]) : null,
  };
}

/** Until it comes through; a lease of a killed process runs out meanwhile. */
async function finish(planId: number): Promise<Life["said"]> {
  for (let i = 0; i < 20; i += 1) {
    const { said } = await live(planId, null, null);
    if (said?.error !== "refused" || /it is (done|stopped)/.test(said.message ?? "")) return said;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  throw new Error("the lease never became free");
}

const changed = (e: GhostEntry): Op[] => {
  const labels = (s: GhostEntry["before"]): boolean => s?.labels.includes(LABEL) ?? false;
  const ops: Op[] = [];
  if ((e.before?.newsletters.length ?? 0) > 0 && e.after?.newsletters.length === 0) ops.push("suppress");
  if (labels(e.before) && !labels(e.after)) ops.push("remove");
  if (!labels(e.before) && labels(e.after)) ops.push("add");
  if (e.before !== null && e.before.name !== e.after?.name) ops.push("set");
  return ops;
};

/** The truth is the simulator's journal: every change of the plan once, nothing else, nobody's consent loosened. */
async function checkTruth(plan: Plan, before: number): Promise<void> {
  const done = new Map<string, number>();
  for (const e of (await journal()).slice(before).filter((x) => x.effective)) {
    for (const op of changed(e))
      done.set(`${e.after?.email} ${op}`, (done.get(`${e.after?.email} ${op}`) ?? 0) + 1);
    for (const n of e.after?.newsletters ?? []) expect(e.before?.newsletters).toContain(n);
    if (e.before !== null) expect(e.after?.labels).toContain("keep");
    expect(e.op).not.toBe("delete");
  }
  const wanted = plan.doc.changes.map(
    (c) => `${openSealedChange(seals, c.sealed).identifiers.email} ${c.op}`,
  );
  expect([...done.keys()].sort()).toEqual([...wanted].sort());
  expect(Math.max(...done.values())).toBe(1);
  const counts = await store.counts(plan.id);
  expect(counts).toEqual({
    applied: wanted.length,
    already_so: 0,
    skipped_consent: 0,
    skipped_drift: 0,
    failed: 0,
    unknown: 0,
    waiting: 0,
    in_doubt: 0,
  });
  expect((await store.get(plan.id))?.state).toBe("done");
}

describe("kill -9 while a plan is applied, and start again", () => {
  it("at every step: no change lost, none applied twice", async () => {
    const { plan, before } = await prepare();
    expect(plan.doc.changes.length).toBeGreaterThanOrEqual(PEOPLE);
    // A doubt has to be there before its steps are passed, so they come right after the step that leaves one.
    const doubts: readonly Failpoint[] = ["after_in_doubt_read", "after_in_doubt_outcome"];
    const order = FAILPOINTS.filter((f) => !doubts.includes(f)).flatMap((f): Failpoint[] =>
      f === "after_intent" ? [f, ...doubts] : [f],
    );
    for (const failpoint of order) {
      let life = await live(plan.id, failpoint, null);
      // Until the lease of the one before has run out.
      while (life.said?.message?.includes("another process")) life = await live(plan.id, failpoint, null);
      expect({ failpoint, killed: life.killed, said: life.said }).toEqual({
        failpoint,
        killed: true,
        said: null,
      });
    }
    expect((await finish(plan.id))?.message).toMatch(/it is done/);
    await checkTruth(plan, before);
  }, 240_000);

  it("at random moments: no change lost, none applied twice", async () => {
    const { plan, before } = await prepare();
    let kills = 0;
    for (let i = 0; i < 14 && kills < 10; i += 1) {
      const life = await live(plan.id, null, 30 + Math.floor(Math.random() * 500));
      if (life.killed) kills += 1;
      if (life.said?.state === "done") break;
      if (life.said?.error === "refused") await new Promise((resolve) => setTimeout(resolve, 300));
    }
    expect(kills).toBeGreaterThan(0);
    await finish(plan.id);
    await checkTruth(plan, before);
  }, 240_000);
});
