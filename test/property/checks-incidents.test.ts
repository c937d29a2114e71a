import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fingerprintOf } from "../../checks/fingerprint.ts";
import { reconcile } from "../../checks/incidents.ts";
import type { CheckResult, Finding, Incident, Outcome, Severity, Transition } from "../../core/finding.ts";
import { audienceId, type Instant, systemId } from "../../core/model.ts";
import { AUDIENCE, at, runOf } from "./checks-input.ts";

const crm = systemId("crm");
const finding = (over: Partial<Finding> = {}): Finding => ({
  check: "size_anomaly",
  audience: AUDIENCE.id,
  system: crm,
  subject: null,
  severity: "look",
  cantTell: false,
  backlog: false,
  title: "t",
  moved: "m",
  means: "n",
  cause: { certainty: "unclear", text: null },
  todo: [],
  observed: null,
  expected: null,
  people: 100,
  repair: null,
  maths: {},
  ...over,
});
const result = (outcome: Outcome, over: Partial<CheckResult> = {}): CheckResult => ({
  check: "size_anomaly",
  audience: AUDIENCE.id,
  system: crm,
  outcome,
  ...over,
});
const fails = (...f: [Finding, ...Finding[]]): CheckResult =>
  result({ status: "fail", findings: f }, { check: f[0].check });
const passes = result({ status: "pass" });
const skips = result({ status: "skip", because: "partial" });

const incident = (over: Partial<Incident> = {}): Incident => {
  const f = over.finding ?? finding();
  return {
    id: 1001,
    fingerprint: fingerprintOf(f),
    state: "open",
    severity: f.severity,
    finding: f,
    openedAt: at(0),
    changedAt: at(0),
    lastSeenAt: at(0),
    resolvedAt: null,
    snoozedUntil: null,
    owner: null,
    peak: f.people,
    runId: runOf(0),
    version: 1,
    ...over,
  };
};
const kinds = (t: readonly Transition[]) => t.map((x) => x.kind);

describe("one step", () => {
  test("fail opens, pass resolves, skip does nothing", () => {
    expect(reconcile([], [fails(finding())], at(1))).toMatchObject([
      { kind: "open", fingerprint: "size_anomaly|active|crm|" },
    ]);
    expect(kinds(reconcile([incident()], [passes], at(1)))).toEqual(["resolve"]);
    expect(reconcile([incident()], [skips], at(1))).toEqual([]);
    expect(reconcile([incident()], [], at(1))).toEqual([]);
    expect(reconcile([incident({ state: "resolved" })], [passes], at(1))).toEqual([]);
  });

  test("escalates at half as many again and 25 people more than last told, or when it becomes urgent", () => {
    const told = incident({ finding: finding({ people: 100 }) });
    const with1 = (i: Incident, people: number, severity: Severity = "look") => {
      const [t] = reconcile([i], [fails(finding({ people, severity }))], at(1));
      return t?.kind === "update" ? t : null;
    };
    expect(with1(told, 149)?.escalated).toBe(false);
    expect(with1(told, 150)?.escalated).toBe(true);
    expect(with1(told, 100, "act")?.escalated).toBe(true);
    expect(with1(incident({ finding: finding({ people: 10 }) }), 34)?.escalated).toBe(false);
    // Growing by 10 % a day adds up, although every single day is small.
    const later = incident({ finding: with1(told, 149)!.finding });
    expect(with1(later, 151)?.escalated).toBe(true);
  });

  test("comes back within 14 days as the same incident, later as a new one", () => {
    const gone = incident({ state: "resolved", resolvedAt: at(10) });
    expect(kinds(reconcile([gone], [fails(finding())], at(24)))).toEqual(["regress"]);
    expect(kinds(reconcile([gone], [fails(finding())], at(24.1)))).toEqual(["open"]);
  });

  test("called no problem: quiet for 14 days unless it gets worse; a leak is told again all the same", () => {
    const gone = { state: "resolved", resolvedAt: at(9), markedFalseAt: at(10) } as const;
    const dismissed = incident(gone);
    expect(reconcile([dismissed], [fails(finding({ people: 124 }))], at(24))).toEqual([]);
    expect(kinds(reconcile([dismissed], [fails(finding({ people: 150 }))], at(11)))).toEqual(["regress"]);
    expect(kinds(reconcile([dismissed], [fails(finding({ severity: "act" }))], at(11)))).toEqual(["regress"]);
    expect(kinds(reconcile([dismissed], [fails(finding())], at(24.1)))).toEqual(["open"]);
    const leak = finding({ check: "suppression_leak" });
    expect(kinds(reconcile([incident({ ...gone, finding: leak })], [fails(leak)], at(11)))).toEqual([
      "regress",
    ]);
  });

  test("snoozed: quiet until its time is over or it gets worse; resolves like any other", () => {
    const quiet = incident({ state: "snoozed", snoozedUntil: at(3) });
    expect(reconcile([quiet], [fails(finding())], at(2))).toMatchObject([
      { kind: "update", escalated: false },
    ]);
    expect(kinds(reconcile([quiet], [fails(finding())], at(3)))).toEqual(["unsnooze"]);
    expect(kinds(reconcile([quiet], [fails(finding({ people: 200 }))], at(2)))).toEqual(["unsnooze"]);
    expect(kinds(reconcile([incident({ state: "snoozed" })], [fails(finding())], at(900)))).toEqual([
      "update",
    ]);
    expect(kinds(reconcile([quiet], [passes], at(2)))).toEqual(["resolve"]);
  });

  test("a known backlog updates its incident, and never opens or reopens one", () => {
    const f = finding({ backlog: true, known: true });
    expect(reconcile([], [fails(f)], at(1))).toEqual([]);
    expect(reconcile([incident({ state: "resolved", resolvedAt: at(0) })], [fails(f)], at(1))).toEqual([]);
    expect(kinds(reconcile([incident()], [fails(f)], at(1)))).toEqual(["update"]);
  });

  test("another attribute of the same check says that this one is fine", () => {
    const plan = finding({ check: "completeness", subject: "plan" });
    const region = finding({ check: "completeness", subject: "region" });
    expect(kinds(reconcile([incident({ finding: plan })], [fails(region)], at(1)))).toEqual([
      "open",
      "resolve",
    ]);
  });

  test("a system's can't tell resolves only when all its segments were read", () => {
    const f = finding({ check: "run_failure", audience: null, cantTell: true });
    const other = { audience: audienceId("trial"), check: "run_failure" as const };
    const pass = result({ status: "pass" }, { check: "run_failure" });
    const open = incident({ finding: f });
    expect(reconcile([open], [pass, result({ status: "skip", because: "no_data" }, other)], at(1))).toEqual(
      [],
    );
    expect(kinds(reconcile([open], [pass, result({ status: "fail", findings: [f] }, other)], at(1)))).toEqual(
      ["update"],
    );
    expect(kinds(reconcile([open], [pass, result({ status: "pass" }, other)], at(1)))).toEqual(["resolve"]);
  });

  test("hostile subjects cannot take another incident's place", () => {
    const a = fingerprintOf(finding({ subject: "x|crm" }));
    expect(a).toBe("size_anomaly|active|crm|x%7Ccrm");
    expect(a).not.toBe(fingerprintOf(finding({ subject: "x%7Ccrm" })));
  });
});

