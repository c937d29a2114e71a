import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Suite } from "./bugs.ts";

export type Verdict = {
  readonly passed: number;
  /** Full names of tests that ran and failed. */
  readonly failed: readonly string[];
  /** Files that did not even load: a bug that no longer compiles was not caught. */
  readonly broken: readonly string[];
  readonly output: string;
};

type Report = {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
};

/** Runs these suites, one process for all of one project and name, in a folder that holds the source. */
export async function runSuites(
  folder: string,
  suites: readonly Suite[],
  env: Readonly<Record<string, string>>,
): Promise<Verdict> {
  const groups = new Map<string, Suite[]>();
  for (const s of suites) {
    const key = `${s.project} ${s.only ?? ""}`;
    groups.set(key, [...(groups.get(key) ?? []), s]);
  }
  const all: Verdict[] = [];
  for (const group of groups.values()) {
    all.push(await runGroup(folder, group, env));
    // One failing test is what a planted bug needs; the suites after it would say the same.
    if ((all.at(-1)?.failed.length ?? 0) > 0) break;
  }
  return {
    passed: all.reduce((n, v) => n + v.passed, 0),
    failed: all.flatMap((v) => v.failed),
    broken: all.flatMap((v) => v.broken),
    output: all.map((v) => v.output).join("\n"),
  };
}

async function runGroup(
  folder: string,
  group: readonly Suite[],
  env: Readonly<Record<string, string>>,
): Promise<Verdict> {
  const report = join(folder, ".bite-report.json");
  rmSync(report, { force: true });
  const only = group[0]?.only;
  const child = spawn(
    process.execPath,
    [
      join(folder, "node_modules/vitest/vitest.mjs"),
      "run",
      "--bail=1",
      "--project",
      group[0]?.project ?? "unit",
      ...(only === undefined ? [] : ["--testNamePattern", only.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")]),
      ...group.map((s) => s.file),
    ],
    {
      cwd: folder,
      env: { ...process.env, ...env, PLUMBLINE_TEST_REPORT: report },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (d) => (output += String(d)));
  await once(child, "close");
  let results: Report["testResults"] = [];
  try {
    results = (JSON.parse(readFileSync(report, "utf8")) as Report).testResults;
  } catch (cause) {
    throw new Error(`no report of ${group.map((s) => s.file).join(", ")}:\n${output}`, { cause });
  }
  const tests = results.flatMap((r) => r.assertionResults);
  return {
    passed: tests.filter((t) => t.status === "passed").length,
    failed: tests.filter((t) => t.status === "failed").map((t) => t.fullName),
    broken: results
      .filter((r) => r.status === "failed" && r.assertionResults.length === 0)
      .map((r) => `${r.name}: ${r.message ?? ""}`),
    output,
  };
}
