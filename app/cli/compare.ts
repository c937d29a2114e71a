import { randomBytes } from "node:crypto";
import { realpath } from "node:fs/promises";
import { relative, resolve } from "node:path";
import { Command } from "commander";
import { AuditorError } from "../../core/errors.ts";
import { attributeWishes } from "../compare/columns.ts";
import { compareFiles, type Source } from "../compare/compare-files.ts";
import { labelsOf, visible } from "../compare/label.ts";
import { comparePage } from "../compare/page.ts";
import { PeopleFiles } from "../compare/people-files.ts";
import type { CompareReport } from "../compare/report.ts";
import { compareText } from "../compare/text.ts";
import { textSize } from "../compare/text-size.ts";
import { VERSION } from "../version.ts";
import { type CliIo, EXIT } from "./command.ts";
import { memorySize } from "./memory-size.ts";
import { startProgress } from "./progress.ts";
import { writePage } from "./write-page.ts";

/** Shape of `plumbline compare --json`; loaded when it is asked for, see report.ts. */
export const output = async () => (await import("../compare/report-schema.ts")).CompareReport;

type Options = {
  readonly id?: string;
  readonly attributes: readonly string[];
  readonly owner?: string;
  readonly html?: string;
  readonly out?: string;
  readonly config?: string;
  readonly pushdown: boolean;
  readonly memory?: number;
  readonly json: boolean;
};

const MOST_FILES = 30;
const WIDTH = 100;

const HELP = `
The first file is the owner, whose word counts, unless --owner names another. Nothing is stored and nothing is sent.

Example:
  $ plumbline compare warehouse.csv klaviyo.csv --id email --attributes plan,region

Where files name a column differently: --attributes "plan=Plan Type,region"
Two segments of the configuration, in Postgres, read now: --config plumbline.yaml active@warehouse active@crm
Exit codes: 0 the same, 2 different, 3 a file was not read completely, 7 nobody could be compared.`;

export function command(io: CliIo): Command {
  const compare = new Command("compare");
  return compare
    .description("compare two or more exports person by person, without any configuration")
    .argument(
      "<files...>",
      "CSV, CSV.gz or Parquet exports, 2 to 30; with --config: segments as AUDIENCE@SYSTEM",
    )
    .option(
      "--id <column>",
      "email, phone, customer_id or a column name (default: the first that every file has)",
    )
    .option(
      "--attributes <names>",
      "columns to compare, separated by commas",
      (text, all: readonly string[]) => [...all, text],
      [],
    )
    .option("--owner <file>", "the file whose word counts (default: the first)")
    .option("--html <file>", "write a page to send on; it names nobody")
    .option(
      "--out <folder>",
      "write who is missing, extra, different or twice, one CSV each; it names people",
    )
    .option("--config <file>", "compare segments of this configuration instead of files")
    .option("--no-pushdown", "read segments that live in one database, and compare them here")
    .option(
      "--memory <size>",
      "memory for rows, such as 512MB; more wait in the temporary folder (default: a quarter of the machine's, at most 800MB)",
      memorySize,
    )
    .option("--json", "machine-readable result", false)
    .addHelpText("after", HELP)
    .action(async (paths: string[], options: Options) => {
      if (paths.length < 2)
        compare.error("error: one file cannot be compared → name two or more, the owner first");
      if (paths.length > MOST_FILES)
        compare.error(`error: ${paths.length} files; at most ${MOST_FILES} are compared at once`);
      const labels = labelsOf(paths);
      if (options.config !== undefined && options.out !== undefined)
        compare.error("error: --out names people of files only → leave it out, or compare exports");
      const segments = options.config === undefined ? null : await segmentsOf(io, options.config);
      const sources = paths.map((path, i): Source => {
        const label = labels[i] ?? path;
        return segments === null ? { path: resolve(io.cwd, path), label } : segments(path, label);
      });
      const owner = options.owner === undefined ? 0 : ownerOf(options.owner, paths, labels);
      if (owner < 0)
        compare.error(
          `error: --owner ${visible(options.owner ?? "")} is none of the files → use one of: ${labels.join(", ")}`,
        );
      await run(io, sources, owner, options);
    });
}

