import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AuditorError } from "../../core/errors.ts";
import { audienceId } from "../../core/model.ts";
import type { Plan, PlanDoc } from "../../core/repair.ts";
import { applyPlan } from "../../sync/apply.ts";
import { mayApprove } from "../../sync/approve.ts";
import { DAY_MS, runGuards } from "../../sync/guard.ts";
import { planHash } from "../../sync/hash.ts";
import { mostOf } from "../../sync/most.ts";
import { draftPlan } from "../../sync/plan.ts";
import { NOBODY } from "../../sync/size-limit.ts";
import { draftUndo } from "../../sync/undo.ts";
import { memoryPlanStore } from "../setup/memory-plan-store.ts";
import { guardFacts } from "./guard-facts.ts";
import {
  applyInput,
  at,
  DEST,
  draftInput,
  mailOf,
  plainSealer,
  print,
  type Twin,
  testConfig,
  Vendor,
  virtualTime,
} from "./sync-world.ts";

/** Two audiences on one list of the vendor, and the first of them under the name it had before. */
const NAMES = ["active_customers", "vip", "active_customers_old"].map(audienceId);
const AUTHORS = ["Ana", "Eva", "Tom"];
const PEOPLE = [
  ...AUTHORS.map((name) => ({ name, role: "editor" as const })),
  { name: "Ben", role: "approver" as const },
];
const limits = testConfig().safeguards;

type Step =
  | {
      readonly do: "plan";
      readonly name: number;
      readonly author: number;
      readonly from: number;
      readonly people: number;
      readonly set: boolean;
      readonly late: boolean;
      readonly stopAfter: number | null;
      readonly faulty: boolean;
      readonly wait: number;
    }
  | { readonly do: "pair"; readonly from: number; readonly people: number; readonly wait: number }
  | { readonly do: "undo"; readonly which: number; readonly wait: number };

/** Never 0: what one plan writes at the very instant another ends would be counted to both. */
const wait = fc.oneof(fc.integer({ min: 1, max: 60 * 60_000 }), fc.integer({ min: 1, max: 20 * 3_600_000 }));
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("plan" as const),
      name: fc.nat(2),
      author: fc.nat(2),
      from: fc.nat(400),
      // small ones fill what is left of a limit to the last person
      people: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 60 })),
      set: fc.boolean(),
      late: fc.boolean(),
      stopAfter: fc.option(fc.nat(6)),
      faulty: fc.boolean(),
      wait,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("pair" as const),
      from: fc.nat(400),
      people: fc.integer({ min: 1, max: 40 }),
      wait,
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("undo" as const), which: fc.nat(9), wait }) },
);

/** One vendor's list and everybody who repairs it; what they may do is what the guards and the apply let through. */
class Office {
  readonly time = virtualTime();
  readonly store = memoryPlanStore(this.time.now);
  readonly vendor = new Vendor(this.time.now, () => this.store);
  readonly size: number;
  readonly begun: number;
  /** Ended applies: when, and whether the author alone had approved; an undo may reach as far as what it undoes. */
  readonly ran: { readonly at: number; readonly alone: boolean; readonly undo: boolean }[] = [];
  readonly ids: number[] = [];

  constructor(size: number) {
    this.size = size;
    for (let i = 0; i < 2 * size; i++)
      this.vendor.put(mailOf(i), { inSegment: i < size, consent: "subscribed", mailable: true, plan: "pro" });
    this.begun = this.vendor.history.length;
  }

  listSize = (): number => [...this.vendor.recs.values()].filter((r) => r.inSegment).length;

