import { afterAll, beforeAll, expect, it } from "vitest";
import { type Case, checkTruth, inPool, type LiveOptions, live, prepare, Tally } from "./cases.ts";
import { pace } from "./pace.ts";
import { type CrashVendor, ghostVendor, klaviyoVendor } from "./vendors.ts";

const KILLS = Number(process.env.PLUMBLINE_CRASH_KILLS ?? "200");
/** A plan that comes through in so many lives is finished without further kills, so that every one ends. */
const MOST_LIVES = 12;

const tally = new Tally();
let vendors: readonly CrashVendor[] = [];
beforeAll(async () => {
  vendors = [await ghostVendor(), await klaviyoVendor()];
});
afterAll(async () => {
  tally.print("Random moments");
  for (const v of vendors) await v.close();
});

/** Mostly while it works, now and then while it starts, waits for a lease or reads. */
const moment = (): NonNullable<LiveOptions["kill"]> =>
  Math.random() < 0.25
    ? { from: "started", afterMs: Math.random() * 800 }
    : { from: "works", afterMs: Math.random() ** 2 * 1_500 };

async function killOften(c: Case, left: () => number): Promise<void> {
  for (let n = 0; n < MOST_LIVES; n += 1) {
    const life = await live(c, left() > 0 ? { kill: moment() } : {});
    tally.add(c.vendor.name, life);
    if (life.state === "done") return;
  }
  const last = await live(c);
  tally.add(c.vendor.name, last);
  expect(last, JSON.stringify(last)).toMatchObject({ state: "done" });
}

it(`kill -9 at ${KILLS} random moments: nothing lost, doubled or unapproved`, async () => {
  const { atOnce, leaseSeconds } = await pace();
  const left = (): number => KILLS - [...tally.kills.values()].reduce((a, b) => a + b, 0);
  const workers = Array.from({ length: atOnce }, (_, i) => i);
  await inPool(atOnce, workers, async (worker) => {
    for (let n = worker; left() > 0; n += 1) {
      const vendor = vendors[n % vendors.length] as CrashVendor;
      const c = await prepare(
        vendor,
        vendor.name === "ghost"
          ? { suppress: 30, remove: 30, add: 30, set: 30 }
          : { suppress: 60, remove: 60, add: 60, set: 20 },
        leaseSeconds,
      );
      await killOften(c, left);
      await checkTruth(c);
      await c.database.drop();
    }
  });
  expect(left()).toBeLessThanOrEqual(0);
});
