import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { KnownCampaign, SyncRun } from "../../core/facts.ts";
import { audienceId, systemId } from "../../core/model.ts";
import { listCampaigns } from "../../store/list-campaigns.ts";
import { listDefinitions } from "../../store/list-definitions.ts";
import { listDeliveries } from "../../store/list-deliveries.ts";
import { listMail } from "../../store/list-mail.ts";
import { listSyncRuns } from "../../store/list-sync-runs.ts";
import { listSystemFacts } from "../../store/list-system-facts.ts";
import { pruneFacts } from "../../store/prune-facts.ts";
import { putCampaigns } from "../../store/put-campaigns.ts";
import { putDefinitions } from "../../store/put-definitions.ts";
import { putDeliveries } from "../../store/put-deliveries.ts";
import { putSystemFacts } from "../../store/put-system-facts.ts";
import { recordSyncRun } from "../../store/record-sync-run.ts";
import { SERVERS, type TestDatabase, testDatabase } from "../setup/database.ts";
import { at } from "./samples.ts";

const vip = audienceId("vip");
const mail = systemId("klaviyo");

describe.each(SERVERS)("what systems tell beyond members, on %s", (server) => {
  let made: TestDatabase;
  beforeAll(async () => {
    made = await testDatabase(server);
  });
  beforeEach(async () => {
    await made.asOwner("truncate segment_definition, campaign, delivery, system_facts, sync_run");
  });
  afterAll(() => made.drop());

  const rule = (definition: string, time: string, changedAt: string | null = null) =>
    putDefinitions(
      made.db,
      [
        {
          audience: vip,
          system: mail,
          name: "VIP",
          definition,
          hash: definition,
          changedAt: changedAt === null ? null : at(changedAt),
        },
      ],
      at(time),
    );

  test("a rule gets a version when its text changes, and also when it changes back", async () => {
    await rule("spent > 100", "06:00");
    await rule("spent > 100", "07:00");
    await rule("spent > 50", "08:00", "07:30");
    await rule("spent > 100", "09:00");
    const versions = await listDefinitions(made.db, { audience: null, limit: 9 });
    expect(versions.map((v) => [v.version, v.definition, v.firstSeen, v.lastSeen, v.changedAt])).toEqual([
      [1, "spent > 100", at("06:00"), at("07:00"), null],
      [2, "spent > 50", at("08:00"), at("08:00"), at("07:30")],
      [3, "spent > 100", at("09:00"), at("09:00"), null],
    ]);
    expect((await listDefinitions(made.db, { audience: vip, limit: 1 })).map((v) => v.version)).toEqual([3]);
    expect(await listDefinitions(made.db, { audience: audienceId("trial"), limit: 1 })).toEqual([]);
  });

  const campaign = (id: string, over: Partial<KnownCampaign> = {}) => ({
    id,
    name: `Letter ${id}`,
    state: "scheduled" as const,
    at: at("10:00"),
    includes: [{ name: "VIP", audiences: [vip] }],
    excludes: [],
    ...over,
  });

  test("campaigns that are no longer told of are gone, sent ones stay for a while", async () => {
    await putCampaigns(
      made.db,
      mail,
      [
        campaign("a"),
        campaign("b", { state: "draft", at: null }),
        campaign("c", { state: "sent", at: at("09:00", 11) }),
      ],
      at("06:00"),
    );
    await putCampaigns(made.db, systemId("other"), [campaign("a")], at("06:00"));
    const ids = async (since: number) =>
      (await listCampaigns(made.db, at("00:00", since))).map((c) => `${c.system} ${c.id}`);
    expect(await ids(11)).toEqual(["klaviyo c", "klaviyo a", "other a", "klaviyo b"]);
    await putCampaigns(made.db, mail, [campaign("a", { name: "Renamed", state: "cancelled" })], at("07:00"));
    expect(await ids(11)).toEqual(["klaviyo c", "other a"]);
    expect(await ids(12)).toEqual(["other a"]);
  });

  test("counts of mail are what the system told last", async () => {
    const span = (from: number, bounced: number | null, campaignName: string | null = null) => ({
      audience: vip,
      campaign: campaignName,
      from: at("00:00", from),
      to: at("00:00", from + 7),
      sent: 1000,
      delivered: null,
      bounced,
      complained: 0,
      unsubscribed: 3,
    });
    await putDeliveries(made.db, systemId("other"), [span(10, 1)], at("06:00"));
    await putDeliveries(made.db, mail, [span(10, 5), span(16, null), span(16, 9, "a")], at("06:00"));
    await putDeliveries(made.db, mail, [span(16, 12, "b"), span(17, 12)], at("07:00"));
    expect(await listDeliveries(made.db, vip)).toEqual([
      { system: mail, ...span(17, 12) },
      { system: mail, ...span(16, 12, "b") },
      { system: "other", ...span(10, 1) },
    ]);
    // to be judged, they go by the campaign's name and by when it went out, where that is known
    const judged = async () =>
      (await listMail(made.db, vip)).map((d) => [d.system, d.campaign, d.from, d.bounced]);
    const other = ["other", null, at("00:00", 10), 1];
    const whole = [mail, null, at("00:00", 17), 12];
    expect(await judged()).toEqual([[mail, "b", at("00:00", 16), 12], whole, other]);
    await putCampaigns(
      made.db,
      mail,
      [campaign("b", { name: "Sale", state: "sent", at: at("09:00", 18) })],
      at("07:30", 18),
    );
    expect(await judged()).toEqual([whole, [mail, "Sale", at("09:00", 18), 12], other]);
    await putDeliveries(made.db, mail, [], at("08:00"));
    expect((await listDeliveries(made.db, vip)).map((d) => d.system)).toEqual(["other"]);
  });

  test("what a system told last; unknown stays null and is not an empty list", async () => {
    const facts = { system: mail, readAt: at("06:00"), automations: [], changes: null, notes: ["no scope"] };
    await putSystemFacts(made.db, facts);
    expect(await listSystemFacts(made.db)).toEqual([facts]);
    const later = { ...facts, readAt: at("07:00"), automations: null, notes: [] };
    await putSystemFacts(made.db, later);
    expect(await listSystemFacts(made.db)).toEqual([later]);
  });

  const run = (over: Partial<SyncRun> = {}): SyncRun => ({
    job: "nightly",
    id: "1",
    state: "running",
    startedAt: at("02:30"),
    endedAt: null,
    rowsRead: null,
    rowsWritten: null,
    rowsFailed: null,
    receivedAt: at("02:31"),
    ...over,
  });

  test("a run is kept once: repeated, late and out of order messages change nothing", async () => {
    const done = run({ state: "succeeded", endedAt: at("02:40"), rowsWritten: 12, receivedAt: at("02:41") });
    const told = async (r: SyncRun) => (await recordSyncRun(made.db, r)).outcome;
    expect(await told(run())).toBe("created");
    expect(await told(run({ receivedAt: at("02:32") }))).toBe("unchanged");
    expect(await told(done)).toBe("updated");
    expect(await told({ ...done, receivedAt: at("02:50") })).toBe("unchanged");
    expect(await told(run({ receivedAt: at("02:55") }))).toBe("unchanged");
    expect(await listSyncRuns(made.db, 9)).toEqual([done]);
    const undated = run({ id: "0", state: "failed", receivedAt: at("02:50") });
    expect([await told(undated), await told(run({ id: "0" }))]).toEqual(["created", "unchanged"]);
    const again = run({ startedAt: at("02:45"), state: "failed", endedAt: at("02:46") });
    expect(await told(again)).toBe("updated");
    expect(await told(run({ id: "2", startedAt: at("04:00") }))).toBe("created");
    expect((await listSyncRuns(made.db, 1)).map((r) => r.id)).toEqual(["2"]);
    const ten = Array.from({ length: 10 }, () => told(run({ id: "3", startedAt: at("05:00") })));
    expect((await Promise.all(ten)).filter((o) => o === "created")).toHaveLength(1);
  });

  test("old runs and counts go, rules stay", async () => {
    await rule("spent > 100", "06:00");
    await recordSyncRun(made.db, run());
    await recordSyncRun(made.db, run({ id: "2", startedAt: at("02:30", 24) }));
    await pruneFacts(made.db, at("00:00", 24));
    expect((await listSyncRuns(made.db, 9)).map((r) => r.id)).toEqual(["2"]);
    expect(await listDefinitions(made.db, { audience: null, limit: 9 })).toHaveLength(1);
  });
});
