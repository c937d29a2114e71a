import { expect, onTestFinished, test } from "vitest";
import { testDatabase } from "../setup/database.ts";
import { describeSchema } from "./describe-schema.ts";

const HEAD =
  "-- What all migrations together make. Written by `npx vitest run --project integration test/store/schema -u`; never run.\n\n";

test("store/schema.sql shows the tables as they are", async () => {
  const { db, drop } = await testDatabase();
  onTestFinished(drop);
  await expect(HEAD + (await describeSchema(db))).toMatchFileSnapshot("../../store/schema.sql");
});

test("snapshots, results, the journal and the log are only ever added to by the queries", async () => {
  const { readdir, readFile } = await import("node:fs/promises");
  const folder = new URL("../../store/", import.meta.url);
  const names = (await readdir(folder)).filter((name) => name.endsWith(".ts"));
  expect(names.length).toBeGreaterThan(40);
  for (const name of names) {
    const text = await readFile(new URL(name, folder), "utf8");
    // Who asks to be erased is: the rows stay, and tell of nobody.
    if (name === "erase-from-plans.ts") {
      expect(text.match(/\bupdate\s+\w+/g), name).toEqual([
        "update journal",
        "update change",
        "update plan",
        "update plan",
      ]);
      expect(text, name).not.toMatch(/\bdelete\b/);
      continue;
    }
    expect(text, name).not.toMatch(
      /update\s+(snapshot|check_result|comparison|journal|change|audit_log|incident_event|approval)\b/,
    );
    expect(text, name).not.toMatch(
      /delete\s+from\s+(journal|change|plan|approval|audit_log|incident|incident_event)\b/,
    );
    expect(text, `${name}: times are parameters, only leases read the database's clock`).not.toMatch(
      /\bnow\(\)|current_timestamp/i,
    );
    if (/clock_timestamp/.test(text)) expect(name).toMatch(/lease|claim-job-run|renew-job-run|end-job-run/);
  }
});
