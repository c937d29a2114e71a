import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { auditLogEntries } from "../../store/audit-log-entries.ts";
import { verifyChain } from "../../store/verify-chain.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";

const CHILD = fileURLToPath(new URL("audit-log-child.mjs", import.meta.url));
const BUILT = fileURLToPath(new URL("../../dist/store/append-audit-log.js", import.meta.url));

beforeAll(() => {
  if (!existsSync(BUILT)) throw new Error("this test runs built code: npm run build");
});

const child = (database: TestDatabase, name: string, entries: string): ChildProcess =>
  spawn(process.execPath, [CHILD, database.url, name, entries], { stdio: ["ignore", "pipe", "inherit"] });

async function database(): Promise<TestDatabase> {
  const made = await testDatabase("embedded", false, "lesser");
  onTestFinished(() => made.drop());
  return made;
}

/** The actions whose transaction was kept, and the entries about them. */
async function pairs({ db }: TestDatabase): Promise<{ actions: string[]; entries: string[] }> {
  const actions = await db.query<{ key: string }>(
    "select substr(key, 6) as key from meta where key like 'done %' order by key",
  );
  const entries = await db.query<{ key: string }>(
    "select object as key from audit_log where action = 'test.done' order by object",
  );
  return { actions: actions.rows.map((r) => r.key), entries: entries.rows.map((r) => r.key) };
}

describe("the audit log under several processes", () => {
  test("20 that add at once make one chain without a hole, and nothing is lost", async () => {
    const made = await database();
    const names = Array.from({ length: 20 }, (_, i) => `process ${i}`);
    const ends = await Promise.all(names.map(async (name) => once(child(made, name, "12"), "exit")));
    expect(ends.map(([code]) => code)).toEqual(names.map(() => 0));
    const verdict = await verifyChain(auditLogEntries(made.db, 0), { anchors: [] });
    expect(verdict).toMatchObject({ fault: null, entries: 20 * 8, first: 1, last: { seq: 20 * 8 } });
    const { actions, entries } = await pairs(made);
    expect(entries).toEqual(actions);
    const people = await made.db.query("select 1 from person_ref where kind = 'staff'");
    expect(people.count, "one reference for each").toBe(20);
  });

  test("kill -9 at any moment: no hole, the chain fits, and an entry is there if and only if its action is", async () => {
    const made = await database();
    let kept = 0;
    for (let round = 0; round < 25; round++) {
      const killed = child(made, `round ${round}`, "forever");
      await once(killed.stdout!, "data");
      await sleep((round * 7) % 60);
      killed.kill("SIGKILL");
      await once(killed, "exit");
      await settled(made);
      const verdict = await verifyChain(auditLogEntries(made.db, 0), { anchors: [] });
      expect(verdict.fault).toBeNull();
      const { actions, entries } = await pairs(made);
      expect(entries).toEqual(actions);
      expect(verdict.entries).toBe(entries.length);
      expect(entries.length, "each life adds something").toBeGreaterThan(kept);
      kept = entries.length;
    }
  }, 240_000);
});

/** The server ends the session of a killed process a moment later. */
async function settled({ db }: TestDatabase): Promise<void> {
  for (let i = 0; i < 200; i++) {
    const { count } = await db.query("select 1 from pg_stat_activity where application_name = 'log child'");
    if (count === 0) return;
    await sleep(20);
  }
  throw new Error("the sessions of a killed process live on");
}
