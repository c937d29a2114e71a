import { randomInt } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Fault } from "../../demo/sim/faults.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { faultAt, KINDS, MOMENTS, type SystemName, strikes } from "./vendor-kinds.ts";
import { applyToEnd, brokenText, judgeRun, prepare, scaled, worldOf } from "./vendor-run.ts";
import { ghostSim, klaviyoSim, type Sim } from "./vendor-sims.ts";
import { Table } from "./vendor-table.ts";

// Two to four faults at once, by chance. PLUMBLINE_FAULT_SEED replays the one that a failure names.
const given = process.env.PLUMBLINE_FAULT_SEED;
const CASES = 25;
const first = given === undefined ? randomInt(1_000_000_000) : Number(given);
const seeds = Array.from({ length: given === undefined ? CASES : 1 }, (_, i) => first + i);

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function chance(seed: number): () => number {
  let at = seed >>> 0;
  return () => {
    at = (at + 0x6d2b79f5) >>> 0;
    let t = Math.imul(at ^ (at >>> 15), at | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function faultsOf(
  seed: number,
  system: SystemName,
): { names: readonly string[]; faults: readonly Fault[]; late: boolean; hides: boolean } {
  const next = chance(seed);
  const pick = <T>(all: readonly T[]): T => {
    const one = all[Math.floor(next() * all.length)];
    if (one === undefined) throw new RangeError("nothing to pick from");
    return one;
  };
  const chosen = Array.from({ length: 2 + Math.floor(next() * 3) }, () => {
    const kind = pick(KINDS.filter((k) => k.systems.includes(system)));
    const moment = pick(MOMENTS.filter((m) => strikes(kind, m)));
    const times = pick([1, 1, 2, 3]);
    const fault = { ...faultAt(kind, moment, times, Date.now()), skip: Math.floor(next() * 40) };
    return { kind, fault, name: `${kind.name}, ${moment}, ${times}×` };
  });
  return {
    names: chosen.map((c) => c.name),
    faults: chosen.map((c) => c.fault),
    late: chosen.some((c) => c.kind.late === true),
    hides: chosen.some((c) => c.kind.hides === true),
  };
}

describe.each([
  ["Ghost", ghostSim],
  ["Klaviyo", () => klaviyoSim(scaled(3_000))],
] as const)("%s, with several faults at once", (system: SystemName, start: () => Promise<Sim>) => {
  const table = new Table(`Random combinations on ${system}, seeds from ${first}`);
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

  it.each(seeds)("PLUMBLINE_FAULT_SEED=%i", async (seed) => {
    const { names, faults, late, hides } = faultsOf(seed, system);
    const w = worldOf(sim, database);
    const p = await prepare(w, 40);
    await sim.fault(...faults);
    await applyToEnd(w, p.plan.id);
    if (late) await new Promise((resolve) => setTimeout(resolve, 500));
    const truth = await judgeRun(w, p, late);
    table.add(`${faults.length} at once`, system, truth.state, truth.broken.length > 0);
    // a list that hides people: see vendor-kinds.ts
    const gone = (what: string): boolean => hides && what === "said already so of a remove that is not";
    const broken = brokenText({ ...truth, broken: truth.broken.filter((what) => !gone(what)) });
    expect(broken === "" ? "" : `${broken} (${names.join("; ")})`).toBe("");
  });
});