  /** People in the list leave it, or have a field corrected; people who are not join it. Everybody else agrees. */
  draft(name: number, author: number, from: number, n: number, set: boolean): PlanDoc {
    const total = 2 * this.size;
    const chosen = new Set(Array.from({ length: Math.min(n, total) }, (_, k) => (from + k) % total));
    const twins = Array.from({ length: total }, (_, i): Twin => {
      const dest = { ...this.vendor.recs.get(mailOf(i))! };
      const agreed = dest.inSegment ? { plan: dest.plan ?? "pro", optedOut: false } : null;
      if (!chosen.has(i)) return { owner: agreed, dest };
      if (!dest.inSegment) return { owner: { plan: dest.plan ?? "pro", optedOut: false }, dest };
      return { owner: set ? { plan: dest.plan === "pro" ? "free" : "pro", optedOut: false } : null, dest };
    });
    const config = testConfig({}, { id: NAMES[name]! });
    return draftPlan(draftInput(twins, config, at(this.time.now()), AUTHORS[author]));
  }

  /** `late`: judged as if nothing had run, by somebody whose guards are old. Apply itself has to notice. */
  async approve(doc: PlanDoc, late: boolean): Promise<Plan | null> {
    const now = at(this.time.now());
    const undone = doc.undoes === null ? null : await this.store.get(doc.undoes);
    const list = { audience: doc.audience, system: DEST, list: doc.lists?.[DEST] ?? null };
    const touched = late ? NOBODY : await this.store.touchedSince(list, at(this.time.now() - DAY_MS));
    const { guards, need } = runGuards(
      doc,
      guardFacts(now, testConfig({}, { id: doc.audience }), { touched: { [DEST]: touched }, undone }),
    );
    const plan = await this.store.create(doc, planHash(doc), guards, need);
    if (need === "refused" || doc.changes.length === 0) return null;
    await this.store.move(plan.id, ["draft"], "checked", now, null);
    const person = need === "author" ? doc.author : "Ben";
    const role = person === "Ben" ? ("approver" as const) : ("editor" as const);
    expect(
      mayApprove({ ...plan, state: "checked" }, { name: person, role }, PEOPLE, now, limits, null),
    ).toEqual({ pass: true });
    await this.store.approve(plan.id, {
      person,
      at: now,
      hash: plan.hash,
      confirmed: "",
      most: mostOf(doc.changes),
    });
    await this.store.move(plan.id, ["checked"], "approved", now, null);
    this.ids.push(plan.id);
    return this.store.get(plan.id);
  }

  async apply(plan: Plan): Promise<void> {
    try {
      const input = applyInput(this.time, this.store, this.vendor, plan.id, {
        safeguards: limits,
        holder: `p${plan.id}`,
        people: PEOPLE,
      });
      const { state } = await applyPlan(input);
      // its own end: when the call returns, the other one of a pair may have begun to write
      const end = (await this.store.get(plan.id))?.endedAt;
      if (state !== "refused" && end != null)
        this.ran.push({ at: Date.parse(end), alone: plan.need === "author", undo: plan.doc.undoes !== null });
    } catch (error) {
      if (!(error instanceof AuditorError) || error.kind !== "refused") throw error;
    }
  }

  async undo(which: number): Promise<void> {
    const plan = await this.store.get(this.ids[which % this.ids.length] ?? -1);
    if (plan === null || plan.endedAt === null || plan.startedAt === null || plan.doc.undoes !== null) return;
    const doc = draftUndo({
      plan,
      progress: await this.store.progress(plan.id),
      sealer: plainSealer,
      safeguards: limits,
      author: "Ana",
      now: at(this.time.now()),
      incidentId: null,
      basedOn: plan.doc.basedOn,
      sizes: { [DEST]: this.listSize() },
      automations: { [DEST]: [] },
      fingerprint: print,
    });
    const approved = await this.approve(doc, false);
    if (approved !== null) await this.apply(approved);
  }

