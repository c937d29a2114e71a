import { describe, expect, it } from "vitest";
import type { Instant } from "../core/model.ts";
import type { ApprovalNeed, GuardVerdict, Plan } from "../core/repair.ts";
import { at, draft, START, testConfig } from "../test/property/sync-world.ts";
import {
  type Actor,
  type ApprovalRequest,
  confirmText,
  coolingOffUntil,
  isApproved,
  mayApply,
  mayApprove,
} from "./approve.ts";
import { planHash } from "./hash.ts";

const s = testConfig().safeguards;
const now = START as Instant;
const later = (minutes: number): Instant => at(Date.parse(START) + minutes * 60_000);
const ana: Actor = { name: "Ana", role: "editor" };
const ben: Actor = { name: "Ben", role: "approver" };
const eva: Actor = { name: "Eva", role: "editor" };
const vic: Actor = { name: "Vic", role: "viewer" };
const everyone = [ana, ben, eva, vic];

const doc = draft(
  [{ owner: null, dest: { inSegment: true, consent: "subscribed", mailable: true, plan: null } }],
  testConfig(),
  now,
);
const plan = (need: ApprovalNeed, more: Partial<Plan> = {}): Plan => ({
  id: 88,
  hash: planHash(doc),
  state: "checked",
  doc,
  guards: [],
  need,
  approvals: [],
  stopRequestedBy: null,
  startedAt: null,
  endedAt: null,
  because: null,
  ...more,
});
const typed: ApprovalRequest = { hash: planHash(doc), confirm: " PL-88  1 ", automations: false };
const ask = (
  p: Plan,
  who: Actor,
  people: readonly Actor[] = everyone,
  when = now,
  request: ApprovalRequest | null = typed,
): string => {
  const v = mayApprove(p, who, people, when, s, request);
  return v.pass ? "yes" : v.because;
};

it("asks for the plan and its count", () => expect(confirmText(plan("author"))).toBe("PL-88 1"));

describe("who", () => {
  it("the author alone, approvers and admins, nobody else", () => {
    expect(ask(plan("author"), ana)).toBe("yes");
    expect(ask(plan("author"), ben)).toBe("yes");
    expect(ask(plan("author"), { name: "Root", role: "admin" })).toBe("yes");
    expect(ask(plan("author"), eva)).toMatch(/^only its author/);
    expect(ask(plan("author"), vic)).toMatch(/^viewers cannot/);
  });
  it("a second person is an approver who is not the author", () => {
    expect(ask(plan("second_person"), ben)).toBe("yes");
    expect(ask(plan("second_person"), ana)).toBe("a second person has to approve it");
    expect(ask(plan("second_person"), { ...ana, role: "admin" })).toBe("a second person has to approve it");
    expect(ask(plan("second_person"), eva)).toMatch(/^an approver or an admin/);
  });
  it("one person alone waits a quarter of an hour", () => {
    const alone = [{ ...ana, role: "admin" as const }];
    expect(coolingOffUntil(plan("second_person"), alone, s)).toBe(later(15));
    expect(mayApprove(plan("second_person"), alone[0]!, alone, later(14), s, typed)).toMatchObject({
      pass: false,
      opensAt: later(15),
    });
    expect(ask(plan("second_person"), alone[0]!, alone, later(15))).toBe("yes");
    expect(coolingOffUntil(plan("second_person"), everyone, s)).toBeNull();
    expect(coolingOffUntil(plan("author"), alone, s)).toBeNull();
  });
});

describe("what", () => {
  it("nothing refused, expired, edited, empty, or in another state", () => {
    const failing: GuardVerdict = {
      guard: "size_limit",
      verdict: "fail",
      title: "Size limit, Ghost",
      because: "removes 34 % of the list",
    };
    expect(ask(plan("refused", { guards: [failing] }), ben)).toBe(
      "a safeguard refuses it: Size limit, Ghost",
    );
    expect(ask(plan("author", { guards: [failing] }), ben)).toMatch(/^a safeguard refuses it/);
    expect(ask(plan("author", { state: "approved" }), ana)).toMatch(/^the plan is approved/);
    expect(ask(plan("author"), ana, everyone, later(60))).toMatch(/expired/);
    expect(ask(plan("author", { doc: { ...doc, author: "Ana ", changes: doc.changes } }), ben)).toMatch(
      /not the one that was drafted/,
    );
    expect(ask(plan("author", { doc: { ...doc, changes: [] } }), ana)).toBe("the plan has no changes");
  });
  it("the hash, the typed confirmation and the tick", () => {
    expect(ask(plan("author"), ana, everyone, now, { ...typed, hash: "0".repeat(64) })).toMatch(
      /on the screen is not this one/,
    );
    expect(ask(plan("author"), ana, everyone, now, { ...typed, confirm: "PL-88 2" })).toBe(
      "type PL-88 1 to confirm",
    );
    const automations: GuardVerdict = {
      guard: "automations",
      verdict: "needs",
      title: "Automations",
      because: "confirm 2",
    };
    expect(ask(plan("author", { guards: [automations] }), ana)).toMatch(/^confirm that automations/);
    expect(
      ask(plan("author", { guards: [automations] }), ana, everyone, now, { ...typed, automations: true }),
    ).toBe("yes");
    expect(ask(plan("author"), ana, everyone, now, null)).toBe("yes");
  });
});

