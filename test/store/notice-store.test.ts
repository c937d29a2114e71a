import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { auditStore } from "../../store/audit-store.ts";
import { noticeStore } from "../../store/notice-store.ts";
import { noticeStoreContract } from "../contract/notice-store.ts";
import { SERVERS, type TestDatabase, testDatabase } from "../setup/database.ts";
import { aFinding, at, RUN } from "./samples.ts";

describe.each(SERVERS)("notices on %s", (server) => {
  let made: TestDatabase;
  beforeAll(async () => {
    made = await testDatabase(server);
  });
  afterAll(() => made.drop());

  noticeStoreContract("Postgres", async () => {
    await made.asOwner(
      "truncate run, incident, slack_message, slack_post, outbox, report_sent restart identity cascade",
    );
    const audits = auditStore(made.db);
    await audits.startRun(RUN, "audit", "scheduled", at("06:00"));
    await audits.applyTransitions(
      ["a", "b"].map((fingerprint) => ({ kind: "open", fingerprint, finding: aFinding() })),
      RUN,
      at("06:00"),
    );
    return { store: noticeStore(made.db), incidents: [1001, 1002] };
  });

  test("no address is kept", async () => {
    await noticeStore(made.db).claimReport("canary@example.com", "2026-W01", at("06:00"));
    const { rows } = await made.db.query("select * from report_sent where week = '2026-W01'");
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain("canary");
  });
});
