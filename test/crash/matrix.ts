import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Op } from "../../core/repair.ts";
import { FAILPOINTS } from "../../sync/run.ts";
import { type Case, checkTruth, inPool, live, prepare, Tally } from "./cases.ts";
import { pace } from "./pace.ts";
import type { CrashVendor } from "./vendors.ts";

/** Passed once however large the plan is; the others are passed by each batch or round, and then the second one counts. */
const ONCE: readonly string[] = [
  "after_acquire",
  "after_move_applying",
  "after_in_doubt_read",
  "after_in_doubt_outcome",
  "after_preflight_read",
  "after_preflight_outcome",
  "after_move_verifying",
  "after_verify_read",
  "before_done",
  "after_done",
];
const DOUBT: readonly string[] = ["after_in_doubt_read", "after_in_doubt_outcome"];

export type Size = "single" | "bulk";
type Cell = { readonly failpoint: string; readonly earlier: string | null };

/** All steps of an apply, and the moments around the vendor's answer that only the writer sees. */
function cells(size: Size, more: readonly string[]): readonly Cell[] {
  return [...FAILPOINTS, ...more].map((name) => ({
    failpoint: size === "bulk" && !ONCE.includes(name) ? `${name}@2` : name,
    // There is a doubt only after a kill: with nothing done (single) or with a whole batch done (bulk).
    earlier: DOUBT.includes(name) ? (size === "single" ? "after_intent" : "after_vendor_call@2") : null,
  }));
}

/**
 * Slower than the lease allows: right of the product when the machine is busy, wrong when it is not. Tried again with a
 * lease of twice the length: what is wrong stays wrong with any lease.
 */
class TooSlow extends Error {}
const LONGEST_LEASE = 16;

/** Kill at that step, start again, finish. */
export async function killAt(
  c: Case,
  cell: Cell,
  tally: Tally,
  kind: string,
  /** Where the vendor's own time to settle is longer than a lease, work goes on in time but shows late. */
  timed = true,
): Promise<void> {
  for (const failpoint of [...(cell.earlier === null ? [] : [cell.earlier]), cell.failpoint]) {
    const life = await live(c, { failpoint });
    tally.add(kind, life);
    if (life.failed?.includes("its lease was lost")) throw new TooSlow(life.failed);
    expect(life.killed, `${failpoint} was not reached: ${JSON.stringify(life)}`).toBe(true);
    if (timed) expectSoon(c, life.resumedMs);
  }
  const last = await live(c);
  tally.add(kind, last);
  expect(last, JSON.stringify({ cell, last })).toMatchObject({ killed: false, failed: null, state: "done" });
  if (cell.failpoint !== "after_done") expect(last.resumedMs, "went on by itself").not.toBeNull();
  if (timed) expectSoon(c, last.resumedMs);
}

/** Promised: whoever is there after a kill goes on within two leases. */
export function expectSoon(c: Case, resumedMs: number | null): void {
  if (resumedMs !== null && resumedMs > c.leaseSeconds * 2_000)
    throw new TooSlow(`went on after ${resumedMs} ms, with a lease of ${c.leaseSeconds} s`);
}

export async function withPatience(
  leaseSeconds: number,
  work: (leaseSeconds: number) => Promise<void>,
): Promise<void> {
  try {
    await work(leaseSeconds);
  } catch (error) {
    if (!(error instanceof TooSlow) || leaseSeconds * 2 > LONGEST_LEASE) throw error;
    process.stdout.write(`${error.message}; once more with twice the lease\n`);
    await withPatience(leaseSeconds * 2, work);
  }
}

/** Every step × every operation × {one change, many}. */
export function matrix(
  name: string,
  start: () => Promise<CrashVendor>,
  more: (op: Op, size: Size) => readonly string[],
): void {
  const ops: readonly Op[] = ["suppress", "remove", "add", "set"];
  const tally = new Tally();
  let vendor: CrashVendor;
  beforeAll(async () => {
    vendor = await start();
  });
  afterAll(async () => {
    tally.print(name);
    await vendor.close();
  });

  describe.each(ops)(`kill -9 in ${name}: %s`, (op) => {
    it.each(["single", "bulk"] as const)(
      "%s, at every step: nothing lost, doubled or unapproved",
      async (size) => {
        const { atOnce, leaseSeconds } = await pace();
        await inPool(atOnce, cells(size, more(op, size)), async (cell) => {
          await withPatience(leaseSeconds, async (lease) => {
            const c = await prepare(vendor, { [op]: size === "single" ? 1 : vendor.bulk[op] }, lease);
            try {
              await killAt(c, cell, tally, `${op} ${size}`);
              await checkTruth(c);
            } finally {
              await c.database.drop();
            }
          });
        });
      },
    );
  });
}
