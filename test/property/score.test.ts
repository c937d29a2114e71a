import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { overallScore, type ScoreCopy, type ScoreInput, scoreOf, UNKNOWN_CAP } from "../../checks/score.ts";
import { BREACH_CAP } from "../../checks/score-parts.ts";
import type { Comparison, SystemDifference } from "../../core/comparison.ts";
import { CHECK_NAMES, type Incident } from "../../core/finding.ts";
import { type Instant, runId, type Snapshot } from "../../core/model.ts";
import type { Score } from "../../core/score.ts";
import { AUDIENCE, system } from "./checks-input.ts";

const SYSTEMS = [system("warehouse", "Warehouse"), system("crm", "CRM"), system("news", "News", true)];
const NOW = "2026-11-24T08:00:00.000Z" as Instant;
const ago = (hours: number) => new Date(Date.parse(NOW) - hours * 3_600_000).toISOString() as Instant;

type Copy = {
  size: number;
  valid: number;
  age: number;
  coverage: readonly Snapshot["coverage"][];
  compared: boolean;
  missing: number;
  extra: number;
  mailable: number | null;
  conflict: number | null;
  flipping: number;
};
type Case = { copies: Copy[]; current: boolean; incidents: Incident[]; required: boolean };

const copy: fc.Arbitrary<Copy> = fc.record({
  size: fc.constantFrom(0, 1, 40, 5000),
  valid: fc.nat(5000),
  age: fc.integer({ min: 0, max: 200 }),
  coverage: fc.array(fc.constantFrom("complete", "complete", "complete", "partial", "unusable"), {
    maxLength: 12,
  }),
  compared: fc.boolean(),
  missing: fc.constantFrom(0, 0, 3, 900),
  extra: fc.constantFrom(0, 0, 3, 900),
  mailable: fc.constantFrom(0, 0, 0, 1, 700, null),
  conflict: fc.constantFrom(0, 0, 0, 2, null),
  flipping: fc.constantFrom(0, 0, 1, 60),
});
const incident: fc.Arbitrary<Incident> = fc
  .record({
    check: fc.constantFrom(...CHECK_NAMES),
    severity: fc.constantFrom("act" as const, "look" as const),
    state: fc.constantFrom("open" as const, "acknowledged" as const, "snoozed" as const, "resolved" as const),
    people: fc.constantFrom(null, 1, 30, 40_000),
    whole: fc.boolean(),
    cantTell: fc.boolean(),
  })
  .map((o) => ({
    id: 7,
    fingerprint: "f",
    state: o.state,
    severity: o.severity,
    openedAt: NOW,
    changedAt: NOW,
    lastSeenAt: NOW,
    resolvedAt: null,
    snoozedUntil: null,
    owner: null,
    peak: null,
    runId: runId("r"),
    version: 1,
    finding: {
      check: o.check,
      audience: o.whole ? null : AUDIENCE.id,
      system: system("crm", "CRM").id,
      subject: null,
      severity: o.severity,
      cantTell: o.cantTell,
      backlog: false,
      title: "Something is wrong",
      moved: "",
      means: "",
      cause: { certainty: "unclear" as const, text: null },
      todo: [],
      observed: null,
      expected: null,
      people: o.people,
      repair: null,
      maths: {},
    },
  }));
const situation: fc.Arbitrary<Case> = fc.record({
  copies: fc.array(copy, { minLength: 1, maxLength: 3 }),
  current: fc.boolean(),
  incidents: fc.array(incident, { maxLength: 3 }),
  required: fc.boolean(),
});

const snapshotOf = (c: Copy, i: number, coverage: Snapshot["coverage"]): Snapshot => ({
  id: `s${i}`,
  runId: runId("now"),
  audience: AUDIENCE.id,
  system: AUDIENCE.owner,
  ordinal: i,
  trigger: "scheduled",
  asOf: ago(c.age),
  takenAt: ago(c.age),
  coverage,
  because: "",
  failure: null,
  metrics: {
    size: { numerator: c.size, denominator: null, quality: "exact", settled: true, observedAt: NOW },
  },
  attributes: {
    plan: { valid: Math.min(c.valid, c.size), null: 0, empty: 0, placeholder: 0, invalid: 0, missing: 0 },
  },
  fields: {},
  setFile: null,
  epoch: 1,
});
const differenceOf = (c: Copy): SystemDifference => ({
  size: c.size,
  expected: 5000,
  missing: c.missing,
  extra: c.extra,
  settledMissing: c.missing,
  settledExtra: c.extra,
  mailableOptedOut: c.mailable,
  consentConflict: c.conflict,
  matched: null,
  attributes: {},
  flipping: c.flipping,
  oldestPendingReads: 0,
});

