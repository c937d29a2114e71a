import { describe, expect, it } from "vitest";
import type { Config, WriterJob } from "../core/config.ts";
import type { Instant } from "../core/model.ts";
import type { GuardName, PlanDoc } from "../core/repair.ts";
import {
  at,
  audienceOf,
  DEST,
  draft,
  OWNER,
  START,
  type Twin,
  testConfig,
} from "../test/property/sync-world.ts";
import { type GuardFacts, runGuards } from "./guard.ts";

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
  };
  return {
    now,
    config: c,
    audience: audienceOf(c),
    effective: {},
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
    "place_of_repair",
    "automations",
    "next_send",
    "write_access",
    "no_other_plan",
    "no_fighting",
  ]);
  expect(guards[3]?.title).toBe("Size limit, Ghost");
});

describe("complete_and_fresh", () => {
  const f = facts();
  const dest = (change: object) => facts({ readings: [f.readings[0]!, { ...f.readings[1]!, ...change }] });
  it.each([
    [{ coverage: "partial" }, "fail: Ghost was not read completely"],
    [{ takenAt: at(nowMs - 61 * 60_000) }, "fail: Ghost was read 61 min ago; the limit is 60 min"],
    [{ asOf: at(nowMs - 25 * 3_600_000) }, "fail: Ghost shows its state of 25 h ago"],
    [{ asOf: at(nowMs - 23 * 3_600_000) }, "pass: all 2 systems within 60 min"],
  ])("%o: %s", (change, said) => {
    expect(one("complete_and_fresh", docOf(extra), dest(change))).toBe(said);
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
  const owner = (size: number | null, previousSize: number | null) => {
    const f = facts();
    return facts({ readings: [{ ...f.readings[0]!, size, previousSize }, f.readings[1]!] });
  };
  it("an empty or shrunk source removes nobody", () => {
    expect(one("source_not_empty", docOf(extra), owner(0, 1000))).toBe("fail: Warehouse is empty");
    expect(one("source_not_empty", docOf(extra), owner(500, 1000))).toBe(
      "fail: Warehouse shrank from 1,000 to 500, by 50 %; above 20 % nobody is removed",
    );
    expect(one("source_not_empty", docOf(extra), owner(800, 1000))).toBe("pass: 800");
    expect(one("source_not_empty", docOf(extra), owner(null, 1000))).toMatch(/^fail/);
  });
  it("suppressions do not lean on it", () => {
    expect(one("source_not_empty", docOf(leak), owner(0, 1000))).toMatch(/^pass/);
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
  const other = (state: "approved" | "checked", system: typeof DEST) =>
    facts({ otherPlans: [{ id: 87, state, systems: [system] }] });
  expect(one("no_other_plan", docOf(extra), other("approved", DEST))).toBe("fail: PL-87 is approved");
  expect(one("no_other_plan", docOf(extra), other("checked", DEST))).toMatch(/^pass/);
  expect(one("no_other_plan", docOf(extra), other("approved", OWNER))).toMatch(/^pass/);
});
