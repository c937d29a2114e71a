import type { PlanDoc } from "../../core/repair.ts";
import { planHash } from "../../sync/hash.ts";
import { draftUndo } from "../../sync/undo.ts";
import { at, DEST, draft, mailOf, plainSealer, print, testConfig } from "../property/sync-world.ts";
import { chaos } from "./chaos.ts";
import { DAY } from "./judge.ts";
import { approve, draftOf, keep, look } from "./office.ts";
import { World } from "./world.ts";

const ENDED = ["done", "stopped", "stale", "expired", "refused"];

export type SeedResult = {
  readonly digest: string;
  readonly steps: number;
  readonly plans: number;
  readonly mutations: number;
  readonly ends: Readonly<Record<string, number>>;
};

/** One whole run: a while with faults, then without. Throws with the last lines of the trace when an invariant breaks. */
export async function runSeed(seed: number): Promise<SeedResult> {
  const w = new World(seed);
  try {
    w.begin();
    chaos(w);
    await safety(w);
    await liveness(w);
    await ended(w);
    await nothingLeft(w);
  } catch (e) {
    const why = e instanceof Error ? (e.stack ?? e.message) : String(e);
    throw new Error(
      `seed ${seed}: ${why}\n\nlast steps:\n${w.trace.last().join("\n")}\n\nreplay: ${replay(seed)}`,
    );
  }
  const ends: Record<string, number> = {};
  for (const p of await w.memory.list()) ends[p.state] = (ends[p.state] ?? 0) + 1;
  return {
    digest: w.trace.digest(),
    steps: w.s.steps,
    plans: (await w.memory.list()).length,
    mutations: w.judge.mutations.length,
    ends,
  };
}

const replay = (seed: number): string => `PLUMBLINE_SIM_SEED=${seed} npm run test:simulation`;

/** Faults: plans are drafted from whatever was read, approved, undone; the workers do what they can. */
async function safety(w: World): Promise<void> {
  const r = w.random;
  let busy = true;
  void desk(w, r.between(2, 5)).finally(() => {
    busy = false;
  });
  if (!(await w.s.run(() => !busy, 4 * DAY))) throw new Error("the desk never finished");
  await w.s.run(() => false, r.between(10_000, 600_000));
}

async function desk(w: World, plans: number): Promise<void> {
  const r = w.random;
  for (let i = 0; i < plans; i += 1) {
    try {
      const reading = look(r, w.truth(), w.now());
      w.readings = reading.readings;
      w.s.say("desk", `reads: ${reading.kind}`);
      await w.s.wait(r.between(0, r.pick([5_000, 75 * 60_000])), w.desk, "thinks");
      const undo = r.chance(0.35) ? await undoDoc(w) : null;
      const doc = undo ?? draftOf(w.office, reading);
      if (doc.changes.length > 0) {
        const plan = await keep(w.office, doc);
        w.s.say("desk", `drafts PL-${plan.id}: ${doc.changes.length} changes, ${plan.need}`);
        await w.s.wait(r.between(0, 300_000), w.desk, "asks for approval");
        if (await approve(w.office, plan.id, w.judge)) {
          w.s.say("desk", `PL-${plan.id} is approved`);
          if (r.chance(0.04)) replaced(w, plan.id, reading.twins.length);
          w.ring();
        }
      }
    } catch (e) {
      w.s.say("desk", `gave up: ${e instanceof Error ? e.message : String(e)}`);
    }
    await w.s.wait(r.pick([5_000, 600_000, 3_600_000, 9 * 3_600_000]), w.desk, "comes back");
  }
}

/** Somebody puts another document in the place of the approved one; the approval stands beside it. */
function replaced(w: World, id: number, people: number): void {
  const truth = w.truth();
  const twins = truth.map((t, i) => (i === people - 1 ? { ...t, owner: null } : t));
  const doc = draft(twins, testConfig(), w.now());
  w.s.say("chaos", `PL-${id} is replaced`);
  w.memory.replace(id, doc, planHash(doc));
}

async function undoDoc(w: World): Promise<PlanDoc | null> {
  const plans = (await w.memory.list()).filter(
    (p) => ["done", "stopped"].includes(p.state) && p.startedAt !== null && p.doc.undoes === null,
  );
  const plan = plans.find((p) => plans.every((q) => q.doc.undoes !== p.id));
  if (plan === undefined) return null;
  const size = w.truth().filter((t) => t.dest?.inSegment === true).length;
  return draftUndo({
    plan,
    progress: await w.memory.progress(plan.id),
    sealer: plainSealer,
    safeguards: w.safeguards(),
    author: "Ana",
    now: w.now(),
    incidentId: null,
    basedOn: w.readings.map((x) => ({
      snapshot: x.snapshot,
      system: x.system,
      asOf: x.asOf,
      size: x.size ?? 0,
    })),
    sizes: { [DEST]: size },
    automations: { [DEST]: [] },
    fingerprint: print,
  });
}

