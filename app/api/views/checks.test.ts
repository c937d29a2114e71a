import { describe, expect, test } from "vitest";
import { fingerprintOf } from "../../../checks/fingerprint.ts";
import type { CheckName, CheckResult, Finding, Incident, Outcome } from "../../../core/finding.ts";
import { audienceId, systemId } from "../../../core/model.ts";
import { aFinding, at, RUN } from "../../../test/store/samples.ts";
import { checksOf } from "./checks.ts";

const active = audienceId("active");
const warehouse = systemId("warehouse");
const ghost = systemId("ghost");
const AUDIENCE = {
  id: active,
  owner: warehouse,
  cadence: "0 6 * * *",
  segments: [{ system: warehouse }, { system: ghost }],
};
const SYSTEMS = [
  { id: warehouse, title: "Warehouse" },
  { id: ghost, title: "Ghost" },
];
const PASS: Outcome = { status: "pass" };

const result = (
  check: CheckName,
  outcome: Outcome,
  system = ghost,
  audience: CheckResult["audience"] = active,
): CheckResult => ({ check, audience, system, outcome });
const fail = (finding: Finding, ...more: Finding[]): Outcome => ({
  status: "fail",
  findings: [finding, ...more],
});
const incident = (id: number, finding: Finding, over: Partial<Incident> = {}): Incident => ({
  id,
  fingerprint: fingerprintOf(finding),
  state: "open",
  severity: finding.severity,
  finding,
  openedAt: at("06:00"),
  changedAt: at("06:00"),
  lastSeenAt: at("06:00"),
  resolvedAt: null,
  snoozedUntil: null,
  owner: null,
  peak: finding.people,
  runId: RUN,
  version: 1,
  ...over,
});

function page(results: readonly CheckResult[] | null, open: readonly Incident[] = [], now = at("08:00")) {
  const latest = results === null ? null : { runId: RUN, at: at("06:05"), results };
  return checksOf({ now: new Date(now), timezone: "UTC", systems: SYSTEMS, open }, AUDIENCE, latest);
}
const cell = (p: ReturnType<typeof page>, check: CheckName, system = ghost) =>
  p.checks.find((c) => c.check === check)?.cells.find((c) => c.system === system);

describe("a verdict", () => {
  test("fine, found with its open incident, or neither with the reason in words", () => {
    const finding = aFinding({ severity: "act" });
    const p = page(
      [
        result("size_anomaly", fail(finding)),
        result("size_anomaly", PASS, warehouse),
        result("match_rate", { status: "skip", because: "not_collected" }),
        result("match_rate", { status: "skip", because: "not_configured" }, warehouse),
      ],
      [incident(1042, finding)],
    );
    expect(p).toMatchObject({ judgedAt: at("06:05"), overdue: false });
    expect(p.checks.map((c) => [c.check, c.group, c.off])).toEqual([
      ["size_anomaly", "Lists", false],
      ["match_rate", "Lists", false],
    ]);
    expect(cell(p, "size_anomaly", warehouse)).toMatchObject({ state: "fine", mark: "fine", because: null });
    expect(cell(p, "size_anomaly")).toEqual({
      system: "ghost",
      state: "found",
      mark: "act",
      because: null,
      findings: [finding.title],
      incidents: [1042],
    });
    expect(cell(p, "match_rate")).toMatchObject({
      state: "cant_tell",
      mark: "cant_tell",
      because: { code: "not_collected", words: "not collected: no connection provides it" },
    });
    expect(cell(p, "match_rate", warehouse)).toMatchObject({ state: "cant_tell", mark: "absent" });
  });

  test("a finding whose incident was closed has none, and another subject's is not taken for it", () => {
    const finding = aFinding({ check: "completeness", subject: "plan" });
    const other = aFinding({ check: "completeness", subject: "region" });
    const p = page([result("completeness", fail(finding))], [incident(7, other)]);
    expect(cell(p, "completeness")).toMatchObject({ state: "found", mark: "look", incidents: [] });
  });

  test("several findings: the worst first", () => {
    const look = aFinding({ check: "completeness", subject: "plan", title: "plan" });
    const act = aFinding({ check: "completeness", subject: "email", title: "email", severity: "act" });
    const p = page([result("completeness", fail(look, act))], [incident(7, look), incident(8, act)]);
    expect(cell(p, "completeness")).toMatchObject({
      mark: "act",
      findings: ["email", "plan"],
      incidents: [8, 7],
    });
  });

  test("no verdict closes no incident: it is still named", () => {
    const p = page(
      [result("size_anomaly", { status: "skip", because: "partial" })],
      [incident(7, aFinding()), incident(8, aFinding({ audience: audienceId("other") }))],
    );
    expect(cell(p, "size_anomaly")).toMatchObject({ state: "cant_tell", incidents: [7] });
  });

  test("off only where no copy has the check set up", () => {
    const off: Outcome = { status: "skip", because: "not_configured" };
    expect(page([result("holdout", off), result("holdout", off, warehouse)]).checks[0]?.off).toBe(true);
    expect(page([result("holdout", off), result("holdout", PASS, warehouse)]).checks[0]?.off).toBe(false);
  });
});

describe("what is about a whole system", () => {
  const unread = aFinding({ check: "run_failure", audience: null, cantTell: true });

  test("its finding and its incident belong to this audience too, and it is no fault", () => {
    const p = page([result("run_failure", fail(unread))], [incident(9, unread)]);
    expect(cell(p, "run_failure")).toMatchObject({ state: "found", mark: "cant_tell", incidents: [9] });
  });

  test("a result without an audience counts where the audience has none of its own", () => {
    const results = [result("identity_conflict", fail(aFinding()), ghost, null)];
    expect(cell(page(results), "identity_conflict")).toMatchObject({ state: "found" });
    expect(cell(page([...results, result("identity_conflict", PASS)]), "identity_conflict")).toMatchObject({
      state: "fine",
    });
  });
});

describe("when it was judged", () => {
  test("never: nothing is listed, nothing is overdue", () =>
    expect(page(null)).toMatchObject({ judgedAt: null, overdue: false, checks: [] }));

  test("a copy that came later is not judged yet", () =>
    expect(cell(page([result("duplicates", PASS)]), "duplicates", warehouse)).toMatchObject({
      state: "cant_tell",
      because: { code: "not_judged" },
    }));

  test("overdue after two reads that did not come", () => {
    const results = [result("duplicates", PASS)];
    expect(page(results, [], at("06:04", 25)).overdue).toBe(false);
    expect(page(results, [], at("06:06", 25)).overdue).toBe(true);
  });
});
