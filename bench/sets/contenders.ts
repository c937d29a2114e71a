import { fileURLToPath } from "node:url";
import type { CompareReport } from "../../app/compare/report.ts";
import { mismatched } from "../../app/compare/report.ts";
import { type Cost, measure } from "./measured.ts";
import { attributeNames, type Shape, type Truth } from "./people.ts";

/** What a way of comparing costs, and what it found; null: it cannot count that. */
export type Outcome = {
  readonly cost: Cost;
  readonly found: readonly { readonly [K in keyof Truth]: number | null }[] | null;
};

export type Contender = {
  readonly name: string;
  /** Runs it once on these files, the owner's first. */
  readonly run: (files: readonly string[], shape: Shape) => Promise<Outcome>;
  /** Runs in the first round only: it is slow, and its figure moves little. */
  readonly once?: boolean;
};

export const shell = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
export const node = (path: string): string =>
  `${shell(process.execPath)} ${shell(fileURLToPath(new URL(path, import.meta.url)))}`;

/** Reads every byte: nothing that looks at the files can cost less. */
export const cat: Contender = {
  name: "`cat` (floor)",
  run: async (files) => {
    const { cost } = await measure(`cat ${files.map(shell).join(" ")} > /dev/null`);
    return { cost, found: null };
  },
};

/** The program itself, from start to end. @param memory value of --memory; null: its default */
export const plumbline = (memory: string | null): Contender => ({
  name: memory === null ? "Plumbline" : `Plumbline, spilling (--memory ${memory})`,
  run: async (files, shape) => {
    const more = memory === null ? "" : ` --memory ${memory}`;
    const { cost, out } = await measure(
      `${node("../../app/cli/main.js")} compare ${files.map(shell).join(" ")} --id email --attributes ${attributeNames(shape).join(",")} --json${more}`,
      [0, 2],
    );
    const report = JSON.parse(out) as CompareReport;
    const found = report.files.slice(1).map((f) => ({
      missing: f.missing,
      extra: f.extra,
      // In these files only the first attribute ever differs, so nobody is counted twice.
      differ: f.attributes.reduce((n, a) => n + mismatched(a), 0),
    }));
    return { cost, found };
  },
});

export const duckdb: Contender = {
  name: "DuckDB",
  run: async (files, shape) => {
    const { cost, out } = await measure(
      `${node("./duckdb-main.js")} ${shell(JSON.stringify(shape))} ${files.map(shell).join(" ")}`,
    );
    return { cost, found: JSON.parse(out) as Truth[] };
  },
};

/** Who is in which file, and nothing else; two files. */
export const sortComm = (folder: string): Contender => ({
  name: "GNU sort + comm (membership only)",
  run: async (files) => {
    const sorted = files.map((_, i) => shell(`${folder}/sorted-${i}`));
    const sort = files
      .map(
        (file, i) =>
          `tail -n +2 ${shell(file)} | cut -d, -f1 | tr A-Z a-z | LC_ALL=C sort -u -S 1G -T ${shell(folder)} > ${sorted[i]}`,
      )
      .join("; ");
    const count = `LC_ALL=C comm -3 ${sorted.join(" ")} | awk -F'\\t' '{ if ($1 == "") e++; else m++ } END { print m + 0, e + 0 }'`;
    const { cost, out } = await measure(`${sort}; ${count}`);
    const [missing = 0, extra = 0] = out.trim().split(" ").map(Number);
    return { cost, found: [{ missing, extra, differ: null }] };
  },
});
