import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Finding, Incident, Transition } from "../../core/finding.ts";
import { byUrgency } from "../../core/incident-order.ts";
import { audienceId, type Instant } from "../../core/model.ts";
import type { AuditStore } from "../../core/ports.ts";
import { auditStore } from "../../store/audit-store.ts";
import { changeIncident } from "../../store/change-incident.ts";
import { getIncident } from "../../store/get-incident.ts";
import { listAuditLog } from "../../store/list-audit-log.ts";
import { listIncidents } from "../../store/list-incidents.ts";
import { SERVERS, type TestDatabase, testDatabase } from "../setup/database.ts";
import { aFinding, at, RUN } from "./samples.ts";

const PRINT = "size_anomaly|active|ghost|";

describe.each(SERVERS)("incidents on %s", (server) => {
  let made: TestDatabase;
  let store: AuditStore;
  beforeAll(async () => {
    made = await testDatabase(server);
    store = auditStore(made.db);
  });
  beforeEach(async () => {
    await made.asOwner("truncate run, incident restart identity cascade");
    await store.startRun(RUN, "audit", "scheduled", at("06:00"));
  });
  afterAll(() => made.drop());

  async function apply(when: Instant, transition: Transition): Promise<Incident> {
    const [incident] = await store.applyTransitions([transition], RUN, when);
    if (incident === undefined) throw new Error("no incident came back");
    return incident;
  }
  const open = (when = at("06:00"), over = {}) =>
    apply(when, { kind: "open", fingerprint: PRINT, finding: aFinding(over) });
  const kinds = async (id: number) => (await store.incidentEvents(id)).map((e) => e.kind);

  test("opens with a number people can say, its weight as its peak", async () => {
    const incident = await open();
    expect(incident).toMatchObject({
      id: 1001,
      state: "open",
      version: 1,
      peak: 300,
      openedAt: at("06:00"),
      owner: null,
      finding: aFinding(),
    });
    expect(await store.incidentEvents(1001)).toEqual([
      { at: at("06:00"), kind: "opened", actor: "Plumbline", text: "1,200 people, up 300 since 02:04" },
    ]);
  });

  test("weighs the distance from the expected range where people are not known", async () => {
    expect((await open(at("06:00"), { people: null, observed: 1200.4 })).peak).toBe(300);
    await made.asOwner("truncate incident cascade");
    expect((await open(at("06:00"), { people: null, expected: null })).peak).toBeNull();
  });

  test("seen again: the peak only grows, the version only with what people see", async () => {
    const incident = await open();
    const larger = await apply(at("07:00"), {
      kind: "update",
      incident,
      finding: aFinding({ people: 500, moved: "up 500", severity: "act" }),
      escalated: true,
    });
    expect(larger).toMatchObject({ peak: 500, version: 2, severity: "act", changedAt: at("07:00") });
    const smaller = await apply(at("08:00"), {
      kind: "update",
      incident,
      finding: aFinding({ people: 100, moved: "up 100" }),
      escalated: false,
    });
    expect(smaller).toMatchObject({ peak: 500, version: 3, severity: "look" });
    const same = await apply(at("09:00"), {
      kind: "update",
      incident,
      finding: aFinding({ people: 100, moved: "up 100" }),
      escalated: false,
    });
    expect(same).toMatchObject({ version: 3, changedAt: at("08:00"), lastSeenAt: at("09:00") });
    expect(await kinds(incident.id)).toEqual(["opened", "escalated", "seen"]);
  });

  test("one live incident per fingerprint, however many audits open it at once", async () => {
    const opened = await Promise.all(Array.from({ length: 8 }, () => open()));
    expect(new Set(opened.map((i) => i.id)).size).toBe(1);
    expect((await listIncidents(made.db, { limit: 10, offset: 0 })).total).toBe(1);
  });

  test("resolved keeps its peak, regresses under the same number, and opens as new when told so", async () => {
    const incident = await open();
    const resolved = await apply(at("07:00"), {
      kind: "resolve",
      incident,
      because: "Back to normal on a complete read",
    });
    expect(resolved).toMatchObject({ state: "resolved", resolvedAt: at("07:00"), peak: 300, version: 2 });
    expect(await store.openIncidents()).toMatchObject([{ id: 1001, state: "resolved" }]);
    const again = await apply(at("07:30"), { kind: "resolve", incident, because: "again" });
    expect(again.version).toBe(2);
    const regressed = await apply(at("08:00"), { kind: "regress", incident: resolved, finding: aFinding() });
    expect(regressed).toMatchObject({ id: 1001, state: "regressed", resolvedAt: null, version: 3 });
    await apply(at("09:00"), { kind: "resolve", incident: regressed, because: "Back to normal" });
    const later = await open(at("10:00"));
    expect(later).toMatchObject({ id: 1002, state: "open", version: 1 });
    expect(await store.openIncidents()).toMatchObject([{ id: 1002 }]);
    // An audit that looked before 1002 was opened must not make a second live one.
    expect(
      await apply(at("11:00"), { kind: "regress", incident: regressed, finding: aFinding() }),
    ).toMatchObject({ id: 1002, state: "open" });
    expect(await kinds(1001)).toEqual(["opened", "resolved", "regressed", "resolved"]);
  });

  test("what a person resolved while the audit ran stays resolved", async () => {
    const incident = await open();
    await changeIncident(made.db, {
      id: incident.id,
      action: "resolve",
      version: 1,
      actor: "Ana",
      at: at("06:40"),
      until: null,
      note: "expected",
    });
    expect(
      (
        await apply(at("06:41"), {
          kind: "update",
          incident,
          finding: aFinding({ people: 301 }),
          escalated: false,
        })
      ).state,
    ).toBe("resolved");
  });

  test("an audit's transitions happen all or none", async () => {
    const incident = await open();
    const ghost = { ...incident, id: 4711 };
    await expect(
      store.applyTransitions(
        [
          { kind: "resolve", incident, because: "x" },
          { kind: "resolve", incident: ghost, because: "x" },
        ],
        RUN,
        at("07:00"),
      ),
    ).rejects.toMatchObject({ kind: "not_found" });
    expect((await getIncident(made.db, incident.id))?.state).toBe("open");
  });

  test("taken, snoozed, woken", async () => {
    const { id } = await open();
    const change = { id, actor: "Ana", at: at("06:30"), until: null, note: null };
    expect(await changeIncident(made.db, { ...change, action: "take", version: 1 })).toMatchObject({
      state: "acknowledged",
      owner: "Ana",
      version: 2,
    });
    const snoozed = await changeIncident(made.db, {
      ...change,
      action: "snooze",
      version: 2,
      until: at("12:00"),
    });
    expect(snoozed).toMatchObject({ state: "snoozed", snoozedUntil: at("12:00"), owner: "Ana", version: 3 });
    const updated = await apply(at("07:00"), {
      kind: "update",
      incident: snoozed,
      finding: aFinding({ people: 301 }),
      escalated: false,
    });
    expect(updated).toMatchObject({ state: "snoozed", snoozedUntil: at("12:00") });
    expect(
      await apply(at("12:00"), { kind: "unsnooze", incident: updated, finding: aFinding() }),
    ).toMatchObject({ state: "open", snoozedUntil: null, owner: "Ana" });
    expect(await kinds(id)).toEqual(["opened", "taken", "snoozed", "unsnoozed"]);
    expect(
      (await listAuditLog(made.db, { limit: 2 })).map((e) => [e.actor, e.action, e.object, e.detail]),
    ).toEqual([
      ["Ana", "incident.snoozed", "INC-1001", { until: at("12:00") }],
      ["Ana", "incident.acknowledged", "INC-1001", {}],
    ]);
  });

  test("a stale button is told who was first and when", async () => {
    const { id } = await open();
    const change = { id, version: 1, at: at("06:40"), until: null, note: null } as const;
    const both = await Promise.allSettled([
      changeIncident(made.db, { ...change, action: "resolve", actor: "Ana" }),
      changeIncident(made.db, { ...change, action: "take", actor: "Ben" }),
    ]);
    expect(both.filter((b) => b.status === "fulfilled")).toHaveLength(1);
    await expect(changeIncident(made.db, { ...change, action: "take", actor: "Cleo" })).rejects.toThrow(
      /^INC-1001: already (resolved|taken) at 2026-11-23T06:40:00\.000Z by (Ana|Ben) → look at it again/,
    );
    await expect(
      changeIncident(made.db, { ...change, id: 9, action: "take", actor: "Cleo" }),
    ).rejects.toMatchObject({ kind: "not_found" });
  });

  test("a button of an older version is stale while the incident is live, too", async () => {
    const { id } = await open();
    const change = { id, version: 1, at: at("06:40"), until: null, note: null } as const;
    await changeIncident(made.db, { ...change, action: "take", actor: "Ana" });
    const logged = await listAuditLog(made.db, { limit: 1 });
    await expect(
      changeIncident(made.db, { ...change, action: "resolve", actor: "Ben" }),
    ).rejects.toMatchObject({
      kind: "stale",
      message: expect.stringContaining("already taken at") as string,
    });
    expect(await listAuditLog(made.db, { limit: 1 }), "what was refused is not logged").toEqual(logged);
    expect((await getIncident(made.db, id))?.state).toBe("acknowledged");
  });

  test("called no problem: resolves, keeps its own time, and holds until the check has passed", async () => {
    const { id } = await open();
    const said = { id, action: "dismiss", version: 1, actor: "Ana", until: null } as const;
    const dismissed = await changeIncident(made.db, { ...said, at: at("06:40"), note: "the spring import" });
    expect(dismissed).toMatchObject({
      state: "resolved",
      resolvedAt: at("06:40"),
      markedFalseAt: at("06:40"),
    });
    expect((await store.incidentEvents(id)).at(-1)).toEqual({
      at: at("06:40"),
      kind: "marked_false",
      actor: "Ana",
      text: "Not a problem, says Ana: the spring import",
    });
    await expect(
      changeIncident(made.db, { ...said, version: 2, at: at("06:50"), note: null }),
    ).rejects.toMatchObject({
      kind: "stale",
      message: expect.stringContaining("already called no problem at") as string,
    });
    const { check, audience, system } = dismissed.finding;
    const result = (status: "pass" | "skip", because: "partial") =>
      [{ check, audience, system, outcome: status === "pass" ? { status } : { status, because } }] as const;
    const stands = async () => (await store.openIncidents())[0]?.markedFalseAt;
    await store.insertResults(RUN, at("07:00"), result("skip", "partial"));
    expect(await stands()).toBe(at("06:40"));
    await made.db.query("delete from check_result");
    await store.insertResults(RUN, at("08:00"), result("pass", "partial"));
    expect(await stands()).toBeNull();
    expect((await getIncident(made.db, id))?.markedFalseAt).toBe(at("06:40")); // what was said stays said
  });

  test("one that was over before anybody looked can be called no problem, and comes back without that", async () => {
    const incident = await open();
    const gone = await apply(at("07:00"), { kind: "resolve", incident, because: "x" });
    const dismissed = await changeIncident(made.db, {
      id: gone.id,
      action: "dismiss",
      version: gone.version,
      actor: "Ana",
      at: at("09:00"),
      until: null,
      note: null,
    });
    expect(dismissed).toMatchObject({ resolvedAt: at("07:00"), markedFalseAt: at("09:00") });
    const back = await apply(at("10:00"), { kind: "regress", incident: dismissed, finding: aFinding() });
    expect(back).toMatchObject({ state: "regressed", markedFalseAt: null, resolvedAt: null });
    expect(await kinds(gone.id)).toEqual(["opened", "resolved", "marked_false", "regressed"]);
  });

  test("the list filters, counts and pages; live and bad ones come first", async () => {
    const findings = [
      aFinding({ severity: "look", subject: "1" }),
      aFinding({ severity: "act", subject: "2" }),
      aFinding({ check: "latency", severity: "look", subject: "3" }),
      aFinding({ severity: "act", subject: "4" }),
    ];
    const incidents = await store.applyTransitions(
      findings.map((finding) => ({ kind: "open", fingerprint: `f${finding.subject}`, finding })),
      RUN,
      at("06:00"),
    );
    await store.applyTransitions(
      [{ kind: "resolve", incident: incidents[3]!, because: "x" }],
      RUN,
      at("07:00"),
    );
    const list = async (filter: object) => {
      const { incidents: rows, total } = await listIncidents(made.db, { limit: 10, offset: 0, ...filter });
      return [rows.map((i) => i.finding.subject).join(""), total];
    };
    expect(await list({})).toEqual(["2134", 4]);
    expect(await list({ state: "open" })).toEqual(["213", 3]);
    expect(await list({ state: "resolved" })).toEqual(["4", 1]);
    expect(await list({ severity: "act", state: "open" })).toEqual(["2", 1]);
    expect(await list({ check: "latency" })).toEqual(["3", 1]);
    expect(await list({ system: "crm" })).toEqual(["", 0]);
    expect(await list({ limit: 1, offset: 1 })).toEqual(["1", 4]);
  });

  test("the list is read by urgency, then people, those unknown last, then by age, as `byUrgency` has it", async () => {
    const given: [string, Partial<Finding>, string][] = [
      ["many", { people: 900 }, "06:00"],
      ["few", { people: 9 }, "06:00"],
      ["unknown", { people: null, observed: null }, "06:00"],
      ["none", { people: 0 }, "06:00"],
      ["late", { people: 900 }, "07:00"],
      ["blind", { check: "run_failure", audience: null, cantTell: true, people: null }, "06:00"],
      ["act", { severity: "act", people: 3 }, "08:00"],
      ["acts", { severity: "act", people: 30 }, "09:00"],
      ["leak", { check: "suppression_leak", severity: "act", people: 1 }, "09:00"],
    ];
    for (const [subject, over, when] of given)
      await apply(at(when), { kind: "open", fingerprint: subject, finding: aFinding({ ...over, subject }) });
    const { incidents } = await listIncidents(made.db, { limit: 20, offset: 0 });
    const expected = ["leak", "acts", "act", "blind", "many", "late", "few", "none", "unknown"];
    expect(incidents.map((i) => i.finding.subject)).toEqual(expected);
    expect(
      [...incidents]
        .reverse()
        .sort(byUrgency)
        .map((i) => i.finding.subject),
    ).toEqual(expected);
  });

  test("one of several lists is found by each of them, and no problem until each passed", async () => {
    const siblings = (["active", "trial"] as const).map((id) => ({
      audience: audienceId(id),
      title: id,
      now: "off" as const,
      severity: "look" as const,
      people: 1,
      observed: null,
      expected: null,
    }));
    const incident = await open(at("06:00"), { audience: null, siblings });
    for (const [audience, n] of [
      ["active", 1],
      ["trial", 1],
      ["vip", 0],
    ] as const)
      expect((await listIncidents(made.db, { audience, limit: 9, offset: 0 })).total).toBe(n);
    const { id, version } = incident;
    await changeIncident(made.db, {
      id,
      version,
      action: "dismiss",
      actor: "Ann",
      at: at("07:00"),
      until: null,
      note: "",
    });
    const pass = async (audience: string) => {
      await store.insertResults(RUN, at("08:00"), [
        {
          check: "size_anomaly",
          audience: audienceId(audience),
          system: incident.finding.system,
          outcome: { status: "pass" },
        },
      ]);
      return (await store.openIncidents())[0]?.markedFalseAt ?? null;
    };
    expect(await pass("active")).toBe(at("07:00"));
    expect(await pass("vip")).toBe(at("07:00"));
    expect(await pass("trial")).toBeNull();
  });
});
