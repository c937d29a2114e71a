// One life of the process that applies a plan: built code, the real store, the real writer. Ends itself with SIGKILL
// at PLUMBLINE_FAILPOINT, or is killed from outside. Each thing that the test waits for is a line of JSON.
import { randomBytes } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { keepResuming } from "../../dist/app/repair/resume.js";
import { failpoint } from "../../dist/config/failpoint.js";
import { runId } from "../../dist/core/model.js";
import { deriveKeys } from "../../dist/members/keys.js";
import { sealer } from "../../dist/members/sealer.js";
import { openDatabase } from "../../dist/store/database.js";
import { planStore } from "../../dist/store/plan-store.js";
import { plansWithoutLease } from "../../dist/store/plans-without-lease.js";
import { applyPlan } from "../../dist/sync/apply.js";
import { ghostWriter } from "../../dist/sync/writers/ghost.js";
import { klaviyoWriter } from "../../dist/sync/writers/klaviyo.js";
import { postgresWriter } from "../../dist/sync/writers/postgres.js";

const given = JSON.parse(process.env.PLUMBLINE_CRASH_TEST ?? "{}");
const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);

let worked = false;
/** The first thing that this life does for the plan, once it holds the lease. */
const works = (target, names) =>
  new Proxy(target, {
    get(object, name) {
      const value = Reflect.get(object, name);
      if (typeof value !== "function" || !names.includes(name)) return value;
      return (...args) => {
        if (!worked) say({ event: "works", at: Date.now() });
        worked = true;
        return value.apply(object, args);
      };
    },
  });

let writes = 0;
const deps = {
  secret: () => given.key,
  /** Where the process waits for a job that the vendor has accepted. */
  async sleep(ms, signal) {
    failpoint("job_accepted");
    await wait(ms / 10, undefined, { signal });
  },
  /** An answer to a write came, and nothing was made of it yet. */
  observe({ method }) {
    if (method !== "GET") writes += 1;
    if (writes > 0) failpoint("write_answered");
  },
};
const makers = { ghost: ghostWriter, klaviyo: klaviyoWriter, postgres: postgresWriter };
const made = makers[given.system.kind](given.system, deps);
const writer = works(
  { ...made, capabilities: { ...made.capabilities, settle: { typicalMs: given.settleMs, maxMs: 1_000 } } },
  ["apply", "readBack"],
);

const db = await openDatabase({ url: given.databaseUrl, applicationName: "plumbline crash test" });
const store = planStore(db);
const ending = new AbortController();
const log = {
  info: () => undefined,
  warn: (event, fields) => process.stderr.write(`${event} ${JSON.stringify(fields)}\n`),
};
const apply = (planId) =>
  applyPlan({
    planId,
    store: works(store, ["intent", "outcome", "move"]),
    writers: new Map([[given.system.id, writer]]),
    sources: () => given.source,
    sealer: sealer(deriveKeys(Buffer.from(given.secret, "hex")), (n) => randomBytes(n)),
    safeguards: given.safeguards,
    clock: { now: () => new Date() },
    log,
    runId: runId("crash"),
    signal: ending.signal,
    holder: `${process.pid}`,
    sleep: async (ms, signal) => void (await wait(ms, undefined, { signal })),
    failpoint(name) {
      // A paused process is one that the others take for dead.
      passed.set(name, (passed.get(name) ?? 0) + 1);
      if ([name, `${name}@${passed.get(name)}`].includes(process.env.PLUMBLINE_PAUSE_AT) && !paused) {
        paused = true;
        say({ event: "paused" });
        process.kill(process.pid, "SIGSTOP");
      }
      failpoint(name);
    },
  });

let paused = false;
const passed = new Map();
const ended = (state) => !["approved", "applying", "verifying"].includes(state);
const stateNow = async () => (await store.get(given.planId))?.state ?? "gone";

say({ event: "started", at: Date.now() });
try {
  if (given.first) await apply(given.planId);
  else
    await keepResuming({
      async abandoned() {
        if (ended(await stateNow())) ending.abort();
        if (ending.signal.aborted) return [];
        // Killed before it began: nothing of it is known, and whoever asked for it asks again.
        const begun = await db.query("select 1 from plan_lease where plan_id = $1", [given.planId]);
        return begun.count === 0 ? [given.planId] : plansWithoutLease(db);
      },
      goOn: apply,
      leaseSeconds: given.safeguards.leaseSeconds,
      log,
      now: () => Date.now(),
      sleep: async (ms, signal) => void (await wait(ms, undefined, { signal })),
      signal: ending.signal,
    });
  say({ event: "ended", state: await stateNow() });
} catch (error) {
  say({ event: "failed", kind: error.kind ?? "unexpected", message: error.message });
} finally {
  await writer.close();
  await db.close();
}