/** What makes a source of AUDIENCE@SYSTEM. Loaded here: configurations take half a second, and files need none. */
async function segmentsOf(io: CliIo, file: string): Promise<(name: string, label: string) => Source> {
  const [{ requireConfig, secretsOf }, { resolveSecret }, { segmentSource }] = await Promise.all([
    import("../../config/read.ts"),
    import("../../config/secret.ts"),
    import("../compare/segments.ts"),
  ]);
  const loaded = await requireConfig(resolve(io.cwd, file));
  const secrets = secretsOf(loaded, io.env);
  const deps = {
    config: loaded.config,
    resolve: (ref: Parameters<typeof resolveSecret>[0]) => resolveSecret(ref, secrets),
    clock: { now: () => new Date() },
    signal: io.signal,
  };
  return (name, label) => segmentSource(name, label, deps);
}

const ownerOf = (asked: string, paths: readonly string[], labels: readonly string[]): number =>
  paths.includes(asked) ? paths.indexOf(asked) : labels.indexOf(visible(asked));

async function run(io: CliIo, sources: readonly Source[], owner: number, options: Options): Promise<void> {
  const inputs = await Promise.all(sources.map((s) => realpath(s.path).catch(() => s.path)));
  const page =
    options.html === undefined ? null : await freePath(resolve(io.cwd, options.html), options.html, inputs);
  const people =
    options.out === undefined
      ? null
      : await PeopleFiles.in(resolve(io.cwd, options.out), visible(options.out), inputs);
  const progress = await readingProgress(io, sources);
  const told: string[] = [];
  let report: CompareReport;
  let named: string[];
  try {
    report = await compareFiles({
      sources,
      owner,
      people,
      id: options.id ?? null,
      attributes: attributeWishes(options.attributes),
      memory: options.memory ?? null,
      secret: randomBytes(32),
      signal: io.signal,
      progress: progress.read,
      ...(options.config !== undefined && options.pushdown
        ? { pushdown: { elapsed: () => performance.now(), told: (words) => told.push(words) } }
        : {}),
    });
    named = (await people?.commit()) ?? [];
  } finally {
    progress.stop();
    await people?.abort();
  }
  if (page !== null)
    await writePage(
      page,
      visible(options.html ?? ""),
      comparePage(report, { at: new Date(), version: VERSION }),
    );
  io.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : compareText(report, widthOf(io)));
  for (const words of told) io.stderr.write(`${words[0]?.toUpperCase()}${words.slice(1)}.\n`);
  if (page !== null) io.stderr.write(`Page without names: ${visible(relative(io.cwd, page) || page)}\n`);
  if (people !== null) {
    const folder = visible(options.out ?? "");
    io.stderr.write(
      named.length > 0
        ? `Named people, keep them safe: ${folder}: ${named.join(", ")}\n`
        : `Nothing could be compared, so nothing was written to ${folder}.\n`,
    );
  }
  for (const f of report.files)
    if (f.coverage !== "complete" && options.json) io.stderr.write(`${f.cantTell}\n`);
  if (report.files.some((f) => f.coverage !== "complete")) io.exit(EXIT.partial);
  if (report.verdict === "different") io.exit(EXIT.findings);
  if (report.verdict === "cant_tell") io.exit(EXIT.noVerdict);
}

function widthOf(io: CliIo): number {
  const told =
    "columns" in io.stdout && typeof io.stdout.columns === "number"
      ? io.stdout.columns
      : Number(io.env.COLUMNS);
  return told >= 20 ? told : WIDTH;
}

/** @throws AuditorError config rather than write over a file that is compared */
async function freePath(path: string, shown: string, inputs: readonly string[]): Promise<string> {
  const real = await realpath(path).catch(() => path);
  if (!inputs.includes(real)) return path;
  throw new AuditorError(
    "config",
    visible(shown),
    "is one of the files to compare",
    "name another file for --html",
  );
}

/** In rows, as far as their beginning tells how long they are. */
async function readingProgress(
  io: CliIo,
  sources: readonly Source[],
): Promise<{ read(file: number, bytes: number): void; stop(): void }> {
  const sizes = io.isTTY ? await Promise.all(sources.map((s) => textSize(s.path))) : [];
  const rows = sizes.reduce((n, s) => n + s.bytes / s.rowBytes, 0);
  const done = sizes.map(() => 0);
  const progress = startProgress({
    what: "Reading",
    next: "Comparing",
    total: rows > 0 ? rows : null,
    unit: "rows",
    now: () => performance.now(),
    write: (text) => void io.stderr.write(text),
    isTty: io.isTTY,
  });
  return {
    read(file, bytes) {
      const size = sizes[file];
      if (size === undefined) return;
      done[file] = Math.min(bytes, size.bytes) / size.rowBytes;
      progress.update(done.reduce((n, d) => n + d, 0));
    },
    stop: () => progress.stop(),
  };
}
