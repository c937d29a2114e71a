import { randomBytes } from "node:crypto";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { filesCollector } from "../collectors/files.ts";
import type { FilesSystem } from "../core/config.ts";
import { audienceId, type Instant, runId, systemId } from "../core/model.ts";
import { compareSets } from "../members/compare-sets.ts";
import { deriveKeys } from "../members/keys.ts";
import { type MemberSet, openSet } from "../members/member-set.ts";
import { SetBuilder } from "../members/set-builder.ts";
import { type Counts, duckdbCompare } from "./duckdb.ts";
import { naiveCompare } from "./naive.ts";

const SYSTEMS = ["warehouse", "crm", "ghost"] as const;
const PLANS = ["free", "pro", "team"];

/** Person i is missing in system s once in 100, extra once in 200, and has another plan once in 50. */
function writeFile(path: string, system: number, people: number): void {
  const fd = openSync(path, "w", 0o600);
  let text = "email,first_name,plan,region,consent,updated_at\n";
  for (let i = 0; i < people; i++) {
    if (system > 0 && i % 100 === system) continue;
    const other = system > 0 && i % 50 === system ? 1 : 0;
    text += `person${i}@example${i % 97}.com,Name${i % 5000},${PLANS[(i + other) % 3]},eu-${i % 7},subscribed,2026-11-0${1 + (i % 9)}T10:00:00Z\n`;
    if (system > 0 && i % 200 === system)
      text += `extra${i}@system${system}.com,Name,pro,eu-1,subscribed,2026-11-01T10:00:00Z\n`;
    if (text.length > 1 << 20) {
      writeSync(fd, text);
      text = "";
    }
  }
  writeSync(fd, text);
  closeSync(fd);
}

type Cost = { readonly seconds: number; readonly cpu: number };

async function timed<T>(work: () => Promise<T>): Promise<[T, Cost]> {
  const start = performance.now();
  const before = process.cpuUsage();
  const value = await work();
  const used = process.cpuUsage(before);
  return [value, { seconds: (performance.now() - start) / 1000, cpu: (used.user + used.system) / 1e6 }];
}

const say = (name: string, c: Cost, rows: number): string =>
  `${name.padEnd(34)} ${c.seconds.toFixed(2).padStart(7)} s  ${c.cpu.toFixed(2).padStart(7)} s processor  ${((c.cpu * 1e6) / rows).toFixed(2).padStart(6)} µs a row`;

/** Reads three CSV copies of one audience, builds their sets with a spool, compares them; then the same in other ways. */
export async function benchMembers(people: number, print: (line: string) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "plumbline-bench-"));
  try {
    SYSTEMS.forEach((system, s) => {
      writeFile(join(folder, `${system}.csv`), s, people);
    });
    print(
      `${people.toLocaleString("en-US")} people × ${SYSTEMS.length} systems, Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}`,
    );
    const ours = await ourWay(folder, people, print);
    const files = SYSTEMS.map((system) => join(folder, `${system}.csv`));
    for (const [name, work] of [
      ["naive Map of strings", naiveCompare],
      ["DuckDB (its own threads)", duckdbCompare],
    ] as const) {
      const [counts, cost] = await timed(() => work(files));
      print(
        `${say(name, cost, people * SYSTEMS.length)}  ours is ${(ours.cost.cpu / cost.cpu).toFixed(2)} of its processor time`,
      );
      if (JSON.stringify(counts) !== JSON.stringify(ours.counts))
        throw new Error(`${name} counts ${JSON.stringify(counts)}, ours ${JSON.stringify(ours.counts)}`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function ourWay(
  folder: string,
  people: number,
  print: (line: string) => void,
): Promise<{ cost: Cost; counts: Counts }> {
  const keys = deriveKeys(randomBytes(32));
  const total = { seconds: 0, cpu: 0 };
  const add = (c: Cost): void => {
    total.seconds += c.seconds;
    total.cpu += c.cpu;
  };
  const sets: MemberSet[] = [];
  for (const system of SYSTEMS) {
    const builder = new SetBuilder({
      identity: "email",
      attributes: ["plan", "region"],
      rules: {},
      keys,
      epoch: 1,
      spool: true,
    });
    const [, read] = await timed(() => readInto(builder, folder, system));
    const file = join(folder, `${system}.pls`);
    const [summary, finish] = await timed(() =>
      builder.finish({
        file,
        spoolFile: join(folder, `${system}.spool`),
        previous: null,
        asOf: "2026-11-23T06:00:00.000Z" as Instant,
        ordinal: 0,
      }),
    );
    print(say(`${system}: read, hash, add`, read, summary.records));
    print(say(`${system}: sort, merge, write`, finish, summary.records));
    add(read);
    add(finish);
    sets.push(await openSet(file));
  }
  const [result, cost] = await timed(() =>
    compareSets({
      purpose: "marketing",
      owner: systemId(SYSTEMS[0]),
      excluded: [],
      keys,
      segments: sets.map((set, s) => ({ system: systemId(SYSTEMS[s] ?? ""), set, base: set, where: null })),
    }),
  );
  for (const set of sets) await set.close();
  print(say("compare all three", cost, people * SYSTEMS.length));
  add(cost);
  print(say("ours, all of it", total, people * SYSTEMS.length));
  print(`most memory so far ${Math.round(process.resourceUsage().maxRSS / 1024).toLocaleString("en-US")} MB`);
  const counts = SYSTEMS.slice(1).map((system) => {
    const d = result.perSystem[system];
    return { missing: d?.missing ?? 0, extra: d?.extra ?? 0, differ: d?.attributes.plan?.differ ?? 0 };
  });
  return { cost: total, counts };
}

async function readInto(builder: SetBuilder, folder: string, system: string): Promise<void> {
  const config: FilesSystem = {
    id: systemId(system),
    title: system,
    kind: "files",
    sends: false,
    folder,
    base: null,
    attributes: {},
    columns: {},
  };
  const collector = filesCollector(config, { configFolder: folder });
  const quiet = { info: () => undefined, warn: () => undefined };
  const context = {
    signal: new AbortController().signal,
    clock: { now: () => new Date() },
    log: quiet,
    runId: runId("bench"),
  };
  for await (const page of collector.read(
    [{ kind: "segment", audience: audienceId("bench"), source: { file: `${system}.csv` } }],
    context,
  )) {
    for (const row of page.items) builder.add(row);
    const bad = page.ends.find((e) => e.coverage !== "complete");
    if (bad) throw new Error(bad.because);
  }
}
