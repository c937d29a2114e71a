import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Audience, Config, WriterJob } from "../core/config.ts";
import { type Instant, systemId } from "../core/model.ts";
import type { Difference } from "../members/differences.ts";
import {
  at,
  audienceOf,
  CAPABILITIES,
  DEST,
  difference,
  draftInput,
  keyOf,
  OWNER,
  plainSealer,
  row,
  START,
  type Twin,
  testConfig,
} from "../test/property/sync-world.ts";
import { type DraftInput, draftPlan } from "./plan.ts";
import { openSealedChange } from "./sealed.ts";
import { LEFT_OUT } from "./words.ts";

const CRM = systemId("crm");
const now = START as Instant;
const opted = at(Date.parse("2025-03-03T10:00:00.000Z"));

/** Person 1 has a row everywhere. */
function input(
  differences: readonly Difference[],
  more: Partial<DraftInput> = {},
  audience: Partial<Audience> = {},
  config: Partial<Config> = {},
): DraftInput {
  const c = testConfig(config, audience);
  return {
    ...draftInput([], c, now),
    audience: audienceOf(c),
    differences,
    rows: new Map([
      [OWNER, new Map([[keyOf(1), row(1, "pro")]])],
      [DEST, new Map([[keyOf(1), row(1, "free")]])],
      [CRM, new Map([[keyOf(1), row(1, null, "unsubscribed", opted)]])],
    ]),
    sizes: { [DEST]: 1000 },
    ...more,
  };
}
/** "op rule" of each change, then the reasons of those left out. */
const said = (i: DraftInput): string[] => {
  const doc = draftPlan(i);
  return [
    ...doc.changes.map((c) => `${c.op}: ${c.rule}`),
    ...doc.leftOut.map((l) => `left out: ${l.reason}`),
  ];
};
const ownerOnly = (optedOut = new Map()): Partial<DraftInput> => ({
  optedOut,
  rows: new Map([
    [OWNER, new Map([[keyOf(1), row(1, "pro")]])],
    [DEST, new Map([[keyOf(1), row(1, "free")]])],
  ]),
});

describe("suppress", () => {
  it("needs evidence, and names it", () => {
    const conflict = difference(1, "consent_conflict", {
      consentFrom: CRM,
      settled: false,
      mailableHere: true,
    });
    expect(said(input([conflict]))).toEqual(["suppress: opted out in CRM 3 Mar 2025, mailable here"]);
    expect(draftPlan(input([conflict])).changes[0]).toMatchObject({
      reversible: false,
      evidence: { system: CRM, at: opted },
    });
    expect(said(input([difference(1, "consent_conflict")]))).toEqual([`left out: ${LEFT_OUT.noEvidence}`]);
  });

  it("does not take a contact that was never subscribed for an opt-out", () => {
    const rows = new Map([
      [DEST, new Map([[keyOf(1), row(1, "free")]])],
      [CRM, new Map([[keyOf(1), row(1, null, "unsubscribed", null)]])],
    ]);
    const conflict = difference(1, "consent_conflict", { consentFrom: CRM });
    expect(said(input([conflict], { rows }))).toEqual([`left out: ${LEFT_OUT.undated}`]);
    const complained = new Map([...rows, [CRM, new Map([[keyOf(1), row(1, null, "complained", null)]])]]);
    expect(said(input([conflict], { rows: complained }))).toEqual([
      "suppress: opted out in CRM, mailable here",
    ]);
  });

  it("takes a suppression list's word without a date", () => {
    const leak = difference(1, "mailable_opted_out", { consentFrom: OWNER });
    expect(said(input([leak], ownerOnly(), { purpose: "suppression" }))).toEqual([
      "suppress: opted out in Warehouse, mailable here",
    ]);
    const listed = new Map([[keyOf(1), { system: CRM, at: null }]]);
    expect(said(input([difference(1, "mailable_opted_out")], ownerOnly(listed)))).toEqual([
      "suppress: opted out in CRM, mailable here",
    ]);
  });

  it("is never left out for an identity conflict or a first sight", () => {
    const leak = difference(1, "consent_conflict", { consentFrom: CRM, settled: false });
    expect(said(input([leak, difference(1, "extra")], { conflicted: new Set([keyOf(1)]) }))).toEqual([
      "suppress: opted out in CRM 3 Mar 2025, mailable here",
      `left out: ${LEFT_OUT.identity}`,
    ]);
  });

  it("is one change for a leak and a conflict about the same person, with the dated evidence, in any order", () => {
    const both = [
      difference(1, "mailable_opted_out", { consentFrom: OWNER }),
      difference(1, "consent_conflict", { consentFrom: CRM }),
    ];
    const expected = ["suppress: opted out in CRM 3 Mar 2025, mailable here"];
    expect(said(input(both, {}, { purpose: "suppression" }))).toEqual(expected);
    expect(said(input([...both].reverse(), {}, { purpose: "suppression" }))).toEqual(expected);
  });
});