function inputOf({ copies, current, incidents, required }: Case): ScoreInput {
  const used = copies.map((c, i) => ({ c, system: SYSTEMS[i] ?? system("more", "More") }));
  const comparison: Comparison = {
    runId: runId(current ? "now" : "before"),
    audience: AUDIENCE.id,
    asOf: NOW,
    owner: AUDIENCE.owner,
    systems: used.map(({ system }) => system.id),
    masks: {},
    perSystem: Object.fromEntries(
      used.filter(({ c }) => c.compared).map(({ c, system }) => [system.id, differenceOf(c)]),
    ),
    cantTell: {},
  };
  return {
    now: NOW,
    audience: { ...AUDIENCE, requiredAttributes: required ? ["plan"] : [] },
    copies: used.map(
      ({ c, system }, i): ScoreCopy => ({
        system,
        isOwner: i === 0,
        history: c.coverage.map((coverage, n) => snapshotOf(c, n, coverage)),
        freshHours: 24,
      }),
    ),
    comparison,
    incidents,
  };
}
const scored = (c: Case): Score => scoreOf(inputOf(c));

/** What makes a situation worse: one more harm, nothing better. */
const WORSE: readonly ((c: Copy) => Copy)[] = [
  (c) => ({ ...c, missing: c.missing + 50 }),
  (c) => ({ ...c, extra: c.extra + 50 }),
  (c) => ({ ...c, mailable: c.mailable === null ? null : c.mailable + 1 }),
  (c) => ({ ...c, conflict: c.conflict === null ? null : c.conflict * 3 + 1 }),
  (c) => ({ ...c, flipping: c.flipping + 5 }),
  (c) => ({ ...c, valid: Math.floor(c.valid / 2) }),
  (c) => ({ ...c, age: c.age + 30 }),
];

describe("the integrity score", () => {
  test("is never above its worst part, and never a NaN", () => {
    fc.assert(
      fc.property(situation, (c) => {
        const s = scored(c);
        for (const p of s.parts) {
          if (p.value !== null)
            expect(p.value >= 0 && p.value <= 100 && Number.isInteger(p.value)).toBe(true);
          expect(p.value === null).toBe(p.state === "cant_tell" || p.state === "not_applicable");
          if (s.value !== null && p.value !== null) expect(s.value).toBeLessThanOrEqual(p.value);
        }
        expect(JSON.stringify(s)).not.toMatch(/NaN|undefined|Infinity/);
      }),
      { numRuns: 2000 },
    );
  });

  test("a worse finding never raises it", () => {
    fc.assert(
      fc.property(situation, fc.nat(2), fc.constantFrom(...WORSE), (c, which, worse) => {
        const before = scored(c).value;
        const after = scored({ ...c, copies: c.copies.map((x, i) => (i === which ? worse(x) : x)) }).value;
        if (before !== null) expect(after).not.toBeNull();
        if (before !== null && after !== null) expect(after).toBeLessThanOrEqual(before);
      }),
      { numRuns: 3000 },
    );
  });

  test("one incident more never raises it", () => {
    fc.assert(
      fc.property(situation, incident, (c, more) => {
        const [before, after] = [scored(c).value, scored({ ...c, incidents: [...c.incidents, more] }).value];
        if (before !== null) expect(after ?? 101).toBeLessThanOrEqual(before);
      }),
      { numRuns: 3000 },
    );
  });

  test("an open breach of consent caps it, whatever else is fine or unknown", () => {
    fc.assert(
      fc.property(
        situation,
        incident,
        fc.constantFrom("suppression_leak" as const, "consent_violation" as const),
        (c, i, check) => {
          const breach: Incident = {
            ...i,
            state: "open",
            severity: "act",
            finding: { ...i.finding, check, severity: "act", cantTell: false, audience: AUDIENCE.id },
          };
          const s = scored({ ...c, incidents: [...c.incidents, breach] });
          expect(s.value).not.toBeNull();
          expect(s.value).toBeLessThanOrEqual(BREACH_CAP);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test("with a part unknown no more than that is claimed, and it says at most", () => {
    fc.assert(
      fc.property(situation, (c) => {
        const s = scored(c);
        const unknown = s.parts.some((p) => p.state === "partly" || p.state === "cant_tell");
        expect(s.atMost).toBe(unknown);
        if (unknown && s.value !== null) expect(s.value).toBeLessThanOrEqual(UNKNOWN_CAP);
        if (s.parts.every((p) => p.value === null)) expect(s.value).toBeNull();
      }),
      { numRuns: 2000 },
    );
  });

  test("of the company is that of its worst audience", () => {
    fc.assert(
      fc.property(fc.array(situation, { minLength: 1, maxLength: 4 }), (cases) => {
        const all = cases.map((c, i) => ({ title: `Audience ${i}`, score: scored(c) }));
        const values = all.flatMap(({ score }) => score.value ?? []);
        const { value } = overallScore(all);
        if (values.length > 0) expect(value).toBeLessThanOrEqual(Math.min(...values));
      }),
      { numRuns: 1000 },
    );
  });
});
