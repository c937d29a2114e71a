import { describe, expect, it } from "vitest";
import type { Config, WriterJob } from "../core/config.ts";
import { audienceId, type Instant, type PersonKey } from "../core/model.ts";
import type { GuardName, PlanDoc } from "../core/repair.ts";
import {
  at,
  audienceOf,
  DEST,
  draft,
  draftInput,
  keyOf,
  OWNER,
  START,
  type Twin,
  testConfig,
} from "../test/property/sync-world.ts";
import { type GuardFacts, runGuards } from "./guard.ts";
import { planHash } from "./hash.ts";
import { draftPlan } from "./plan.ts";

const now = START as Instant;
const nowMs = Date.parse(START);
const same: Twin = {
  owner: { plan: "pro", optedOut: false },
  dest: { inSegment: true, consent: "subscribed", mailable: true, plan: "pro" },
};
const extra: Twin = { ...same, owner: null };
const missing: Twin = { ...same, dest: { ...same.dest!, inSegment: false } };
const leak: Twin = { ...same, owner: { plan: "pro", optedOut: true } };
const docOf = (...some: Twin[]): PlanDoc => ({ ...draft(some, testConfig(), now), sizes: { [DEST]: 1000 } });

function facts(
  more: Partial<GuardFacts> = {},
  config: Partial<Config> = {},
  audience: Parameters<typeof testConfig>[1] = {},
): GuardFacts {
  const c = testConfig(config, audience);
  const reading = {
    coverage: "complete" as const,
    asOf: at(nowMs - 60_000),
    takenAt: at(nowMs - 60_000),
    size: 1000,
    previousSize: 990,
    readMs: 60_000,
  };
  return {
    now,
    config: c,
    audience: audienceOf(c),
    touched: {},
    writes: { [DEST]: true },
    heldOut: null,
    ruleCause: null,
    override: null,
    sends: [],
    access: { [DEST]: null },
    otherPlans: [],
    baseAccepted: true,
    leftOutBy: null,
    undone: null,
    readings: [
      { snapshot: "s1", system: OWNER, ...reading },
      { snapshot: "s2", system: DEST, ...reading },
    ],
    ...more,
  };
}
const one = (guard: GuardName, doc: PlanDoc, f: GuardFacts) => {
  const g = runGuards(doc, f).guards.find((x) => x.guard === guard)!;
  return `${g.verdict}: ${g.because}`;
};

it("a small plan on good readings needs its author only", () => {
  const { guards, need } = runGuards(docOf(extra), facts());
  expect(guards.filter((g) => g.verdict !== "pass")).toEqual([]);
  expect(need).toBe("author");
  expect(guards.map((g) => g.guard)).toEqual([
    "complete_and_fresh",
    "no_consent_loosened",
    "opt_out_evidence",
    "size_limit",
    "source_not_empty",
    "accepted_base",
    "holdout",
    "place_of_repair",
    "automations",
    "next_send",
    "writes_on",
    "write_access",
    "no_other_plan",
    "no_fighting",
  ]);
  expect(guards[3]?.title).toBe("Size limit, Ghost");
});

describe("complete_and_fresh", () => {
  const f = facts();
  const dest = (change: object) => facts({ readings: [f.readings[0]!, { ...f.readings[1]!, ...change }] });
  const ago = (ms: number) => ({ takenAt: at(nowMs - ms) });
  const hour = 3_600_000;
  it.each([
    [{ coverage: "partial" }, "fail: Ghost was not read completely"],
    [
      ago(hour),
      "pass: 2 systems, oldest read 1 h ago (limit 1 h); everyone in it is read again before the first write",
    ],
    [ago(hour + 1), "fail: Ghost was read 1 h 1 min ago; the limit is 1 h"],
    // a read of 45 min may be 90 min old
    [
      { ...ago(1.5 * hour), readMs: 0.75 * hour },
      "pass: 2 systems, oldest read 1 h 30 min ago (limit 1 h 30 min); everyone in it is read again before the first write",
    ],
    [
      { ...ago(1.5 * hour + 1), readMs: 0.75 * hour },
      "fail: Ghost was read 1 h 31 min ago; the limit is 1 h 30 min, twice its read",
    ],
    [{ ...ago(hour + 1), readMs: 0.5 * hour }, "fail: Ghost was read 1 h 1 min ago; the limit is 1 h"],
    [{ ...ago(hour + 1), readMs: null }, "fail: Ghost was read 1 h 1 min ago; the limit is 1 h"],
    [{ asOf: at(nowMs - 25 * 3_600_000) }, "fail: Ghost shows its state of 25 h ago"],
    [
      { asOf: at(nowMs - 23 * 3_600_000) },
      "pass: 2 systems, oldest read 1 min ago (limit 1 h); everyone in it is read again before the first write",
    ],
  ])("%o: %s", (change, said) => {
    expect(one("complete_and_fresh", docOf(extra), dest(change))).toBe(said);
  });
  it("a copy that is another list now than at the draft is not what was read", () => {
    const doc = { ...docOf(extra), lists: { [DEST]: '{"label":"other"}' } };
    expect(one("complete_and_fresh", doc, f)).toBe(
      "fail: Ghost has another list in the configuration than when this was drafted",
    );
    expect(docOf(extra).lists).toEqual({ [DEST]: '{"label":"active"}' });
  });
  it("misses a system that was never read", () => {
    expect(one("complete_and_fresh", docOf(extra), facts({ readings: [f.readings[1]!] }))).toBe(
      "fail: Warehouse was not read",
    );
  });
});

