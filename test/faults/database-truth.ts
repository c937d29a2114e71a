/** A plan over the Ghost process, and the truth about what became of it: the simulator's journal beside the database's. */
import { randomBytes } from "node:crypto";
import { expect } from "vitest";
import { instant } from "../../core/model.ts";
import type { Op, Plan } from "../../core/repair.ts";
import type { GhostEntry } from "../../demo/ghost/journal.ts";
import { deriveKeys } from "../../members/keys.ts";
import { sealer } from "../../members/sealer.ts";
import type { Database } from "../../store/database.ts";
import { planStore } from "../../store/plan-store.ts";
import { putWriteSwitch } from "../../store/put-write-switch.ts";
import { planHash } from "../../sync/hash.ts";
import { draftPlan } from "../../sync/plan.ts";
import { openSealedChange } from "../../sync/sealed.ts";
import { DEST, draftInput, mailOf, type Twin, testConfig } from "../property/sync-world.ts";
import { type GhostProcess, LABEL } from "./database-world.ts";

export type Prepared = { readonly plan: Plan; readonly before: number; readonly secret: string };

const sealsOf = (secret: string) =>
  sealer(deriveKeys(new TextEncoder().encode(secret)), (n) => randomBytes(n));

/** To suppress and take off, to take off, to rename, to add (half of them without a record). */
function twins(people: number): Twin[] {
  const dest = { inSegment: true, consent: "subscribed" as const, mailable: true, plan: "free" };
  return Array.from({ length: people }, (_, i): Twin => {
    if (i % 4 === 0) return { owner: null, dest };
    if (i % 4 === 1) return { owner: { plan: "free", optedOut: true }, dest };
    if (i % 4 === 2) return { owner: { plan: "pro", optedOut: false }, dest };
    return {
      owner: { plan: "free", optedOut: false },
      dest: i % 8 === 3 ? null : { ...dest, inSegment: false },
    };
  });
}

/** As an admin would have switched it on. */
export const writesOn = (db: Database) =>
  putWriteSwitch(db, {
    system: DEST,
    enabled: true,
    at: instant(new Date()),
    person: "Ben",
    reason: "the tests' systems are simulators",
  });

/** Ghost filled anew, and a plan that was approved and begun: as a process leaves it that died before its first call. */
export async function begunPlan(
  db: Database,
  ghost: GhostProcess,
  secret: string,
  people: number,
): Promise<Prepared> {
  const all = twins(people);
  await ghost.control(
    "POST",
    "unload",
    all.map((_, i) => mailOf(i)),
  );
  await ghost.control(
    "POST",
    "load",
    all.flatMap((t, i) =>
      t.dest === null
        ? []
        : [{ email: mailOf(i), name: t.dest.plan, labels: t.dest.inSegment ? [LABEL, "keep"] : ["keep"] }],
    ),
  );
  const now = instant(new Date());
  const doc = draftPlan({ ...draftInput(all, testConfig(), now), sealer: sealsOf(secret) });
  await writesOn(db);
  const store = planStore(db);
  const plan = await store.create(doc, planHash(doc), [], "second_person");
  const confirmed = `PL-${plan.id} ${doc.changes.length}`;
  await store.approve(plan.id, { person: "Ben", at: now, hash: plan.hash, confirmed });
  const before = (await ghost.journal()).length;
  // The lease first: a server that looks for begun plans meanwhile would take this one.
  const dead = await store.acquire(plan.id, "dead", 30);
  if (dead === null) throw new Error("a plan that nobody knows of is free");
  await store.move(plan.id, ["draft"], "applying", now, null);
  // With a first intent the safeguards have been judged; this plan rests on no reading that they could look at.
  await store.intent(dead, [0], now, [null]);
  await store.release(dead);
  return { plan, before, secret };
}

const changed = (e: GhostEntry): Op[] => {
  const labels = (s: GhostEntry["before"]): boolean => s?.labels.includes(LABEL) ?? false;
  const ops: Op[] = [];
  if ((e.before?.newsletters.length ?? 0) > 0 && e.after?.newsletters.length === 0) ops.push("suppress");
  if (labels(e.before) && !labels(e.after)) ops.push("remove");
  if (!labels(e.before) && labels(e.after)) ops.push("add");
  if (e.before !== null && e.before.name !== e.after?.name) ops.push("set");
  return ops;
};

type JournalRow = { n: number; phase: string; at: string };

/**
 * I1 the ends sum to the plan; I2 every change has its effect once; I3 nobody's consent loosened; I4 nothing but the
 * plan; I6 an intent before and an outcome after every mutation, by the clock that both processes share.
 */
export async function checkTruth(db: Database, ghost: GhostProcess, p: Prepared): Promise<void> {
  const { plan } = p;
  const seals = sealsOf(p.secret);
  const done = new Map<string, string[]>();
  for (const e of (await ghost.journal()).slice(p.before).filter((x) => x.effective)) {
    expect(changed(e), "I4: a mutation of no known kind").not.toEqual([]);
    for (const op of changed(e)) {
      const key = `${e.after?.email} ${op}`;
      done.set(key, [...(done.get(key) ?? []), e.at]);
    }
    for (const n of e.after?.newsletters ?? []) expect(e.before?.newsletters, "I3").toContain(n);
    if (e.before !== null) expect(e.after?.labels).toContain("keep");
    expect(e.op).not.toBe("delete");
  }
  const wanted = new Map(
    plan.doc.changes.map((c) => [`${openSealedChange(seals, c.sealed).identifiers.email} ${c.op}`, c.n]),
  );
  expect([...done.keys()].sort(), "I4, and nothing lost").toEqual([...wanted.keys()].sort());
  expect(Math.max(...[...done.values()].map((at) => at.length)), "I2").toBe(1);
  const counts = await planStore(db).counts(plan.id);
  expect(counts, "I1").toMatchObject({
    applied: wanted.size,
    unknown: 0,
    failed: 0,
    waiting: 0,
    in_doubt: 0,
  });
  expect((await planStore(db).get(plan.id))?.state).toBe("done");

  const { rows } = await db.query<JournalRow>("select n, phase, at from journal where plan_id = $1", [
    plan.id,
  ]);
  for (const [key, [at]] of done) {
    const mine = rows.filter((r) => r.n === wanted.get(key));
    const known = (phase: string, holds: (when: string) => boolean) =>
      mine.some((r) => r.phase === phase && holds(r.at));
    expect(
      known("intent", (when) => at !== undefined && when <= at),
      `I6: no intent before ${key}`,
    ).toBe(true);
    expect(
      known("outcome", (when) => at !== undefined && when >= at),
      `I6: no outcome after ${key}`,
    ).toBe(true);
  }
}
