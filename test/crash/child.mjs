// One life of the process that applies a plan: built code, the real store, the real writer. Ends itself with SIGKILL
// at PLUMBLINE_FAILPOINT, or is killed from outside. Prints one line of JSON when it comes through.
import { randomBytes } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { runId } from "../../dist/core/model.js";
import { deriveKeys } from "../../dist/members/keys.js";
import { sealer } from "../../dist/members/sealer.js";
import { openDatabase } from "../../dist/store/database.js";
import { planStore } from "../../dist/store/plan-store.js";
import { applyPlan } from "../../dist/sync/apply.js";
import { ghostWriter } from "../../dist/sync/writers/ghost.js";

const given = JSON.parse(process.env.PLUMBLINE_CRASH_TEST ?? "{}");
const db = await openDatabase({ url: given.databaseUrl, applicationName: "plumbline crash test" });
const writer = ghostWriter(given.ghost, { secret: () => given.key });
process.stdout.write("started\n");
try {
  const result = await applyPlan({
    planId: given.planId,
    store: planStore(db),
    writers: new Map([[given.ghost.id, writer]]),
    sources: () => ({ label: given.label }),
    sealer: sealer(deriveKeys(Buffer.from(given.secret, "hex")), (n) => randomBytes(n)),
    safeguards: given.safeguards,
    clock: { now: () => new Date() },
    log: {
      info: () => undefined,
      warn: (event, fields) => process.stderr.write(`${event} ${JSON.stringify(fields)}\n`),
    },
    runId: runId("crash"),
    signal: new AbortController().signal,
    holder: String(process.pid),
    sleep: async (ms, signal) => void (await wait(ms, undefined, { signal })),
    failpoint(name) {
      if (name === process.env.PLUMBLINE_FAILPOINT) process.kill(process.pid, "SIGKILL");
    },
  });
  process.stdout.write(
    `${JSON.stringify({ state: result.state, because: result.because, counts: result.counts })}\n`,
  );
} catch (error) {
  process.stdout.write(`${JSON.stringify({ error: error.kind ?? "unexpected", message: error.message })}\n`);
} finally {
  await writer.close();
  await db.close();
}