it("no_consent_loosened does not take the draft's word", () => {
  expect(one("no_consent_loosened", docOf(extra), facts({}, {}, { purpose: "suppression" }))).toBe(
    "fail: 1 of 1 change would loosen it",
  );
  expect(one("no_consent_loosened", docOf(extra), facts({ leftOutBy: "Autumn drop" }))).toBe(
    "fail: 1 of 1 change would loosen it; the campaign “Autumn drop” leaves this list out",
  );
  expect(one("no_consent_loosened", docOf(leak), facts({ leftOutBy: "Autumn drop" }))).toMatch(/^pass/);
  const consent = [{ ...testConfig().attributes[0]!, class: "consent" as const }];
  const differs: Twin = { ...same, dest: { ...same.dest!, plan: "free" } };
  expect(one("no_consent_loosened", docOf(differs), facts({}, { attributes: consent }))).toMatch(/^fail/);
});

it("opt_out_evidence counts and names the systems", () => {
  const doc = docOf(leak, leak);
  expect(one("opt_out_evidence", doc, facts())).toBe("pass: 2 of 2 in Warehouse");
  const bare = { ...doc, changes: doc.changes.map((c) => ({ ...c, evidence: null })) };
  expect(one("opt_out_evidence", bare, facts())).toMatch(/^fail: 0 of 2/);
});

describe("source_not_empty", () => {
  const sizes = (
    owner: [number | null, number | null],
    dest: [number | null, number | null] = [1000, 990],
  ) => {
    const f = facts();
    const reading = (i: number, [size, previousSize]: [number | null, number | null]) => ({
      ...f.readings[i]!,
      size,
      previousSize,
    });
    return facts({ readings: [reading(0, owner), reading(1, dest)] });
  };
  const said = (twin: Twin, ...s: Parameters<typeof sizes>) =>
    one("source_not_empty", docOf(twin), sizes(...s));
  it("an empty or shrunk source removes nobody", () => {
    expect(said(extra, [0, 1000])).toBe("fail: Warehouse is empty; it had 1,000 people");
    expect(said(extra, [0, null])).toBe("fail: Warehouse is empty");
    expect(said(extra, [500, 1000])).toBe(
      "fail: Warehouse shrank from 1,000 to 500, by 50 %; above 20 % nobody is removed",
    );
    expect(said(extra, [799, 1000])).toMatch(/^fail: Warehouse shrank/);
    expect(said(extra, [800, 1000])).toBe("pass: Warehouse 800, 1,000 before; Ghost 1,000, 990 before");
    expect(said(extra, [null, 1000])).toMatch(/^fail: Warehouse has no known size/);
  });
  it("nothing at all comes from less than half, of the source or of the destination", () => {
    for (const twin of [extra, missing, { ...same, dest: { ...same.dest!, plan: "free" } }]) {
      expect(said(twin, [499, 1000])).toBe(
        "fail: Warehouse fell from 1,000 to 499; nothing is changed from less than half",
      );
      expect(said(twin, [1000, 1000], [499, 1000])).toBe(
        "fail: Ghost fell from 1,000 to 499; nothing is changed from less than half",
      );
      expect(said(twin, [1000, 1000], [0, 1])).toBe("fail: Ghost is empty; it had 1 person");
      expect(said(twin, [1000, 1000], [null, 1])).toMatch(/^fail: Ghost has no known size/);
    }
    expect(said(missing, [500, 1000], [500, 1000])).toMatch(/^pass/);
    expect(said(missing, [1000, 1000], [0, null])).toMatch(/^pass/);
    expect(said(missing, [1000, 1000], [0, 0])).toMatch(/^pass/);
  });
  it("neither suppressions nor undos lean on it", () => {
    expect(said(leak, [0, 1000], [0, 1000])).toBe("pass: suppressions rest on their evidence");
    const undo = { ...docOf(missing), undoes: 81 };
    expect(one("source_not_empty", undo, sizes([0, 1000], [0, 1000]))).toBe("pass: rests on what PL-81 did");
  });
});