/** I8: no faults any more; every plan that was begun ends. */
async function liveness(w: World): Promise<void> {
  w.faulty = false;
  w.s.say("world", "the faults end");
  Object.assign(w.storeMood, { before: 0, after: 0, slow: 0, downUntil: 0 });
  Object.assign(w.vendorMood, { readFails: 0, readHoles: 0, lagMs: 0, downUntil: 0 });
  for (const fate of Object.keys(w.vendorMood.fates)) {
    if (fate !== "fine") w.vendorMood.fates[fate as "fine"] = 0;
  }
  for (const worker of w.workers) worker.process.pausedUntil = 0;
  w.ring();
  await settle(w);
}

/** Until no plan is open. */
async function settle(w: World): Promise<void> {
  let open = true;
  const watch = async (): Promise<void> => {
    while (open) {
      await w.s.wait(5_000, null, "is anything open?");
      const plans = await w.memory.list();
      open = plans.some((p) => ["approved", "applying", "verifying"].includes(p.state));
      // an approved plan that its own guards hold back ends with its time
      for (const p of plans)
        if (p.state === "approved" && Date.parse(w.now()) >= Date.parse(p.doc.expiresAt))
          await w.memory.move(p.id, ["approved"], "expired", w.now(), null);
        else if (p.state === "approved" && w.judge.plans.get(p.id)?.createdAt !== p.doc.createdAt)
          await w.memory.move(p.id, ["approved"], "refused", w.now(), null);
    }
  };
  void watch();
  if (!(await w.s.run(() => !open, 3 * 3_600_000))) {
    const left = (await w.memory.list()).filter((p) => !ENDED.includes(p.state) && p.state !== "checked");
    throw new Error(
      `I8: ${left.map((p) => `PL-${p.id} is ${p.state}`).join(", ")} for hours without a fault`,
    );
  }
}

/** What is recorded and what happened are the same. */
async function ended(w: World): Promise<void> {
  for (const plan of await w.memory.list()) {
    const counts = await w.memory.counts(plan.id);
    const sum = Object.values(counts).reduce((a, b) => a + b, 0);
    if (sum !== plan.doc.changes.length) throw new Error(`I1: PL-${plan.id} does not sum`);
    if (counts.in_doubt > 0)
      throw new Error(`I6: PL-${plan.id} is ${plan.state} and ${counts.in_doubt} are in doubt`);
    if (plan.state === "done" && counts.waiting > 0)
      throw new Error(`I1: PL-${plan.id} is done and some wait`);
    for (const p of await w.memory.progress(plan.id)) {
      const change = w.judge.plans.get(plan.id)?.changes[p.n];
      if (change === undefined) continue;
      const { mutations, intents } = w.judge.of(plan.id, p.n);
      const edits = w.vendor.edits.get(mailOf(Number.parseInt(change.person, 16))) ?? [];
      const from = Date.parse(plan.startedAt ?? "") || 0;
      // what others did to that person meanwhile can hide or repeat ours
      if (edits.some((e) => e.at >= from - 60_000)) continue;
      const name = `change ${p.n} of PL-${plan.id} (${change.op})`;
      if (mutations.length > 0 && p.end !== "applied" && p.end !== "unknown")
        throw new Error(`I6: ${name} happened and ended ${p.end}`);
      if (p.end === "applied" && mutations.length === 0)
        throw new Error(`I1: ${name} ended applied and never happened`);
      if (p.end === null && intents > 0) throw new Error(`I6: ${name} was begun and has no end`);
    }
  }
}

/** I11: two days later, with a good read and no limits, one plan mends everything, and the next one is empty. */
async function nothingLeft(w: World): Promise<void> {
  w.s.in(2 * DAY, null, "two days later", () => undefined);
  await w.s.run(() => false, 2 * DAY + 1);
  w.wide = true;
  w.judge.wide = true;
  const { office } = w;
  const { config } = office;
  for (let round = 0; round < 3; round += 1) {
    const twins = w.truth();
    const owners = twins.filter((t) => t.owner !== null).length;
    const doc = draft(twins, config, at(w.s.now));
    // whoever was added has no field values yet: the second plan fills them in
    const wanted = round === 0 ? doc.changes : doc.changes.filter((c) => c.op !== "set" || round > 1);
    if (round > 0 && wanted.length > 0)
      throw new Error(
        `I11: left after a plan: ${wanted.map((c) => `${c.op}:${c.person} ${JSON.stringify(twins[Number.parseInt(c.person, 16)])}`).join(", ")}`,
      );
    if (doc.changes.length === 0) return;
    w.readings = ["warehouse", "ghost"].map((system) => ({
      snapshot: `s-${system}`,
      system: system as typeof DEST,
      coverage: "complete" as const,
      asOf: w.now(),
      takenAt: w.now(),
      size: owners,
      previousSize: owners,
      readMs: 60_000,
    }));
    let approved: boolean | null = null;
    void keep(office, doc)
      .then((plan) => approve(office, plan.id, w.judge))
      .then((yes) => {
        approved = yes;
      });
    await w.s.run(() => approved !== null, 60_000);
    if (approved !== true) throw new Error("I11: the mending plan was not approved");
    w.ring();
    await settle(w);
  }
}
