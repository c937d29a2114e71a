import { randomBytes } from "node:crypto";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { App } from "../app/app.ts";
import { auditService } from "../app/audit/service.ts";
import { openApp } from "../app/open-app.ts";
import { loadConfig } from "../config/load.ts";
import { instant } from "../core/model.ts";
import { openDatabase } from "../store/database.ts";
import { startEmbedded } from "../store/embedded/start.ts";
import { migrate } from "../store/migrate.ts";

const SYSTEMS = ["warehouse", "crm", "esp"] as const;
const quiet = { info: () => undefined, warn: () => undefined };

/** Two audiences in three systems, each file `people` rows; copies miss one person in 200 and hold another. */
function writeExports(folder: string, people: number): void {
  for (const [s, system] of SYSTEMS.entries()) {
    const fd = openSync(join(folder, `${system}.csv`), "w", 0o600);
    let text = "email,plan,region,consent\n";
    for (let i = 0; i < people; i++) {
      const other = s > 0 && i % 200 === s;
      text += `${other ? "extra" : "person"}${i}@example${i % 97}.com,${["free", "pro", "team"][i % 3]},eu-${i % 7},subscribed\n`;
      if (text.length > 1 << 20) {
        writeSync(fd, text);
        text = "";
      }
    }
    writeSync(fd, text);
    closeSync(fd);
  }
}

const configYaml = () => `
company: Bench
systems:
${SYSTEMS.map((s) => `  - { id: ${s}, kind: files, folder: ., columns: { email: email, consent: consent }, attributes: { plan: plan, region: region } }`).join("\n")}
attributes:
  - { name: plan, owners: [warehouse] }
  - { name: region, owners: [warehouse] }
audiences:
  - id: everyone
    purpose: marketing
    owner: warehouse
    required_attributes: [plan, region]
    segments:
${SYSTEMS.map((s) => `      - { system: ${s}, file: ${s}.csv }`).join("\n")}
`;

/** Reads, keeps, compares, judges and stores; twice, since the second audit also merges with the first. */
export async function benchAudit(people: number, say: (line: string) => void): Promise<void> {
  const dir = mkdtempSync("/var/tmp/plumbline-bench-");
  writeExports(dir, people);
  const embedded = await startEmbedded({ dataDir: dir, log: quiet });
  try {
    const db = await openDatabase({ url: embedded.migrateUrl, applicationName: "plumbline bench" });
    await migrate(db, instant(new Date()));
    const loaded = loadConfig(configYaml(), { file: "bench.yaml" });
    if (!loaded.ok) throw new Error(loaded.problems.map((p) => `${p.line}: ${p.problem}`).join("\n"));
    const base = await openApp({
      config: loaded.config,
      configFolder: dir,
      dataDir: dir,
      mode: "live",
      db,
      secretBytes: new Uint8Array(randomBytes(32)),
      resolve: async () => "",
      clock: { now: () => new Date() },
      log: quiet,
    });
    const app: App = { ...base, notify: async () => undefined };
    for (const round of [1, 2]) {
      const began = performance.now();
      const cpu = process.cpuUsage();
      const summary = await auditService(app).run("scheduled", new AbortController().signal);
      const used = process.cpuUsage(cpu);
      const missing = summary.comparisons[0]?.perSystem.crm?.missing ?? null;
      const peak = process.resourceUsage().maxRSS / 1024;
      say(
        `audit ${round} of ${people} members × ${SYSTEMS.length} systems: ${((performance.now() - began) / 1000).toFixed(1)} s, processor ${((used.user + used.system) / 1e6).toFixed(1)} s, peak ${peak.toFixed(0)} MB; crm misses ${missing}`,
      );
    }
    await db.close();
  } finally {
    await embedded.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}
