import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AuditorError } from "../../core/errors.ts";
import { type Coverage, instant, type MemberRow } from "../../core/model.ts";
import { runGuards } from "../../sync/guard.ts";
import { contextFor } from "../contract/collector.ts";
import { guardFacts } from "../property/guard-facts.ts";
import { AUDIENCE, DEST, draft, mailOf, OWNER, type Twin, testConfig, WIDE } from "../property/sync-world.ts";
import { KINDS, type Kind, type SystemName } from "./vendor-kinds.ts";
import { addresses, HTTP, quickSleep, scaled } from "./vendor-run.ts";
import { ghostSim, klaviyoSim, type Sim } from "./vendor-sims.ts";
import { Table } from "./vendor-table.ts";

// Three pages are read while the vendor does one thing wrong, at each request in turn. What calls itself complete is the
// truth, and what does not lets nobody be removed.
const IN = 230;
const ALL = 250;
const dest = { consent: "subscribed" as const, mailable: true, plan: "pro" };
const twins: readonly Twin[] = Array.from({ length: ALL }, (_, i) => ({
  owner: null,
  dest: { ...dest, inSegment: i < IN },
}));
const truth = addresses(twins);
const config = testConfig({ safeguards: { ...testConfig().safeguards, ...WIDE } });

type Reading = {
  readonly rows: readonly MemberRow[];
  readonly coverage: Coverage;
  readonly error: unknown;
};

async function read(sim: Sim): Promise<Reading> {
  const collector = sim.collector({ sleep: quickSleep, random: () => 0.5, http: HTTP });
  const rows: MemberRow[] = [];
  let coverage: Coverage = "unusable";
  try {
    for await (const page of collector.read(
      [{ kind: "segment", audience: AUDIENCE, source: sim.source }],
      contextFor(),
    )) {
      rows.push(...page.items);
      for (const end of page.ends) coverage = end.coverage;
    }
    return { rows, coverage, error: null };
  } catch (error) {
    return { rows, coverage: coverage === "complete" ? "partial" : coverage, error };
  } finally {
    await collector.close();
  }
}

/** What the program would do if this reading were the owner's: may it remove anyone? */
function mayRemove({ rows, coverage }: Reading): boolean {
  const now = instant(new Date());
  const held = new Set(rows.map((r) => r.identifiers.email));
  const doc = draft(
    twins.map((t, i) => ({ ...t, owner: held.has(mailOf(i)) ? { plan: "pro", optedOut: false } : null })),
    config,
    now,
  );
  const reading = { asOf: now, takenAt: now, size: rows.length, previousSize: null, readMs: 60_000 };
  const { guards } = runGuards(
    doc,
    guardFacts(now, config, {
      readings: [
        { snapshot: "s1", system: OWNER, coverage, ...reading },
        { snapshot: "s2", system: DEST, coverage: "complete", ...reading },
      ],
    }),
  );
  return doc.changes.some((c) => c.op === "remove") && guards.every((g) => g.verdict !== "fail");
}

/** What is wrong with this reading, in words; empty: nothing. */
function wrongWith(reading: Reading, left: number): readonly string[] {
  const wrong: string[] = [];
  const read = reading.rows.map((r) => r.identifiers.email ?? "");
  const missing = [...truth].filter((email) => !read.includes(email)).length;
  if (new Set(read).size !== read.length) wrong.push("somebody twice");
  if (read.some((email) => !truth.has(email))) wrong.push("somebody who is not in the segment");
  if (reading.rows.some((r) => r.consent !== "subscribed")) wrong.push("a consent that nobody gave or took");
  if (reading.coverage === "complete" && missing > left) wrong.push(`complete, with ${missing} missing`);
  if (reading.error !== null && !(reading.error instanceof AuditorError))
    wrong.push(`threw ${reading.error}`);
  if (mayRemove(reading) && missing > left) wrong.push("I9: lets somebody be removed");
  return wrong;
}

describe.each([
  ["Ghost", ghostSim],
  ["Klaviyo", () => klaviyoSim(scaled(3_000))],
] as const)("reading %s", (system: SystemName, start: () => Promise<Sim>) => {
  const table = new Table(`Reading ${system}`);
  let sim: Sim;
  beforeAll(async () => {
    sim = await start();
    await sim.fill(twins);
  });
  afterAll(async () => {
    table.print();
    await sim.close();
  });

  const strike = async (k: Kind, skip: number, times: number | null): Promise<void> => {
    const changes = k.name === "list changed while paging";
    if (changes) await sim.fill(twins);
    const fault = k.fault(Date.now());
    const many = times ?? (k.slow === true ? 4 : null);
    await sim.fault({ ...fault, on: "reads", skip, times: fault.times === null ? null : many });
    const reading = await read(sim);
    await sim.heal();
    // those who really leave meanwhile: one at each page that the fault strikes
    const left = changes ? (times ?? ALL) : 0;
    const wrong = wrongWith(reading, left);
    table.add(k.name, system, reading.error === null ? reading.coverage : "refused", wrong.length > 0);
    expect(wrong.join(" | ")).toBe("");
    if (changes) await sim.fill(twins);
  };

  for (const k of KINDS.filter((k) => k.systems.includes(system) && k.on !== "writes")) {
    for (const skip of [0, 1, 2, 3]) it(`${k.name}, at request ${skip + 1}, once`, () => strike(k, skip, 1));
    for (const skip of [0, 2]) it(`${k.name}, from request ${skip + 1} on`, () => strike(k, skip, null));
  }

  it("is whole without a fault", async () => {
    const reading = await read(sim);
    expect(reading).toMatchObject({ coverage: "complete", error: null });
    expect(new Set(reading.rows.map((r) => r.identifiers.email))).toEqual(truth);
    expect(mayRemove(reading)).toBe(false);
  });
});