describe("remove", () => {
  const extra = difference(1, "extra");
  it("takes settled extras off, once the base is accepted", () => {
    expect(said(input([extra], ownerOnly()))).toEqual(["remove: not in Warehouse for 2 reads"]);
    expect(said(input([extra], { baseAccepted: false }))).toEqual([`left out: ${LEFT_OUT.baseNotAccepted}`]);
    expect(said(input([{ ...extra, settled: false }]))).toEqual([`left out: ${LEFT_OUT.seenOnce}`]);
  });
  it("never happens on a list that keeps people from being contacted", () => {
    for (const purpose of ["suppression", "ineligible"] as const)
      expect(said(input([extra], {}, { purpose }))).toEqual([`left out: ${LEFT_OUT.excluding}`]);
    const c = testConfig();
    const holds: Audience = { ...audienceOf(c), id: "other" as Audience["id"], holdout: audienceOf(c).id };
    expect(said(input([extra], {}, {}, { audiences: [audienceOf(c), holds] }))).toEqual([
      `left out: ${LEFT_OUT.excluding}`,
    ]);
  });
  it("never happens on a list that a campaign leaves out; adds keep their rules and stay for good", () => {
    const leftOutBy = "Autumn drop";
    expect(said(input([extra], { ...ownerOnly(), leftOutBy }))).toEqual([
      "left out: the campaign “Autumn drop” leaves this list out; nobody is taken off it",
    ]);
    const missing = difference(1, "missing");
    expect(draftPlan(input([missing], { ...ownerOnly(), leftOutBy })).changes[0]).toMatchObject({
      op: "add",
      reversible: false,
      evidence: null,
    });
    expect(said(input([missing], { leftOutBy }))).toEqual([`left out: ${LEFT_OUT.optedOut}`]);
  });
  it("never touches the owner's own list", () => {
    expect(said(input([difference(1, "extra", { system: OWNER })]))).toEqual([`left out: ${LEFT_OUT.owner}`]);
  });
  it("waits for a new read when the raw identifier is gone", () => {
    expect(said(input([difference(2, "extra")]))).toEqual([`left out: ${LEFT_OUT.spoolExpired}`]);
  });
});

describe("add", () => {
  const missing = difference(1, "missing");
  it("adds people of the owner, with the owner's identifiers", () => {
    const doc = draftPlan(input([missing], ownerOnly()));
    expect(doc.changes[0]).toMatchObject({
      op: "add",
      rule: "in Warehouse, missing here for 2 reads",
      reversible: true,
      evidence: null,
    });
    expect(openSealedChange(plainSealer, doc.changes[0]?.sealed ?? "")).toEqual({
      identifiers: { email: "p1@example.com" },
      value: null,
      from: null,
      found: true,
      consent: null,
    });
    expect(doc.automations).toEqual({ [DEST]: [] });
  });
  it("adds nobody who is opted out anywhere", () => {
    expect(said(input([missing]))).toEqual([`left out: ${LEFT_OUT.optedOut}`]);
    expect(said(input([missing], ownerOnly(new Map([[keyOf(1), { system: CRM, at: null }]]))))).toEqual([
      `left out: ${LEFT_OUT.optedOut}`,
    ]);
    expect(said(input([{ ...missing, consentOwner: "unsubscribed" }], ownerOnly()))).toEqual([
      `left out: ${LEFT_OUT.optedOut}`,
    ]);
  });
  it("fills a suppression list with just these people, for good", () => {
    const doc = draftPlan(input([missing], {}, { purpose: "suppression" }));
    expect(doc.changes[0]).toMatchObject({
      op: "add",
      reversible: false,
      evidence: { system: OWNER, at: null },
    });
  });
  it("leaves it to the sync tool where the system cannot", () => {
    const capabilities = new Map([[DEST, { ...CAPABILITIES, ops: ["suppress" as const] }]]);
    expect(said(input([missing], { ...ownerOnly(), capabilities }))).toEqual([
      "left out: Ghost cannot add people through Plumbline",
    ]);
    expect(said(input([missing], { ...ownerOnly(), capabilities: new Map() }))).toEqual([
      "left out: Ghost cannot add people through Plumbline",
    ]);
  });
});

