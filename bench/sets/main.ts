import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { withSection, wrapped } from "../results.ts";
import { type Contender, cat, duckdb, plumbline, sortComm } from "./contenders.ts";
import type { Shape } from "./people.ts";
import { postgres } from "./postgres.ts";
import { makeFiles, race } from "./race.ts";
import { storedTable } from "./stored.ts";
import { costTable } from "./table.ts";

/**
 * `npm run bench [-- --people 10m] [--rounds 3] [--parts plain,mixed,six,stored,huge] [--write]`: member sets from files, beside DuckDB,
 * sort + comm, Postgres and `cat`, one after the other in one run. Fails when anybody's counts differ from the truth;
 * judges no time. `--write` puts the tables into bench/RESULTS.md. Needs Linux and, at 10 m, 4 GB in TMPDIR.
 */
const { values } = parseArgs({
  options: {
    people: { type: "string", default: "1m" },
    rounds: { type: "string", default: "1" },
    parts: { type: "string", default: "plain,mixed,six,stored" },
    write: { type: "boolean", default: false },
  },
});
const people = Number(values.people.replace(/m$/, "")) * (values.people.endsWith("m") ? 1_000_000 : 1);
const rounds = Number(values.rounds);
if (!Number.isInteger(people) || people < 1 || !Number.isInteger(rounds) || rounds < 1) {
  process.stderr.write("usage: --people 10m --rounds 3 --parts plain,mixed,six,stored,huge\n");
  process.exit(2);
}
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const count = (n: number): string => n.toLocaleString("en-US");

type Part = {
  readonly title: string;
  readonly shape: Shape;
  readonly contenders: (folder: string) => readonly Contender[];
};

const STORED = "stored";
const PARTS: Readonly<Record<string, Part>> = {
  plain: {
    title: `2 × ${count(people)}, plain`,
    shape: { people, systems: 2, attributes: 2, mixed: false },
    contenders: (folder) => [
      cat,
      plumbline(null),
      plumbline("100MB"),
      duckdb,
      sortComm(folder),
      postgres(folder),
    ],
  },
  mixed: {
    title: `2 × ${count(people)}, 5 % outside ASCII, 8 % quoted, CRLF`,
    shape: { people, systems: 2, attributes: 2, mixed: true },
    contenders: () => [plumbline(null), duckdb],
  },
  six: {
    title: `6 × ${count(people / 5)}, four attributes`,
    shape: { people: people / 5, systems: 6, attributes: 4, mixed: false },
    contenders: () => [plumbline(null), duckdb],
  },
  huge: {
    title: `2 × ${count(people * 10)}, plain`,
    shape: { people: people * 10, systems: 2, attributes: 2, mixed: false },
    contenders: () => [plumbline(null), duckdb],
  },
};

const tables: string[] = [];
for (const name of values.parts.split(",")) {
  const folder = mkdtempSync(join(tmpdir(), "plumbline-bench-"));
  try {
    if (name === STORED) {
      const table = await storedTable(people, folder, Math.max(3, rounds));
      tables.push(table);
      say(`\n${table}`);
      continue;
    }
    const part = PARTS[name];
    if (part === undefined)
      throw new Error(`no such part: ${name}; there are ${[...Object.keys(PARTS), STORED].join(", ")}`);
    say(`\n${part.title}`);
    const files = await makeFiles(folder, part.shape);
    const lines = await race(part.shape, files, part.contenders(folder), rounds, say);
    const table = costTable(part.title, lines, duckdb.name);
    tables.push(table);
    say(`\n${table}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (values.write) {
  const about = `${new Date().toISOString().slice(0, 10)}, Node ${process.version.slice(1)}, ${cpus().length} × ${cpus()[0]?.model}, load average ${loadavg()[0]?.toFixed(1)} at the end, \`npm run bench -- ${process.argv.slice(2).join(" ")}\`: medians; ratios to DuckDB's best query in the same run; everybody's counts are the truth's.`;
  const file = "bench/RESULTS.md";
  writeFileSync(
    file,
    withSection(
      readFileSync(file, "utf8"),
      "Member sets from files",
      [wrapped(about), ...tables].join("\n\n"),
    ),
  );
}