type Step = {
  outcome: "pass" | "fail" | "skip";
  people: number;
  severity: Severity;
  gap: number;
  hand: "none" | "take" | "snooze" | "resolve";
};
const step: fc.Arbitrary<Step> = fc.record({
  outcome: fc.constantFrom("pass", "fail", "skip"),
  people: fc.integer({ min: 1, max: 5000 }),
  severity: fc.constantFrom<Severity>("act", "look"),
  gap: fc.integer({ min: 1, max: 20 }),
  hand: fc.constantFrom("none", "none", "none", "take", "snooze", "resolve"),
});

/** What the store does with a transition, as far as the state machine is concerned. */
function carryOut(all: Map<string, Incident>, t: Transition, now: Instant): void {
  if (t.kind === "open") {
    all.set(
      t.fingerprint,
      incident({
        fingerprint: t.fingerprint,
        finding: t.finding,
        severity: t.finding.severity,
        openedAt: now,
      }),
    );
    return;
  }
  const { incident: i } = t;
  const version = i.version + 1;
  if (t.kind === "resolve") all.set(i.fingerprint, { ...i, state: "resolved", resolvedAt: now, version });
  else if (t.kind === "update")
    all.set(i.fingerprint, { ...i, finding: t.finding, severity: t.finding.severity, version });
  else
    all.set(i.fingerprint, {
      ...i,
      state: t.kind === "regress" ? "regressed" : "open",
      finding: t.finding,
      severity: t.finding.severity,
      resolvedAt: null,
      version,
    });
}

test("any sequence of audits and hands: one incident a fingerprint, resolved only by pass or by hand, skip changes nothing", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(step, step), { maxLength: 30 }), (steps) => {
      const all = new Map<string, Incident>();
      const subjects = ["plan", "region"];
      let day = 0;
      for (const pair of steps) {
        day += pair[0].gap;
        const now = at(day);
        for (const [n, s] of pair.entries()) {
          const mine = [...all.values()].find((i) => i.finding.audience === subjects[n]);
          if (mine === undefined || mine.state === "resolved") continue;
          if (s.hand === "take") all.set(mine.fingerprint, { ...mine, state: "acknowledged", owner: "Ana" });
          if (s.hand === "snooze")
            all.set(mine.fingerprint, { ...mine, state: "snoozed", snoozedUntil: at(day + 5) });
          if (s.hand === "resolve")
            all.set(mine.fingerprint, { ...mine, state: "resolved", resolvedAt: now });
        }
        const before = new Map(all);
        const results = pair.map((s, n): CheckResult => {
          const audience = audienceId(subjects[n]!);
          const outcome: Outcome =
            s.outcome === "fail"
              ? { status: "fail", findings: [finding({ audience, people: s.people, severity: s.severity })] }
              : s.outcome === "skip"
                ? { status: "skip", because: "partial" }
                : { status: "pass" };
          return result(outcome, { audience });
        });
        const transitions = reconcile([...all.values()], results, now);
        const touched = transitions.map((t) => (t.kind === "open" ? t.fingerprint : t.incident.fingerprint));
        expect(new Set(touched).size).toBe(touched.length);
        for (const t of transitions) carryOut(all, t, now);
        for (const [n, s] of pair.entries()) {
          const key = fingerprintOf(finding({ audience: audienceId(subjects[n]!) }));
          const [was, is] = [before.get(key), all.get(key)];
          if (s.outcome === "skip") expect(is).toEqual(was);
          if (s.outcome === "pass") expect(is === undefined || is.state === "resolved").toBe(true);
          if (s.outcome === "fail") {
            expect(is === undefined || is.state === "resolved").toBe(false);
            if (was?.state === "acknowledged") expect(is?.state).toBe("acknowledged");
          }
          if (was !== undefined && was.state !== "resolved" && is?.state === "resolved")
            expect(s.outcome).toBe("pass");
        }
      }
    }),
    { numRuns: 300 },
  );
});
