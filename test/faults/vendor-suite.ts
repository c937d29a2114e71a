import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { faultAt, KINDS, type Kind, MOMENTS, type Moment, type SystemName, strikes } from "./vendor-kinds.ts";
import { applyToEnd, brokenText, judgeRun, live, prepare, scaled, worldOf } from "./vendor-run.ts";
import type { Sim } from "./vendor-sims.ts";
import { Table } from "./vendor-table.ts";

const PEOPLE = 32;

/**
 * A mixed plan is carried out while a vendor does one thing wrong, at each moment, once and until it is healed; the
 * simulator's journal tells what really happened.
 */
export function writingUnderFaults(system: SystemName, start: () => Promise<Sim>): void {
  const table = new Table(`Applying to ${system}`);
  let sim: Sim;
  let database: TestDatabase;
  beforeAll(async () => {
    sim = await start();
    database = await testDatabase();
  });
  afterAll(async () => {
    table.print();
    await sim.close();
    await database.drop();
  });

  const strike = async (k: Kind, moment: Moment, times: number | null): Promise<void> => {
    const w = worldOf(sim, database);
    const p = await prepare(w, PEOPLE);
    await sim.fault(faultAt(k, moment, times, Date.now()));
    const first = await applyToEnd(w, p.plan.id);
    // what a vendor does long after it was given up has to be there before it is judged
    if (k.late === true) await new Promise((resolve) => setTimeout(resolve, 500));
    const truth = await judgeRun(w, p, k.late);
    const rested = first.error?.kind === "rate_limited" ? "rested, " : "";
    table.add(k.name, system, `${rested}${truth.state}`, truth.broken.length > 0);
    const gone = (what: string): boolean =>
      k.hides === true && what === "said already so of a remove that is not";
    expect(brokenText({ ...truth, broken: truth.broken.filter((what) => !gone(what)) })).toBe("");
    if (k.heals && times === 1) {
      expect({ state: truth.state, because: truth.because, ends: truth.ends }).toEqual({
        state: "done",
        because: null,
        ends: { applied: p.plan.doc.changes.length },
      });
    }
  };

  describe(`${system}, while a plan is applied`, () => {
    for (const k of KINDS.filter((k) => k.systems.includes(system)))
      for (const moment of MOMENTS.filter((m) => strikes(k, m))) {
        it(`${k.name}, ${moment}, once`, () => strike(k, moment, 1));
        it(`${k.name}, ${moment}, until it is healed`, () => strike(k, moment, null));
      }

    it("asks nothing within a Retry-After", async () => {
      const w = worldOf(sim, database);
      const p = await prepare(w, 8);
      await sim.fault({ kind: "rate_limited", retryAfter: "40", on: "writes" });
      await applyToEnd(w, p.plan.id, false);
      const asked = await sim.asked();
      const at = asked.findLastIndex((r) => r.status === 429);
      expect((asked[at + 1]?.atMs ?? 0) - (asked[at]?.atMs ?? 0)).toBeGreaterThanOrEqual(scaled(40_000) - 5);
    });

    it("rests where it is asked to wait for longer than it does, says until when, and goes on", async () => {
      const w = worldOf(sim, database);
      const p = await prepare(w, 8);
      await sim.fault({ kind: "rate_limited", retryAfter: "1000000000", on: "writes", skip: 1 });
      const life = await live(w, p.plan.id);
      const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
      expect(life.error).toMatchObject({ kind: "rate_limited", retryAfterMs: expect.any(Number) });
      const rests = await w.store.get(p.plan.id);
      expect(rests).toMatchObject({
        state: "applying",
        because: expect.stringContaining(`until ${tomorrow}`),
      });
      await applyToEnd(w, p.plan.id);
      const truth = await judgeRun(w, p);
      expect({ ...truth, because: null }).toEqual({
        broken: [],
        ends: { applied: p.plan.doc.changes.length },
        state: "done",
        because: null,
      });
    });
  });
}
