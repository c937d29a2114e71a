import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Figures, generate, harnessFolder, score } from "./detect/harness.ts";
import { dishonesties } from "./detect/honest.ts";
import { SUITES, type Suite } from "./detect/suites.ts";
import { meanOf, missed, type Row, suiteTable } from "./detect/table.ts";
import { withSection, wrapped } from "./results.ts";

/**
 * `npm run bench:detect [-- --seeds 5,6,7] [--suites daily,flips] [--floors | --small]`: the usual rules and ours on the
 * same streams. Fails on a missed floor, and writes bench/RESULTS.md when all was measured. `--floors` measures ours
 * alone, on the first seed; `--small` shows on a handful of series that it runs at all, and judges no floor.
 * 2: the material is not there (PLUMBLINE_MATERIAL).
 */
const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "5,6,7" },
    suites: { type: "string", default: SUITES.map((s) => s.name).join(",") },
    floors: { type: "boolean", default: false },
    small: { type: "boolean", default: false },
  },
});
const asked = values.seeds.split(",").map(Number);
const seeds = values.small || values.floors ? asked.slice(0, 1) : asked;
const wanted = values.suites.split(",");
const suites = SUITES.filter((s) => wanted.includes(s.name));
const RESULTS = "bench/RESULTS.md";
const HEADING = "Detection beside the usual rules";
const main = fileURLToPath(new URL("../app/cli/main.js", import.meta.url));

const harness = harnessFolder(process.env, process.cwd());
if (harness === null || suites.length === 0 || seeds.some((s) => !Number.isInteger(s))) {
  process.stderr.write(
    harness === null
      ? "NOT RUN: there is no material “detect” (PLUMBLINE_MATERIAL)\n"
      : `usage: --seeds 5,6,7 --suites ${SUITES.map((s) => s.name).join(",")}\n`,
  );
  process.exit(2);
}

const scratch = await mkdtemp(join(tmpdir(), "plumbline-detect-"));
const tables: string[] = [];
const problems: string[] = [];
try {
  for (const suite of suites) {
    const table = await measure(harness, suite);
    tables.push(table);
    process.stdout.write(`${table}\n\n`);
  }
} finally {
  await rm(scratch, { recursive: true });
}
for (const problem of problems) process.stdout.write(`✗ ${problem}\n`);
if (problems.length === 0)
  process.stdout.write(`✓ deterministic, causal${values.small ? "" : ", every floor held"}\n`);
if (!values.small && !values.floors && suites.length === SUITES.length)
  await writeFile(RESULTS, withSection(await readFile(RESULTS, "utf8"), HEADING, section()));
process.exitCode = problems.length > 0 ? 1 : 0;

/** All detectors on all seeds of one suite, ours last. */
async function measure(folder: string, suite: Suite): Promise<string> {
  const ours = [main, "detect", ...suite.ours];
  const detectors: Record<string, readonly string[]> = {
    ...Object.fromEntries(
      peersOf(suite).map(([name, [script = "", ...args]]) => [name, [join(folder, script), ...args]]),
    ),
    "**plumbline detect**": ours,
  };
  const figures = new Map<string, Figures[]>();
  for (const seed of seeds) {
    const data = join(scratch, `${suite.name}-${seed}`);
    await generate(folder, suite, seed, values.small ? suite.size.small : suite.size.full, data);
    for (const [name, words] of Object.entries(detectors)) {
      const scored = await score(folder, suite, data, words);
      figures.set(name, [...(figures.get(name) ?? []), scored]);
    }
    if (seed === seeds[0])
      for (const what of await dishonesties(ours, data))
        problems.push(`${suite.name}, seed ${seed}: ${what}`);
    await rm(data, { recursive: true });
  }
  const rows = [...figures].map(([detector, all]): Row => ({ detector, figures: meanOf(all) }));
  const own = rows.at(-1);
  // A handful of series says nothing about a floor.
  if (own !== undefined && !values.small)
    problems.push(...missed(own.figures, suite.floors).map((what) => `${suite.name}: ${what}`));
  return suiteTable(suite, rows);
}

function peersOf(suite: Suite): [string, readonly string[]][] {
  const peers = Object.entries(suite.peers);
  if (values.floors) return [];
  return values.small ? peers.slice(0, 1) : peers;
}

function section(): string {
  const cpu = cpus();
  const machine = `Node ${process.versions.node}, ${cpu.length} × ${cpu[0]?.model.trim() ?? "unknown processor"}`;
  const intro =
    `${new Date().toISOString().slice(0, 10)}, ${machine}, \`npm run bench:detect -- --seeds ${seeds.join(",")}\`: means over ` +
    "seeds that nothing was tuned on, on generated streams with known faults. FA: episodes of false alarm per 1000 " +
    "series-days. Costs are of the whole process, its start included; on a busy machine the processor’s counts. Peers are the published rules, written anew.";
  const verdict =
    problems.length === 0
      ? "Ours: the same verdicts in a second run and on a beginning of each stream; every floor held."
      : `Not as it should be: ${problems.join("; ")}.`;
  return [wrapped(intro), ...tables, wrapped(verdict)].join("\n\n");
}
