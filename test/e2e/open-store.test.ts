import { chmod, mkdtemp, rm } from "node:fs/promises";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { type OpenedStore, openStore } from "../../app/open-store.ts";
import { instant } from "../../core/model.ts";
import { appendAuditLog } from "../../store/append-audit-log.ts";
import { clearHistory } from "../../store/clear-history.ts";
import { openDatabase } from "../../store/database.ts";
import { startEmbedded } from "../../store/embedded/start.ts";
import { listAuditLog } from "../../store/list-audit-log.ts";
import { logRights } from "../../store/log-rights.ts";
import { migrate } from "../../store/migrate.ts";
import { putMeta } from "../../store/put-meta.ts";
import { asAdmin, testDatabase } from "../setup/database.ts";

const log = { info: () => undefined, warn: () => undefined };
const AT = instant(new Date("2026-11-26T15:00:00Z"));

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp("/var/tmp/plumbline-open-store-");
  await chmod(dataDir, 0o711);
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
});
const open = async (env: Record<string, string>): Promise<OpenedStore> => {
  const store = await openStore({
    io: { env },
    dataDir,
    log,
    role: "command",
    applicationName: "open store test",
  });
  onTestFinished(() => store.close());
  return store;
};

describe("the embedded server", () => {
  it("of a version that had one role gets a second one, and its log goes on", async () => {
    const old = await startEmbedded({ dataDir, log });
    const db = await openDatabase({ url: old.migrateUrl, applicationName: "old", connections: 2 });
    await migrate(db, AT);
    await appendAuditLog(db, { at: AT, actor: "Ana", action: "plan.apply", object: "PL-1", detail: {} });
    await db.close();
    await asAdmin(old.adminUrl, "drop role plumbline_app");
    await old.stop();

    const store = await open({});
    expect(await logRights(store.db)).toEqual({
      role: "plumbline_app",
      owner: "plumbline",
      mayTamper: false,
    });
    await appendAuditLog(store.db, { at: AT, actor: "Ana", action: "plan.stop", object: "PL-1", detail: {} });
    await expect(store.db.query("delete from audit_log")).rejects.toMatchObject({ kind: "not_allowed" });
    expect((await listAuditLog(store.db, { limit: 9 })).map((e) => e.seq)).toEqual([2, 1]);
  });

  it("clears a history only as the owner, and keeps the log", async () => {
    const store = await open({});
    await putMeta(store.db, "demo:size", "1k");
    await appendAuditLog(store.db, { at: AT, actor: "demo", action: "test.done", object: "x", detail: {} });
    await expect(clearHistory(store.db)).rejects.toMatchObject({ kind: "not_allowed" });
    await store.asOwner(clearHistory);
    expect((await store.db.query("select 1 from meta where key = 'demo:size'")).count).toBe(0);
    expect(await listAuditLog(store.db, { limit: 9 })).toHaveLength(1);
  });
});

describe("a database of one’s own", () => {
  it("migrated by its owner, run by a lesser role, also when only that one is named", async () => {
    const made = await testDatabase("DATABASE_URL with a lesser role", true, "lesser");
    onTestFinished(() => made.drop());
    const first = await open({ DATABASE_URL: made.url, MIGRATE_DATABASE_URL: made.ownerUrl });
    expect(first.applied.length).toBeGreaterThan(5);
    await first.close();
    const second = await open({ DATABASE_URL: made.url });
    expect(second.applied).toEqual([]);
    await putMeta(second.db, "k", "v");
    expect(await logRights(second.db)).toMatchObject({ mayTamper: false });
    await second.close();
    const wrong = new URL(made.ownerUrl);
    wrong.password = "canary";
    await expect(open({ DATABASE_URL: made.url, MIGRATE_DATABASE_URL: wrong.href })).rejects.toThrow(
      /\(MIGRATE_DATABASE_URL\): the user name or password was refused \(28P01\) → check the credentials in MIGRATE_DATABASE_URL$/,
    );
    await expect(open({ MIGRATE_DATABASE_URL: made.ownerUrl })).rejects.toThrow(
      /^DATABASE_URL: it is not set/,
    );
  });

  it("with one role everything works, and that role owns the log", async () => {
    const made = await testDatabase("embedded", true, "owner");
    onTestFinished(() => made.drop());
    const store = await open({ DATABASE_URL: made.url });
    expect(await logRights(store.db)).toMatchObject({ mayTamper: true });
    await appendAuditLog(store.db, { at: AT, actor: "Ana", action: "test.done", object: "x", detail: {} });
    await store.close();
  });
});
