import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";

/**
 * A process of its own: `duckdb-flips-main <words.csv> <snapshots> <folder>`. `words.csv` has `person,word`, a bit a
 * snapshot, newest lowest. Makes the table that a warehouse has, a row per person and snapshot, then counts who flips:
 * isFlipping of members/flips.ts, for daily readings. Prints `{ flipping, cpu, wall }`; making the table is not counted.
 */
const [words = "", snapshots = "30", folder = ""] = process.argv.slice(2);
const path = join(folder, "membership.duckdb");

async function open() {
  const instance = await DuckDBInstance.create(path);
  return { instance, connection: await instance.connect() };
}

const making = await open();
await making.connection.run(
  `create table membership as
   select person, i::utinyint as back
   from read_csv('${words.replaceAll("'", "''")}', columns = {'person': 'UINTEGER', 'word': 'UINTEGER'}), range(${Number(snapshots)}) r(i)
   where (word >> i) & 1 = 1`,
);
await making.connection.run("checkpoint");
making.connection.closeSync();
making.instance.closeSync();

const { instance, connection } = await open();
const start = performance.now();
const before = process.cpuUsage();
// Back again after 1 to 4 readings, in the newest 20, where the absence began within the newest 24.
const reader = await connection.runAndReadAll(`
  with seen as (
    select person, back, lag(back) over (partition by person order by back desc) as earlier from membership
  ), returns as (
    select person, back, earlier - back - 1 as away from seen
    where earlier - back between 2 and 5 and back < 20 and earlier < 24
  ), spaced as (
    select *, lag(back) over (partition by person order by back desc) - back as gap from returns
  )
  select count(*) from (
    select person from spaced group by person
    having count(*) >= 3 and not (bool_and(away >= 2) and bool_and(gap is null or gap = 7))
  )`);
const used = process.cpuUsage(before);
process.stdout.write(
  JSON.stringify({
    flipping: Number(reader.getRows()[0]?.[0]),
    cpu: (used.user + used.system) / 1e6,
    wall: (performance.now() - start) / 1000,
  }),
);
connection.closeSync();
instance.closeSync();