describe("set", () => {
  const differs = difference(1, "differs");
  const rule = testConfig().attributes[0]!;
  const withRule = (change: Partial<typeof rule>) =>
    said(input([differs], ownerOnly(), {}, { attributes: [{ ...rule, ...change }] }));
  it("writes the owner's value", () => {
    const doc = draftPlan(input([differs]));
    expect(doc.changes[0]).toMatchObject({
      op: "set",
      attribute: "plan",
      rule: "differs from Warehouse, which owns this field",
    });
    expect(openSealedChange(plainSealer, doc.changes[0]!.sealed)).toMatchObject({
      value: "pro",
      from: "free",
    });
    expect(JSON.stringify(doc)).not.toContain("free");
  });
  it("never writes what says something about consent, is decided by hand, or is not worth writing", () => {
    expect(withRule({ class: "consent" })).toEqual([`left out: ${LEFT_OUT.consentAttribute}`]);
    expect(withRule({ merge: "most_restrictive" })).toEqual([`left out: ${LEFT_OUT.consentAttribute}`]);
    expect(withRule({ merge: "manual" })).toEqual([`left out: ${LEFT_OUT.byHand}`]);
    expect(withRule({ merge: "newest" })).toEqual([`left out: ${LEFT_OUT.newer}`]);
    expect(withRule({ owners: [DEST, OWNER] })).toEqual([`left out: ${LEFT_OUT.owner}`]);
    expect(withRule({ values: ["free"] })).toEqual([`left out: ${LEFT_OUT.ownerInvalid}`]);
    expect(said(input([differs], ownerOnly(), {}, { attributes: [] }))).toEqual([
      `left out: ${LEFT_OUT.noRule}`,
    ]);
  });
  it("gives no new values to whoever leaves the list", () => {
    expect(said(input([differs, difference(1, "extra")], ownerOnly()))).toEqual([
      "remove: not in Warehouse for 2 reads",
    ]);
  });
});

describe("the plan", () => {
  const job: WriterJob = {
    name: "Nightly sync",
    from: OWNER,
    to: DEST,
    audiences: [audienceOf(testConfig()).id],
    attributes: [],
    schedule: "0 2 * * *",
    enabled: true,
  };
  it("refuses when repair is off", () => {
    expect(() => draftPlan(input([], {}, { repair: "off" }))).toThrow(/repair is off → set/);
  });
  it("sends membership back to the sync job that writes the list, suppressions not", () => {
    const writers = { writers: [job] };
    expect(draftPlan(input([difference(1, "extra")], {}, {}, writers)).place).toEqual({
      where: "resync",
      because: "“Nightly sync” writes to Ghost: let it sync again, then read.",
    });
    expect(
      draftPlan(input([difference(1, "consent_conflict", { consentFrom: CRM })], {}, {}, writers)).place
        .where,
    ).toBe("destination");
    expect(
      draftPlan(input([difference(1, "extra")], {}, {}, { writers: [{ ...job, enabled: false }] })).place
        .where,
    ).toBe("destination");
  });
  it("keeps to `only`", () => {
    const all = [difference(1, "extra"), difference(1, "consent_conflict", { consentFrom: CRM })];
    expect(draftPlan(input(all, { only: ["suppress"] })).changes.map((c) => c.op)).toEqual(["suppress"]);
    expect(draftPlan(input(all, { onlySystem: OWNER })).changes).toEqual([]);
  });
  it("holds no raw identifier outside its seals, and does not depend on the order of differences", () => {
    const people = fc.array(
      fc.record({
        owner: fc.option(fc.record({ plan: fc.constantFrom("free", "pro"), optedOut: fc.boolean() })),
        dest: fc.option(
          fc.record({
            inSegment: fc.boolean(),
            consent: fc.constantFrom("subscribed" as const, "unsubscribed" as const),
            mailable: fc.boolean(),
            plan: fc.constantFrom("free", null),
          }),
        ),
      }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(people, (twins: Twin[]) => {
        const i = draftInput(twins, testConfig(), now);
        const doc = draftPlan(i);
        expect(draftPlan({ ...i, differences: [...i.differences].reverse() })).toEqual(doc);
        expect(JSON.stringify(doc)).not.toContain("@");
        expect(doc.changes.map((c) => c.n)).toEqual(doc.changes.map((_, n) => n));
        const order = doc.changes.map((c) => ["suppress", "remove", "add", "set"].indexOf(c.op));
        expect(order).toEqual([...order].sort());
      }),
    );
  });
});
