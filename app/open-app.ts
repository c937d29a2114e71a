import { randomBytes } from "node:crypto";
import type { Clock } from "../core/clock.ts";
import type { Config } from "../core/config.ts";
import { instant } from "../core/model.ts";
import type { Capabilities, Log } from "../core/ports.ts";
import { deriveKeys, secretFingerprint } from "../members/keys.ts";
import { sealer } from "../members/sealer.ts";
import { appendAuditLog } from "../store/append-audit-log.ts";
import { appendConfigVersion } from "../store/append-config-version.ts";
import { auditStore } from "../store/audit-store.ts";
import type { Database } from "../store/database.ts";
import { getMeta } from "../store/get-meta.ts";
import { noticeStore } from "../store/notice-store.ts";
import { planStore } from "../store/plan-store.ts";
import { putMeta } from "../store/put-meta.ts";
import type { App } from "./app.ts";
import { configChanges, configHash, versionedParts } from "./config-version.ts";
import { openCollector, openWriter, type Resolve, UNKNOWN } from "./connectors.ts";
import { configWithCampaigns } from "./facts/calendar.ts";
import { makeNet } from "./net.ts";
import { checkSecret } from "./secret.ts";

export type OpenOptions = {
  readonly config: Config;
  readonly configFolder: string;
  readonly dataDir: string;
  readonly mode: App["mode"];
  readonly db: Database;
  readonly secretBytes: Uint8Array;
  readonly resolve: Resolve;
  readonly clock: Clock;
  readonly log: Log;
};

/** Puts one App together. The caller owns the database and closes it. */
export async function openApp(o: OpenOptions): Promise<Omit<App, "notify">> {
  await checkSecret(o.db, secretFingerprint(o.secretBytes));
  const keys = deriveKeys(o.secretBytes);
  const random = (n: number) => new Uint8Array(randomBytes(n));
  await recordConfig(o);
  const { calendar } = await configWithCampaigns(o);
  const plannedSends = { current: calendar };
  const net = makeNet(o.config, o.mode === "demo" ? null : () => Date.now(), () => plannedSends.current);
  const capabilities = new Map<string, Capabilities>();
  for (const system of o.config.systems) {
    const reader = await openCollector(system, o.configFolder, o.resolve, net);
    if (reader.capabilities !== UNKNOWN) capabilities.set(system.id, reader.capabilities);
    await reader.close();
  }
  return {
    config: o.config,
    configFolder: o.configFolder,
    dataDir: o.dataDir,
    mode: o.mode,
    db: o.db,
    audits: auditStore(o.db),
    plans: planStore(o.db),
    notices: noticeStore(o.db),
    keys,
    epoch: 0,
    sealer: sealer(keys, random),
    clock: o.clock,
    log: o.log,
    random,
    secret: o.resolve,
    capabilities,
    collector: (system) => openCollector(system, o.configFolder, o.resolve, net),
    writer: (system) => openWriter(system, o.resolve, net),
    plannedSends,
    progress: { current: null },
    warnings: new Map(),
  };
}

/** Our own configuration versions are the first source of a cause, so every change is kept with its time. */
async function recordConfig(o: OpenOptions): Promise<void> {
  const hash = configHash(o.config);
  const parts = versionedParts(o.config);
  const text = await getMeta(o.db, "config:parts");
  const before = text === null ? null : (JSON.parse(text) as Record<string, string>);
  const changes = before === null ? [] : configChanges(before, parts);
  if (before !== null && changes.length === 0) return;
  const at = instant(o.clock.now());
  await o.db.tx(async (sql) => {
    const version = await appendConfigVersion(sql, { at, hash, changes });
    await putMeta(sql, "config:parts", JSON.stringify(parts));
    await appendAuditLog(sql, {
      at,
      actor: "plumbline",
      action: "config.changed",
      object: `config ${version}`,
      detail: { hash, changes: changes.map((c) => c.text) },
    });
  });
}