it("accepted_base holds removals only", () => {
  expect(one("accepted_base", docOf(extra), facts({ baseAccepted: false }))).toMatch(
    /^fail: removes 1 person/,
  );
  expect(one("accepted_base", docOf(missing), facts({ baseAccepted: false }))).toMatch(/^pass/);
});

describe("place_of_repair", () => {
  const job: WriterJob = {
    name: "Nightly sync",
    from: OWNER,
    to: DEST,
    audiences: [audienceOf(testConfig()).id],
    attributes: ["plan"],
    schedule: "0 2 * * *",
    enabled: true,
  };
  const differs: Twin = { ...same, dest: { ...same.dest!, plan: "free" } };
  it.each([
    [extra, job, "fail"],
    [missing, job, "fail"],
    [leak, job, "pass"],
    [differs, job, "needs"],
    [extra, { ...job, enabled: false }, "pass"],
    [extra, { ...job, schedule: null }, "needs"],
    [extra, { ...job, to: OWNER }, "pass"],
  ])("case %#", (twin, writer, verdict) => {
    expect(one("place_of_repair", docOf(twin), facts({}, { writers: [writer] }))).toMatch(
      new RegExp(`^${verdict}`),
    );
  });
  const edit = {
    system: DEST,
    at: now,
    certainty: "confirmed" as const,
    text: "the rule of “VIP” in Ghost was changed",
  };
  it.each([
    [
      extra,
      edit,
      "fail: the rule of “VIP” in Ghost was changed, and still stands; correct the rule there, then read again",
    ],
    [missing, edit, "fail: "],
    [
      extra,
      { ...edit, certainty: "likely" as const },
      "needs: the rule of “VIP” in Ghost was changed, and still stands; a second person approves",
    ],
    [leak, edit, "pass: "],
    [differs, edit, "pass: "],
    [extra, { ...edit, system: OWNER }, "pass: "],
  ])("a rule that was edited and still stands, case %#", (twin, ruleCause, said) => {
    expect(one("place_of_repair", docOf(twin), facts({ ruleCause }))).toContain(said);
    expect(one("place_of_repair", { ...docOf(twin), undoes: 81 }, facts({ ruleCause }))).toMatch(/^pass/);
  });
  it("the plan says which place is right", () => {
    const at = (twin: Twin, ruleCause: typeof edit | null, writers: WriterJob[]) =>
      draftPlan({ ...draftInput([twin], testConfig({ writers }), now), ruleCause }).place;
    expect(at(extra, edit, [job])).toEqual({
      where: "rule",
      because: "the rule of “VIP” in Ghost was changed: correct it there, then read again.",
    });
    expect(at(extra, { ...edit, system: OWNER }, [job]).where).toBe("resync");
    expect(at(extra, null, [job]).where).toBe("resync");
    expect(at(extra, null, []).where).toBe("destination");
    expect(at(leak, edit, [job]).where).toBe("destination");
  });
});

it("automations ask for a tick when they may start, or when nobody can tell", () => {
  expect(one("automations", docOf(missing), facts())).toBe("pass: none is live");
  expect(
    one(
      "automations",
      { ...docOf(missing), automations: { [DEST]: ["Welcome back", "Onboarding"] } },
      facts(),
    ),
  ).toBe("needs: confirm 2");
  expect(one("automations", { ...docOf(missing), automations: {} }, facts())).toBe(
    "needs: cannot tell which may start; confirm for 1 person",
  );
  expect(runGuards({ ...docOf(missing), automations: {} }, facts()).need).toBe("author");
});

describe("next_send", () => {
  const send = (minutes: number) =>
    facts({ sends: [{ name: "Digest", system: DEST, at: at(nowMs + minutes * 60_000) }] });
  it("keeps a margin, but not for suppressions", () => {
    expect(one("next_send", docOf(extra), send(209))).toBe("pass: 3 h 29 min; needs 30 min");
    expect(one("next_send", docOf(extra), send(30))).toMatch(/^pass/);
    expect(one("next_send", docOf(extra), send(29))).toBe("fail: “Digest” in 29 min; needs 30 min");
    expect(one("next_send", docOf(leak), send(5))).toBe("pass: 5 min; suppressions do not wait");
    expect(one("next_send", docOf(extra), facts())).toBe("pass: not known; the calendar has none");
  });
});

it("write_access and no_other_plan", () => {
  expect(one("write_access", docOf(extra), facts({ access: {} }))).toBe("fail: Ghost: not checked");
  expect(one("write_access", docOf(extra), facts({ access: { [DEST]: "the key was refused" } }))).toBe(
    "fail: Ghost: the key was refused",
  );
  const audience = audienceOf(testConfig()).id;
  const other = (state: "approved" | "checked", system: typeof DEST) =>
    facts({ otherPlans: [{ id: 87, state, audience, systems: [system] }] });
  expect(one("no_other_plan", docOf(extra), other("approved", DEST))).toBe("fail: PL-87 is approved");
  expect(one("no_other_plan", docOf(extra), other("checked", DEST))).toMatch(/^pass/);
  expect(one("no_other_plan", docOf(extra), other("approved", OWNER))).toMatch(/^pass/);
});