  async take(s: Step): Promise<void> {
    this.time.advance(s.wait);
    if (s.do === "undo") return this.undo(s.which);
    if (s.do === "pair") {
      const docs = [0, 1].map((k) => this.draft(k, k, s.from + k * s.people, s.people, false));
      const plans = await Promise.all(docs.map((doc) => this.approve(doc, true)));
      await Promise.all(plans.map((p) => (p === null ? null : this.apply(p))));
      return;
    }
    const plan = await this.approve(this.draft(s.name, s.author, s.from, s.people, s.set), s.late);
    if (plan === null) return;
    let calls = 0;
    this.vendor.onCall = () => {
      if (s.stopAfter !== null && calls++ === s.stopAfter) void this.store.requestStop(plan.id, "Ben");
    };
    let answers = 0;
    this.vendor.fault = () => (s.faulty && answers++ % 40 === 7 ? "lost_after" : "none");
    await this.apply(plan);
    this.vendor.onCall = () => undefined;
    this.vendor.fault = () => "none";
  }

  /** Who was changed in (from, to], from the vendor's own history. */
  changed(from: number, to: number): Set<string> {
    return new Set(
      this.vendor.history.slice(this.begun).flatMap((h) => (h.at > from && h.at <= to ? [h.mail] : [])),
    );
  }

  sizeAt(when: number): number {
    const inList = new Map<string, boolean>();
    for (const [i, h] of this.vendor.history.entries())
      if (i < this.begun || h.at <= when) inList.set(h.mail, h.rec?.inSegment === true);
    return [...inList.values()].filter(Boolean).length;
  }
}

const mostOn = (size: number, share: number): number => (size < 100 ? limits.refuseSmallList : size * share);

describe("splitting a change into small plans does not get round the limits", () => {
  it("whoever drafts, under whatever audience of that list, stopped, undone, in doubt or approved at once", async () => {
    let writing = 0;
    let full = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 40, max: 300 }),
        fc.array(step, { minLength: 3, maxLength: 12 }),
        async (size, steps) => {
          const office = new Office(size);
          for (const s of steps) await office.take(s);
          const largest = Math.max(
            ...office.ran.flatMap((r) => [office.sizeAt(r.at), office.sizeAt(r.at - DAY_MS)]),
            size,
          );
          for (const r of office.ran) {
            const people = office.changed(r.at - DAY_MS, r.at).size;
            // an undo is measured against the list that it gives back
            const undo = office.ran.some((o) => o.undo && o.at <= r.at && o.at > r.at - DAY_MS);
            const before = undo ? largest : office.sizeAt(r.at - DAY_MS);
            expect(people).toBeLessThanOrEqual(mostOn(before, limits.refuseShare) + 1e-9);
            if (r.alone && !undo) expect(people).toBeLessThanOrEqual(before * limits.aloneShare + 1e-9);
            writing += 1;
            if (people > mostOn(before, limits.refuseShare) * 0.8) full += 1;
          }
        },
      ),
      { numRuns: 150 },
    );
    // the property must have come near the limits, or it says nothing
    expect(writing).toBeGreaterThan(150);
    expect(full).toBeGreaterThan(15);
  }, 400_000);

  it("two audiences on one list are one list, and each alone would have passed", async () => {
    const office = new Office(200);
    const take = async (name: number, from: number, people: number) => {
      const plan = await office.approve(office.draft(name, name, from, people, false), false);
      if (plan !== null) await office.apply(plan);
      return plan !== null;
    };
    expect(await take(0, 0, 30)).toBe(true);
    // 35 of 170 people: more than a fifth, though five alone are nothing
    expect(await take(1, 30, 5)).toBe(false);
    expect(await take(2, 30, 5)).toBe(false);
    expect(await take(1, 30, 4)).toBe(true);
    expect(office.listSize()).toBe(166);
  });

  it("whom we add makes no room for more", async () => {
    const office = new Office(200);
    const add = async (from: number, people: number) => {
      const plan = await office.approve(office.draft(0, 0, from, people, false), false);
      if (plan !== null) await office.apply(plan);
      return office.listSize();
    };
    expect(await add(200, 40)).toBe(240);
    expect(await add(240, 1)).toBe(240);
    office.time.advance(DAY_MS + 60_000);
    expect(await add(240, 48)).toBe(288);
  });
});
