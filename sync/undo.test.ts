import { describe, expect, it } from "vitest";
import type { Instant } from "../core/model.ts";
import type { ChangeProgress, Plan } from "../core/repair.ts";
import {
  at,
  DEST,
  draft,
  plainSealer,
  print,
  START,
  type Twin,
  testConfig,
} from "../test/property/sync-world.ts";
import { planHash } from "./hash.ts";
import { openSealedChange, sealBefore } from "./sealed.ts";
import { draftUndo, type UndoInput } from "./undo.ts";
import { LEFT_OUT } from "./words.ts";

const dest = { inSegment: true, consent: "subscribed" as const, mailable: true, plan: "free" };
const twins: Twin[] = [
  { owner: { plan: "free", optedOut: true }, dest },
  { owner: null, dest },
  { owner: { plan: "pro", optedOut: false }, dest: null },
  { owner: { plan: "pro", optedOut: false }, dest },
];
const doc = draft(twins, testConfig(), START as Instant);
const plan: Plan = {
  id: 88,
  hash: planHash(doc),
  state: "done",
  doc,
  guards: [],
  need: "author",
  approvals: [],
  stopRequestedBy: null,
  startedAt: START as Instant,
  endedAt: START as Instant,
  because: null,
};
const was = sealBefore(plainSealer, {
  found: true,
  inSegment: true,
  consent: "subscribed",
  mailable: true,
  value: "free",
});
const progress = (change: Partial<ChangeProgress> = {}): ChangeProgress[] =>
  doc.changes.map((c) => ({
    n: c.n,
    end: "applied",
    because: null,
    inDoubt: false,
    undoSealed: was,
    ...change,
  }));
const undo = (more: Partial<UndoInput> = {}) =>
  draftUndo({
    plan,
    progress: progress(),
    sealer: plainSealer,
    safeguards: testConfig().safeguards,
    author: "Ben",
    now: START as Instant,
    incidentId: 1042,
    basedOn: [],
    sizes: { [DEST]: 3 },
    automations: { [DEST]: ["Welcome"] },
    fingerprint: print,
    ...more,
  });

it("is the inverse of what was applied, without the suppressions", () => {
  expect(doc.changes.map((c) => c.op)).toEqual(["suppress", "remove", "add", "set"]);
  const back = undo();
  expect(back.changes.map((c) => [c.op, c.rule])).toEqual([
    ["remove", "undo of PL-88"],
    ["add", "undo of PL-88"],
    ["set", "undo of PL-88"],
  ]);
  expect(openSealedChange(plainSealer, back.changes[2]!.sealed)).toMatchObject({
    value: "free",
    from: "pro",
  });
  expect(back.leftOut.map((l) => l.reason)).toEqual([LEFT_OUT.undoOneWay]);
  expect(back).toMatchObject({
    undoes: 88,
    author: "Ben",
    incidentId: 1042,
    automations: { [DEST]: ["Welcome"] },
  });
});

describe("takes back", () => {
  it("nothing that did not happen, and says what it does not know", () => {
    expect(undo({ progress: progress({ end: "already_so" }) }).changes).toEqual([]);
    const doubt = undo({ progress: progress({ end: "unknown" }) });
    expect(doubt.changes).toEqual([]);
    expect(new Set(doubt.leftOut.map((l) => l.reason))).toEqual(new Set([LEFT_OUT.undoUnknown]));
  });
  it("only what was applied, of a plan that was stopped half way", () => {
    const half = doc.changes.map((c) => ({
      n: c.n,
      end: c.op === "remove" ? ("applied" as const) : null,
      because: null,
      inDoubt: c.op === "set",
      undoSealed: was,
    }));
    const back = undo({ plan: { ...plan, state: "stopped" }, progress: half });
    expect(back.changes.map((c) => c.op)).toEqual(["add"]);
    expect(back.leftOut.map((l) => l.reason)).toEqual([LEFT_OUT.undoUnknown]);
  });
  it("nothing from an undo: the repair is drafted anew instead", () => {
    expect(() => undo({ plan: { ...plan, doc: { ...doc, undoes: 81 } } })).toThrow(
      /an undo itself.*draft the repair again/,
    );
  });
  it("nothing from a plan that runs or is too old", () => {
    expect(() => undo({ plan: { ...plan, endedAt: null, state: "applying" } })).toThrow(
      /PL-88: it is applying/,
    );
    const days = (n: number): Instant => at(Date.parse(START) + n * 86_400_000);
    expect(undo({ now: days(30) }).changes).toHaveLength(3);
    expect(() => undo({ now: at(Date.parse(days(30)) + 1) })).toThrow(/more than 30 days ago/);
  });
});
