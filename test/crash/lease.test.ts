import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkTruth, inPool, type Life, live, prepare, Tally } from "./cases.ts";
import { killAt, withPatience } from "./matrix.ts";
import { pace } from "./pace.ts";
import { type CrashVendor, ghostVendor } from "./vendors.ts";

const tally = new Tally();
let vendor: CrashVendor;
beforeAll(async () => {
  vendor = await ghostVendor();
});
afterAll(async () => {
  tally.print("Leases");
  await vendor.close();
});

describe("the lease", () => {
  it.each(["lease.before_renew", "lease.renewed", "lease.before_renew@2", "lease.renewed@2"])(
    "killed at %s",
    async (failpoint) => {
      const { leaseSeconds } = await pace();
      // So slow that it is renewed a few times before the first read back.
      const slow = { ...vendor, settleMs: leaseSeconds * 1_500 };
      await withPatience(leaseSeconds, async (lease) => {
        const c = await prepare(slow, { set: 12, remove: 12 }, lease);
        await killAt(c, { failpoint, earlier: null }, tally, "renewal", false);
        await checkTruth(c);
        await c.database.drop();
      });
    },
  );

  it.each(["before_intent@2", "after_intent@2", "after_vendor_call@2", "after_read_back", "after_outcome"])(
    "whoever sleeps past it at %s and wakes up writes nothing more",
    async (pauseAt) => {
      const { leaseSeconds } = await pace();
      const c = await prepare(vendor, { set: 45, remove: 10 }, leaseSeconds);
      let successor: Life | null = null;
      let before = "";
      const sleeper = await live(c, {
        pauseAt,
        onPaused(wake) {
          void live(c).then(async (life) => {
            successor = life;
            before = await everything(c);
            wake();
          });
        },
      });
      expect(successor).toMatchObject({ state: "done", failed: null });
      expect(sleeper, JSON.stringify(sleeper)).toMatchObject({
        killed: false,
        // by its own clock, or else by the fence in the database
        failed: expect.stringMatching(/its lease was lost|another process carries this plan out/),
      });
      expect(await everything(c), "rows and effects").toBe(before);
      await checkTruth(c);
      await c.database.drop();
    },
  );

  it("five kills with leases of 15 s: gone on within 30 s", async () => {
    const at = ["after_intent", "write_answered", "after_vendor_call", "after_outcome", "before_done"];
    await inPool(at.length, at, async (failpoint) => {
      const c = await prepare(vendor, { suppress: 3, remove: 3, add: 3, set: 3 }, 15);
      await killAt(c, { failpoint, earlier: null }, tally, "15 s");
      await checkTruth(c);
      await c.database.drop();
    });
  });
});

/** What a late writer could have touched, as text. */
async function everything(c: Awaited<ReturnType<typeof prepare>>): Promise<string> {
  const { rows: journal } = await c.database.db.query(
    "select row_to_json(journal)::text as row from journal order by 1",
  );
  const { rows: plans } = await c.database.db.query("select row_to_json(plan)::text as row from plan");
  return JSON.stringify({ journal, plans, effects: (await vendor.effects()).length });
}
