import { describe, expect, it } from "vitest";
import type { Instant } from "../core/model.ts";
import type { GuardVerdict, Plan } from "../core/repair.ts";
import { aChange, aPlan } from "../test/contract/plan-samples.ts";
import { at } from "../test/property/sync-world.ts";
import type { Actor } from "./approve.ts";
import { planHash } from "./hash.ts";
import { approvedMost, mostOf, overMost } from "./most.ts";
import { mayOverride } from "./override.ts";
import { mayReview } from "./review.ts";

const now = "2026-11-23T06:10:00.000Z" as Instant;
const later = (ms: number): Instant => at(Date.parse(now) + ms);
const ana: Actor = { name: "Ana", role: "admin" };
const ben: Actor = { name: "Ben", role: "admin" };
const cleo: Actor = { name: "Cleo", role: "approver" };
const eva: Actor = { name: "Eva", role: "editor" };
const everyone = [ana, ben, cleo, eva];
const fails = (guard: GuardVerdict["guard"], title = "Size limit, Ghost"): GuardVerdict => ({
  guard,
  verdict: "fail",
  title,
  because: "34 %",
});
const doc = aPlan([0, 1, 2, 3].map((n) => aChange(n)));
const plan = (over: Partial<Plan> = {}): Plan => ({
  id: 88,
  hash: planHash(doc),
  state: "refused",
  doc,
  guards: [fails("size_limit")],
  need: "refused",
  approvals: [],
  stopRequestedBy: null,
  startedAt: null,
  endedAt: now,
  because: null,
  ...over,
});
const request = { hash: planHash(doc), reason: "the brand was sold" };
const ask = (p: Plan, who: Actor, people = everyone, r: typeof request | null = request, when = now) => {
  const v = mayOverride(p, who, people, when, r);
  return v.pass ? "yes" : v.because;
};

describe("who may override a size limit", () => {
  it("an admin who did not draft it, with a reason", () => {
    expect(ask(plan(), ben)).toBe("yes");
    expect(ask(plan(), ben, everyone, null)).toBe("yes");
    expect(ask(plan(), ana)).toBe("an admin who did not draft it has to override it");
    expect(ask(plan(), cleo)).toBe("only an admin can override a size limit");
    expect(ask(plan(), eva)).toBe("only an admin can override a size limit");
    expect(ask(plan(), ben, everyone, { ...request, reason: "  because   " })).toMatch(
      /^give a reason of at least 10/,
    );
    expect(ask(plan(), ben, everyone, { ...request, reason: "exactly 10" })).toBe("yes");
  });
  it("nobody where there is one person", () => {
    for (const people of [[], [ben]])
      expect(ask(plan(), ben, people)).toBe(
        "with one person nobody can override their own plan; make it smaller",
      );
  });
  it("only the size, and nothing else beside it", () => {
    expect(ask(plan({ guards: [fails("size_limit"), fails("size_limit", "Size limit, CRM")] }), ben)).toBe(
      "yes",
    );
    for (const guard of [
      "holdout",
      "writes_on",
      "complete_and_fresh",
      "opt_out_evidence",
      "no_other_plan",
    ] as const)
      expect(ask(plan({ guards: [fails("size_limit"), fails(guard, "Another")] }), ben)).toBe(
        "only a size limit can be overridden, not “Another”",
      );
    expect(ask(plan({ guards: [] }), ben)).toBe("no safeguard refuses this plan");
  });
  it("only this document, once, before it expires, and never what has begun", () => {
    expect(ask(plan(), ben, everyone, { ...request, hash: "0".repeat(64) })).toMatch(
      /not this one; load it again$/,
    );
    const used = { person: "Ben", at: now, hash: planHash(doc), reason: "sold", usedAt: null };
    expect(ask(plan({ override: used }), cleo)).toMatch(/^only an admin/);
    expect(ask(plan({ override: used }), ben)).toMatch(/^Ben overrode it once already/);
    expect(ask(plan(), ben, everyone, request, doc.expiresAt)).toMatch(/^the plan has expired/);
    expect(ask(plan({ state: "checked" }), ben)).toBe("yes");
    expect(ask(plan({ state: "approved" }), ben)).toBe("the plan is approved; draft it again");
    expect(ask(plan({ startedAt: now }), ben)).toBe("the plan is refused; draft it again");
    expect(ask(plan({ doc: { ...doc, author: "Eva" } }), ben)).toMatch(/not the one that was drafted/);
  });
});

describe("what an approval covers", () => {
  const most = mostOf(doc.changes);
  it("is counted per system and operation", () => {
    expect(most).toEqual({ ghost: { suppress: 1, remove: 1, add: 1, set: 1 } });
    expect(overMost(most, most)).toBeNull();
    expect(overMost(most, { ghost: { suppress: 1, remove: 0, add: 1, set: 1 } })).toBe(
      "1 removal in ghost; approved are at most 0",
    );
    expect(overMost(most, {})).toMatch(/^1 suppression in ghost/);
    expect(overMost({}, most)).toBeNull();
    expect(overMost(most, null)).toBeNull();
  });
  it("of several approvals the narrowest counts, and none of other content", () => {
    const by = (remove: number, hash = planHash(doc)) => ({
      person: `P${remove}`,
      at: now,
      hash,
      confirmed: "",
      most: { ghost: { suppress: 1, remove, add: 1, set: 1 } },
    });
    const of = (...approvals: ReturnType<typeof by>[]) => approvedMost({ hash: planHash(doc), approvals });
    expect(of(by(5), by(2), by(0, "other"))?.ghost?.remove).toBe(2);
    expect(of(by(0, "other"))).toBeNull();
  });
});

describe("who reviews suppressions that their author carried out alone", () => {
  const done = plan({
    state: "done",
    guards: [],
    need: "author",
    startedAt: now,
    approvals: [{ person: "Ana", at: now, hash: planHash(doc), confirmed: "" }],
  });
  const day = 86_400_000;
  const review = (who: Actor, people: readonly Actor[], when = later(day), p = done, suppressed = 1) => {
    const v = mayReview(p, who, people, when, suppressed);
    return v.pass ? "yes" : v.because;
  };
  it("another approver or admin", () => {
    expect(review(cleo, everyone, now)).toBe("yes");
    expect(review(ben, everyone, now)).toBe("yes");
    expect(review(eva, everyone)).toBe("an approver or an admin reviews it");
    expect(review(ana, everyone)).toBe("somebody else reviews it: an approver or an admin");
  });
  it("the author a day later, where nobody else could", () => {
    expect(review(ana, [ana, eva], later(day))).toBe("yes");
    expect(review(ana, [ana], later(day - 1))).toMatch(/a day after it ended$/);
    expect(review(ana, [], later(day))).toBe("yes");
  });
  it("nothing that somebody else approved, that has not ended, or that suppressed nobody", () => {
    const both = { ...done, approvals: [...done.approvals, { ...done.approvals[0]!, person: "Cleo" }] };
    expect(review(ben, everyone, now, both)).toBe("there is nothing to review");
    expect(review(ben, everyone, now, { ...done, endedAt: null })).toBe("it has not ended yet");
    expect(review(ben, everyone, now, done, 0)).toBe("there is nothing to review");
  });
});
