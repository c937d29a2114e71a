import { join } from "node:path";
import { node, shell } from "./contenders.ts";
import { measure, middle } from "./measured.ts";

type Figure = { readonly wall: number; readonly cpu: number };
type Figures = {
  readonly compare: readonly Figure[];
  readonly compareReference: readonly Figure[];
  readonly snapshot: readonly Figure[];
  readonly upkeepAndFlips: readonly Figure[];
  readonly flips: readonly Figure[];
  readonly flipping: number;
  readonly spool: readonly Figure[];
  readonly named: number;
};

const count = (n: number): string => n.toLocaleString("en-US");
const fixed = (n: number): string => n.toFixed(2);

/**
 * Stored sets: compared, joined with a new reading, searched for who flips, named from sealed rows. DuckDB counts who
 * flips in the same people's readings, and must count the same.
 *
 * @param folder gets some 3 GB at 10 million
 * @returns Markdown
 * @throws Error when DuckDB counts otherwise
 */
export async function storedTable(people: number, folder: string, times: number): Promise<string> {
  const sets = join(folder, "stored");
  const ours = JSON.parse(
    (await measure(`${node("./stored-main.js")} ${people} ${shell(sets)} ${times}`)).out,
  ) as Figures;
  const { out } = await measure(
    `${node("./duckdb-flips-main.js")} ${shell(join(sets, "words.csv"))} 30 ${shell(folder)}`,
  );
  const duckdb = JSON.parse(out) as Figure & { readonly flipping: number };
  if (duckdb.flipping !== ours.flipping)
    throw new Error(`DuckDB counts ${duckdb.flipping} who flip, we ${ours.flipping}`);
  const row = (what: string, all: readonly Figure[], note: string): string => {
    const wall = middle(all.map((f) => f.wall));
    const cpu = middle(all.map((f) => f.cpu));
    return `| ${what} | ${all.length} | ${fixed(cpu)} | ${fixed(wall)} | ${note} |`;
  };
  const upkeep = middle(ours.upkeepAndFlips.map((f) => f.cpu));
  return [
    `| stored sets of ${count(people)} people, 30 readings, two attributes | runs | processor s | wall s | |`,
    "| --- | ---: | ---: | ---: | --- |",
    row("two sets compared, warm", ours.compare, "two threads"),
    row("the same by the reference", ours.compareReference, "equal"),
    row(
      "a new reading joined with its history, written and synced",
      ours.snapshot,
      "checksums of the old set proved",
    ),
    row("the same, and who flips counted on the way", ours.upkeepAndFlips, `${count(ours.flipping)} people`),
    row("who flips, from a stored set", ours.flips, ""),
    row(
      "DuckDB: who flips, with `lag()`",
      [duckdb],
      `equal; ${fixed(duckdb.cpu / upkeep)} × our processor time, upkeep included`,
    ),
    row(`${count(ours.named)} people named from sealed rows`, ours.spool, "opening the file included"),
  ].join("\n");
}
