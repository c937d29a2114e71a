import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { faultAt, KINDS, type Kind, MOMENTS, type Moment, type SystemName, strikes } from "./vendor-kinds.ts";
import { applyToEnd, judgeRun, prepare, scaled, type World, worldOf } from "./vendor-run.ts";
import { ghostSim, klaviyoSim, type Sim } from "./vendor-sims.ts";
import { Table } from "./vendor-table.ts";

// A mixed plan is carried out while a vendor does one thing wrong, at each moment, once, a few times, and until it is
// healed; the simulator's journal tells what really happened.
const PEOPLE = 48;
const table = new Table("Writing under faults");
const sims = new Map<SystemName, Sim>();
let database: TestDatabase;

beforeAll(async () => {
  sims.set("Ghost", await ghostSim());
  sims.set("Klaviyo", await klaviyoSim(scaled(3_000)));
  database = await testDatabase();
});
afterAll(async () => {
  table.print();
  for (const sim of sims.values()) await sim.close();
  await database.drop();
});

function worldFor(system: SystemName): World {
  const sim = sims.get(system);
  if (sim === undefined) throw new Error(`${system} did not start`);
  return worldOf(sim, database);
}

async function strike(k: Kind, system: SystemName, moment: Moment, times: number | null): Promise<void> {
  const w = worldFor(system);
  const p = await prepare(w, PEOPLE);
  await w.sim.fault(faultAt(k, moment, times, Date.now()));
  const first = await applyToEnd(w, p.plan.id);
  // what a vendor does long after it was given up has to be there before it is judged
  if (k.late === true) await new Promise((resolve) => setTimeout(resolve, 250));
  const truth = await judgeRun(w, p, k.late);
  const rested = first.error?.kind === "rate_limited" ? "rested, " : "";
  table.add(k.name, system, `${rested}${truth.state}`, truth.broken.length > 0);
  expect({ broken: truth.broken, because: truth.because }).toEqual({
    broken: [],
    because: truth.because,
  });
  if (k.heals && times === 1) {
    expect({ state: truth.state, because: truth.because, ends: truth.ends }).toEqual({
      state: "done",
      because: null,
      ends: { applied: p.plan.doc.changes.length },
    });
  }
}

describe.each(["Ghost", "Klaviyo"] as const)("%s, while a plan is applied", (system) => {
  const kinds = KINDS.filter((k) => k.systems.includes(system));
  for (const k of kinds) {
    for (const moment of MOMENTS.filter((m) => strikes(k, m))) {
      it(`${k.name}, ${moment}, once`, () => strike(k, system, moment, 1));
      it(`${k.name}, ${moment}, until it is healed`, () => strike(k, system, moment, null));
    }
  }
});
