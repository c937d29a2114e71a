import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { storedKernel } from "../../members/kernel/each-kind.ts";
import { openSet } from "../../members/member-set.ts";
import { benchSpool } from "./spool.ts";
import { makeStoredSets, type Timed, timeCompare, timeFlips } from "./stored-sets.ts";
import { timeUpkeep } from "./upkeep.ts";

/**
 * A process of its own: `stored-main <people> <folder> <times>`: figures of stored sets as JSON, and `words.csv` with
 * the presence of the joined set for DuckDB: `person,word`, newest lowest, 30 readings.
 */
const [people = "0", folder = "", times = "3"] = process.argv.slice(2);
const n = Number(people);
const rounds = Number(times);
const repeat = async <T>(work: () => Promise<T>): Promise<T[]> => {
  const all: T[] = [];
  for (let k = 0; k < rounds; k++) all.push(await work());
  return all;
};
const figures = (all: readonly Timed[]) =>
  all.map(({ wallSeconds, cpuSeconds }) => ({ wall: wallSeconds, cpu: cpuSeconds }));

mkdirSync(folder, { recursive: true });
await makeStoredSets(folder, n);
const kernel = storedKernel();
if (kernel === null) throw new Error("there is no kernel: npm run build");
await timeCompare(folder); // warms the page cache and the code
const compare = await repeat(() => timeCompare(folder));
const compareReference = await timeCompare(folder, null);
if (JSON.stringify(compare.at(-1)?.result) !== JSON.stringify(compareReference.result))
  throw new Error("kernel and reference do not count the same");
const upkeep = await timeUpkeep(folder, kernel, rounds);
const flips = await repeat(() => timeFlips(folder, kernel));

const joined = await openSet(join(folder, "joined.pls"));
const words = openSync(join(folder, "words.csv"), "w");
writeSync(words, "person,word\n");
let person = 0;
for (let p = 0; p < joined.partitions; p++) {
  const part = await joined.load(p);
  let text = "";
  for (let row = 0; row < part.n; row++)
    text += `${person++},${((part.presence[2 * row] as number) & 0x3fff_ffff) >>> 0}\n`;
  writeSync(words, text);
}
closeSync(words);
await joined.close();

const spool = await benchSpool(folder, n, Math.min(100_000, Math.floor(n / 100)));
process.stdout.write(
  JSON.stringify({
    compare: figures(compare),
    compareReference: figures([compareReference]),
    snapshot: figures(upkeep.joined),
    upkeepAndFlips: figures(upkeep.flips),
    flips: figures(flips),
    flipping: upkeep.flips[0]?.result.flipping,
    spool: spool.lookups.map(({ seconds, cpu }) => ({ wall: seconds, cpu })),
    named: spool.wanted,
  }),
);
