import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CONSENT_ORDER } from "../core/model.ts";
import type { Change, Op, PersonState } from "../core/repair.ts";
import { AUDIENCE, DEST, keyOf } from "../test/property/sync-world.ts";
import { hasEffect, judge, loosened } from "./effect.ts";
import type { SealedChange } from "./sealed.ts";

const state = (s: Partial<PersonState> = {}): PersonState => ({
  found: true,
  inSegment: true,
  consent: "subscribed",
  mailable: true,
  attributes: { plan: "free" },
  version: null,
  ...s,
});
const change = (op: Op, more: Partial<Change> = {}): Change => ({
  n: 0,
  system: DEST,
  audience: AUDIENCE,
  person: keyOf(1),
  op,
  attribute: op === "set" ? "plan" : null,
  before: { inSegment: true, value: null, version: null },
  rule: "",
  reversible: true,
  evidence: null,
  sealed: "",
  ...more,
});
const open = (o: Partial<SealedChange> = {}): SealedChange => ({
  identifiers: {},
  value: "pro",
  from: "free",
  found: true,
  consent: null,
  ...o,
});
const said = (c: Change, s: PersonState | null, o: SealedChange = open()): string => {
  const j = judge(c, o, s);
  return j.run ? "run" : j.end;
};

describe("hasEffect of suppress", () => {
  it.each([
    [{ consent: "unsubscribed", mailable: false }, true],
    [{ consent: "unsubscribed", mailable: null }, true],
    [{ consent: "unsubscribed", mailable: true }, false],
    [{ consent: "subscribed", mailable: true }, false],
    // bounced: cannot be mailed today, but only until the bounce is cleared
    [{ consent: "subscribed", mailable: false }, false],
    [{ consent: "unknown", mailable: false }, true],
    [{ consent: "unknown", mailable: null }, false],
    [{ found: false, consent: "unknown", mailable: null }, true],
  ] as const)("%o: %s", (s, effect) => {
    expect(hasEffect(change("suppress"), null, state(s))).toBe(effect);
  });
});

describe("judge", () => {
  it("writes nothing without a reading", () => expect(said(change("remove"), null)).toBe("failed"));
  it("ends what is so already", () => {
    expect(said(change("remove"), state({ inSegment: false }))).toBe("already_so");
    expect(said(change("add"), state())).toBe("already_so");
    expect(said(change("set"), state({ attributes: { plan: "pro" } }))).toBe("already_so");
  });
  it("adds nobody who opted out, was erased, or whose record is gone", () => {
    const out = { inSegment: false };
    expect(said(change("add"), state(out))).toBe("run");
    for (const consent of ["unsubscribed", "complained", "erased"] as const)
      expect(said(change("add"), state({ ...out, consent }))).toBe("skipped_consent");
    expect(said(change("add"), state({ ...out, found: false }))).toBe("skipped_drift");
    expect(said(change("add"), state({ ...out, found: false }), open({ found: false }))).toBe("run");
  });
  it("fills a suppression list with opted-out people, but not with erased ones", () => {
    const c = change("add", { evidence: { system: DEST, at: null } });
    expect(said(c, state({ inSegment: false, consent: "unsubscribed" }))).toBe("run");
    expect(said(c, state({ inSegment: false, consent: "erased" }))).toBe("skipped_consent");
  });
  it("undoes a removal of somebody who was opted out then, not of one who opted out since", () => {
    const s = state({ inSegment: false, consent: "unsubscribed" });
    expect(said(change("add"), s, open({ consent: "unsubscribed" }))).toBe("run");
    expect(said(change("add"), s, open({ consent: "subscribed" }))).toBe("skipped_consent");
  });
  it("sets only over the value that the plan saw", () => {
    expect(said(change("set"), state())).toBe("run");
    expect(said(change("set"), state({ attributes: { plan: "team" } }))).toBe("skipped_drift");
    expect(said(change("set"), state({ attributes: {} }))).toBe("skipped_drift");
    expect(said(change("set"), state({ found: false }))).toBe("skipped_drift");
    expect(said(change("set"), state({ consent: "erased" }))).toBe("skipped_consent");
  });
  it("does not read attributes from the prototype", () => {
    expect(said(change("set", { attribute: "constructor" }), state(), open({ from: null }))).toBe("run");
  });
});

describe("loosened", () => {
  it("any step to the right, and mailable where it was not", () => {
    const consent = fc.constantFrom(...CONSENT_ORDER);
    fc.assert(
      fc.property(consent, consent, fc.boolean(), (before, after, found) => {
        const right = CONSENT_ORDER.indexOf(after) > CONSENT_ORDER.indexOf(before);
        expect(
          loosened({ found, consent: before, mailable: null }, state({ consent: after, mailable: null })),
        ).toBe(right);
      }),
    );
    expect(loosened({ found: false, consent: "unknown", mailable: null }, state())).toBe(true);
    expect(
      loosened(
        { found: false, consent: "unknown", mailable: null },
        state({ consent: "unsubscribed", mailable: false }),
      ),
    ).toBe(false);
    expect(
      loosened(
        { found: true, consent: "unknown", mailable: false },
        state({ consent: "unknown", mailable: true }),
      ),
    ).toBe(true);
    expect(loosened({ found: true, consent: "subscribed", mailable: true }, state())).toBe(false);
  });
});
