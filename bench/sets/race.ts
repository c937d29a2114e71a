import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Contender, cat } from "./contenders.ts";
import { type Cost, medianOf } from "./measured.ts";
import { type Shape, type Truth, truthOf } from "./people.ts";
import type { Line } from "./table.ts";

/** Writes the files, two at a time. @returns their paths, the owner's first */
export async function makeFiles(folder: string, shape: Shape): Promise<string[]> {
  const main = fileURLToPath(new URL("./make-file.js", import.meta.url));
  const paths = Array.from({ length: shape.systems }, (_, s) => join(folder, `system-${s}.csv`));
  const waiting = [...paths.entries()];
  const make = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [s, path] = next;
      const child = spawn(process.execPath, [main, path, String(s), JSON.stringify(shape)], {
        stdio: ["ignore", "inherit", "inherit"],
      });
      const [code] = await once(child, "close");
      if (code !== 0) throw new Error(`${path} was not made: ${String(code)}`);
    }
  };
  await Promise.all([make(), make()]);
  return paths;
}

/** @throws Error naming the contender, when it counted something else than there is */
function check(
  name: string,
  found: Awaited<ReturnType<Contender["run"]>>["found"],
  truth: readonly Truth[],
): void {
  for (const [s, counts] of found?.entries() ?? []) {
    for (const kind of ["missing", "extra", "differ"] as const) {
      const seen = counts[kind];
      if (seen !== null && seen !== truth[s]?.[kind])
        throw new Error(`${name}: ${kind} in file ${s + 2} is ${seen}, and must be ${truth[s]?.[kind]}`);
    }
  }
}

/**
 * Everybody in turn, round after round, on the same warm files; nobody's counts may differ from the truth.
 *
 * @param say told after each run
 */
export async function race(
  shape: Shape,
  files: readonly string[],
  contenders: readonly Contender[],
  rounds: number,
  say: (line: string) => void,
): Promise<Line[]> {
  const truth = Array.from({ length: shape.systems - 1 }, (_, s) => truthOf(shape, s + 1));
  const costs = new Map<string, Cost[]>(contenders.map((c) => [c.name, []]));
  await cat.run(files, shape); // warms the page cache
  for (let round = 0; round < rounds; round++) {
    for (const contender of contenders) {
      if (contender.once === true && round > 0) continue;
      const { cost, found } = await contender.run(files, shape);
      check(contender.name, found, truth);
      costs.get(contender.name)?.push(cost);
      say(
        `${contender.name}: ${cost.cpu.toFixed(2)} s processor, ${cost.wall.toFixed(2)} s wall, ${Math.round(cost.memory)} MB`,
      );
    }
  }
  return contenders.map(({ name }) => {
    const all = costs.get(name) ?? [];
    return { name, cost: medianOf(all), runs: all.length };
  });
}
