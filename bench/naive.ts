import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { Counts } from "./duckdb.ts";

/** What one would write first: a Map from address to plan for every file. No privacy, no history, no bad input. */
export async function naiveCompare(files: readonly string[]): Promise<Counts> {
  const maps: Map<string, string>[] = [];
  for (const file of files) {
    const map = new Map<string, string>();
    let header = true;
    for await (const line of createInterface({ input: createReadStream(file) })) {
      if (!header) {
        const fields = line.split(",");
        map.set((fields[0] ?? "").trim().toLowerCase(), fields[2] ?? "");
      }
      header = false;
    }
    maps.push(map);
  }
  const [owner = new Map<string, string>(), ...others] = maps;
  return others.map((map) => {
    let missing = 0;
    let differ = 0;
    let extra = 0;
    for (const [person, plan] of owner) {
      const here = map.get(person);
      if (here === undefined) missing++;
      else if (here !== plan) differ++;
    }
    for (const person of map.keys()) if (!owner.has(person)) extra++;
    return { missing, extra, differ };
  });
}