describe("isApproved and mayApply", () => {
  const by = (person: string, minutes = 0, hash = planHash(doc)) => [
    { person, at: later(minutes), hash, confirmed: "PL-88 1" },
  ];
  it("only approvals of this very content count, and of the right person", () => {
    expect(isApproved(plan("author", { approvals: by("Ana") }), s)).toBe(true);
    expect(isApproved(plan("author", { approvals: by("Ana", 0, "0".repeat(64)) }), s)).toBe(false);
    expect(isApproved(plan("second_person", { approvals: by("Ana", 5) }), s)).toBe(false);
    // waiting replaces a second person only where there is none
    expect(isApproved(plan("second_person", { approvals: by("Ana", 15) }), s, [ana])).toBe(true);
    expect(isApproved(plan("second_person", { approvals: by("Ana", 15) }), s, [])).toBe(true);
    expect(isApproved(plan("second_person", { approvals: by("Ana", 14) }), s, [ana])).toBe(false);
    expect(isApproved(plan("second_person", { approvals: by("Ana", 15) }), s, [ana, ben])).toBe(false);
    expect(isApproved(plan("second_person", { approvals: by("Ana", 15) }), s)).toBe(false);
    expect(isApproved(plan("second_person", { approvals: by("Ben") }), s)).toBe(true);
    expect(isApproved(plan("refused", { approvals: by("Ben") }), s)).toBe(false);
  });
  it("an approval of fewer changes than there are carries none of them", () => {
    const of = (remove: number) =>
      by("Ana").map((a) => ({ ...a, most: { ghost: { suppress: 0, remove, add: 0, set: 0 } } }));
    expect(isApproved(plan("author", { approvals: of(1) }), s)).toBe(true);
    expect(isApproved(plan("author", { approvals: of(0) }), s)).toBe(false);
    expect(isApproved(plan("author", { approvals: by("Ana").map((a) => ({ ...a, most: {} })) }), s)).toBe(
      false,
    );
  });
  it("whoever overrode the size is no second pair of eyes, unless after waiting and nobody else could be", () => {
    const cleo: Actor = { name: "Cleo", role: "admin" };
    const override = { person: "Cleo", at: now, hash: planHash(doc), reason: "sold", usedAt: null };
    const big = plan("second_person", { override });
    expect(ask(big, cleo, [ana, ben, cleo], later(20))).toBe(
      "you overrode its size; Ben or another person approves it",
    );
    expect(ask(big, ben, [ana, ben, cleo])).toBe("yes");
    expect(ask(big, ana, [ana, ben, cleo], later(20))).toBe("a second person has to approve it");
    expect(ask(big, cleo, [ana, cleo, eva, vic], later(14))).toMatch(/^opens 15 min after your override/);
    expect(ask(big, cleo, [ana, cleo, eva, vic], later(15))).toBe("yes");
    expect(isApproved({ ...big, approvals: by("Cleo", 14) }, s, [ana, cleo])).toBe(false);
    expect(isApproved({ ...big, approvals: by("Cleo", 15) }, s, [ana, cleo])).toBe(true);
    expect(isApproved({ ...big, approvals: by("Ben", 1) }, s, [ana, ben, cleo])).toBe(true);
  });
  it("editors start what is approved", () => {
    const ready = plan("author", { state: "approved", approvals: by("Ana") });
    expect(mayApply(ready, ana, now, s)).toEqual({ pass: true });
    expect(mayApply(ready, vic, now, s)).toMatchObject({ pass: false });
    expect(mayApply(plan("author"), ana, now, s)).toMatchObject({
      because: "the plan is checked; it has to be approved first",
    });
    expect(mayApply(ready, ana, later(60), s)).toMatchObject({
      because: "the plan has expired; draft it again",
    });
  });
});