it("no_other_plan knows the vendor's list under another audience", () => {
  const other = (list: string) =>
    facts({
      otherPlans: [
        { id: 87, state: "applying", audience: audienceId("vip"), systems: [DEST], lists: { [DEST]: list } },
      ],
    });
  expect(one("no_other_plan", docOf(extra), other('{"label":"active"}'))).toBe("fail: PL-87 is applying");
  expect(one("no_other_plan", docOf(extra), other('{"label":"vip"}'))).toMatch(/^pass/);
});

it("writes_on fails until an admin enabled each system", () => {
  expect(one("writes_on", docOf(extra), facts())).toBe("pass: on for Ghost");
  for (const writes of [{}, { [DEST]: false }, { [OWNER]: true }])
    expect(one("writes_on", docOf(extra), facts({ writes }))).toBe(
      "fail: writes to Ghost are off; an admin turns them on under Systems",
    );
  expect(one("writes_on", docOf(leak), facts({ writes: {} }))).toMatch(/^fail/);
});

describe("holdout", () => {
  const group = { ...audienceOf(testConfig()), id: audienceId("control"), title: "Control group" };
  const f = (heldOut: ReadonlySet<PersonKey> | null) => {
    const c = testConfig({}, { holdout: group.id });
    const config = { ...c, audiences: [...c.audiences, group] };
    return { ...facts({ heldOut }), config, audience: audienceOf(config) };
  };
  it("nobody who is held out is added, and what cannot be told adds nobody", () => {
    const doc = docOf(missing, missing);
    expect(one("holdout", doc, f(new Set()))).toBe("pass: 0 of 2 people to add are in “Control group”");
    expect(one("holdout", doc, f(new Set([keyOf(1)])))).toBe(
      "fail: 1 of 2 people to add is in “Control group”",
    );
    expect(one("holdout", doc, f(null))).toBe(
      "fail: cannot tell who is in “Control group”, so nobody is added; read it again",
    );
    expect(one("holdout", { ...doc, undoes: 81 }, f(new Set([keyOf(0), keyOf(1)])))).toMatch(/^fail: 2 of 2/);
    expect(one("holdout", docOf(extra, leak), f(null))).toBe("pass: nobody is added");
    expect(one("holdout", doc, facts())).toBe("pass: this audience holds nobody out");
  });
});

describe("an override of the size", () => {
  const doc = { ...docOf(...Array.from({ length: 201 }, () => extra)), sizes: { [DEST]: 1000 } };
  const o = {
    person: "Ben",
    at: now,
    hash: planHash(doc),
    reason: "the brand was sold",
    usedAt: null,
  };
  const later = (ms: number) => at(nowMs + ms);
  const hour = 3_600_000;
  it("turns a refusal for size into a second person's decision, for this document and for 60 minutes", () => {
    expect(runGuards(doc, facts()).need).toBe("refused");
    expect(runGuards(doc, facts({ override: o })).need).toBe("second_person");
    expect(one("size_limit", doc, facts({ override: o }))).toBe(
      "needs: changes 20.1 % of the list (201 of 1,000 people); the limit is 20 % in 24 h. Overridden by Ben (for 1 h more), because “the brand was sold”; a second person approves".replace(
        "changes",
        "removes",
      ),
    );
    expect(one("size_limit", doc, facts({ override: o, now: later(hour - 1) }))).toMatch(/^needs/);
    expect(one("size_limit", doc, facts({ override: o, now: later(hour) }))).toMatch(
      /^fail: .*; the override by Ben is over$/,
    );
    expect(one("size_limit", doc, facts({ override: { ...o, hash: planHash(docOf(extra)) } }))).toMatch(
      /^fail/,
    );
    const used = { ...o, usedAt: later(hour - 1) };
    expect(one("size_limit", doc, facts({ override: used, now: later(2 * hour) }))).toMatch(/^needs/);
    expect(one("size_limit", doc, facts({ override: { ...o, usedAt: later(hour) } }))).toMatch(/^fail/);
  });
  it("leaves every other guard as it is", () => {
    const bad = facts({ override: o, writes: {}, baseAccepted: false, access: {} });
    const failing = runGuards(doc, bad).guards.filter((g) => g.verdict === "fail");
    expect(failing.map((g) => g.guard)).toEqual(["accepted_base", "writes_on", "write_access"]);
    expect(runGuards(doc, bad).need).toBe("refused");
  });
});
