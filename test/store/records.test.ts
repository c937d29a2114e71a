import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { audienceId, systemId } from "../../core/model.ts";
import { appendAuditLog } from "../../store/append-audit-log.ts";
import { appendConfigVersion } from "../../store/append-config-version.ts";
import { claimMeta } from "../../store/claim-meta.ts";
import { getAudienceBase } from "../../store/get-audience-base.ts";
import { getMeta } from "../../store/get-meta.ts";
import { getReport } from "../../store/get-report.ts";
import { listAuditLog } from "../../store/list-audit-log.ts";
import { listConfigVersions } from "../../store/list-config-versions.ts";
import { putAudienceBase } from "../../store/put-audience-base.ts";
import { putMeta } from "../../store/put-meta.ts";
import { putReport } from "../../store/put-report.ts";
import { startRun } from "../../store/start-run.ts";
import { SERVERS, type TestDatabase, testDatabase } from "../setup/database.ts";
import { at, RUN } from "./samples.ts";

describe.each(SERVERS)("small records on %s", (server) => {
  let made: TestDatabase;
  beforeAll(async () => {
    made = await testDatabase(server);
    await startRun(made.db, RUN, "audit", "scheduled", at("06:00"));
  });
  afterAll(() => made.drop());

  test("meta: put replaces, claim does not", async () => {
    expect(await getMeta(made.db, "k")).toBeNull();
    await putMeta(made.db, "k", "1");
    await putMeta(made.db, "k", "2");
    expect(await getMeta(made.db, "k")).toBe("2");
    const claims = await Promise.all(
      Array.from({ length: 10 }, (_, i) => claimMeta(made.db, "c", `value ${i}`)),
    );
    expect(new Set(claims).size).toBe(1);
  });

  test("a configuration version is kept when its hash is new", async () => {
    const changes = [{ system: systemId("ghost"), text: "Ghost: the address changed" }];
    const first = await appendConfigVersion(made.db, { at: at("06:00"), hash: "a", changes: [] });
    expect(await appendConfigVersion(made.db, { at: at("07:00"), hash: "a", changes })).toBe(first);
    const second = await appendConfigVersion(made.db, { at: at("08:00"), hash: "b", changes });
    expect(await appendConfigVersion(made.db, { at: at("09:00"), hash: "a", changes: [] })).toBe(second + 1);
    expect((await listConfigVersions(made.db, 2)).map((v) => v.hash)).toEqual(["a", "b"]);
    expect((await listConfigVersions(made.db, 9))[1]).toEqual({
      version: second,
      at: at("08:00"),
      hash: "b",
      changes,
    });
  });

  test("an audience's base is accepted, and accepted anew", async () => {
    const base = { audience: audienceId("active"), acceptedAt: at("06:00"), acceptedBy: "Ana", runId: RUN };
    expect(await getAudienceBase(made.db, base.audience)).toBeNull();
    await putAudienceBase(made.db, base);
    await putAudienceBase(made.db, { ...base, acceptedBy: "Ben", acceptedAt: at("07:00") });
    expect(await getAudienceBase(made.db, base.audience)).toEqual({
      ...base,
      acceptedBy: "Ben",
      acceptedAt: at("07:00"),
    });
  });

  test("reports by week, or the latest", async () => {
    await putReport(made.db, "2026-W47", at("06:00"), { a: 1 });
    await putReport(made.db, "2026-W46", at("05:00"), { a: 0 });
    await putReport(made.db, "2026-W46", at("05:30"), { a: "again" });
    expect((await getReport(made.db, null))?.week).toBe("2026-W47");
    expect(await getReport(made.db, "2026-W46")).toEqual({
      week: "2026-W46",
      createdAt: at("05:30"),
      content: { a: "again" },
    });
    expect(await getReport(made.db, "2026-W01")).toBeNull();
  });

  test("the log of who did what, newest first", async () => {
    await appendAuditLog(made.db, {
      at: at("06:00"),
      actor: "Ana",
      action: "approved",
      object: "PL-81",
      detail: { people: 12 },
    });
    await appendAuditLog(made.db, {
      at: at("07:00"),
      actor: "Ben",
      action: "applied",
      object: "PL-82",
      detail: {},
    });
    expect((await listAuditLog(made.db, { limit: 1 })).map((e) => e.object)).toEqual(["PL-82"]);
    expect(await listAuditLog(made.db, { object: "PL-81", limit: 9 })).toEqual([
      { seq: 1, at: at("06:00"), actor: "Ana", action: "approved", object: "PL-81", detail: { people: 12 } },
    ]);
  });
});
