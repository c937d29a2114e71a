import { rmSync } from "node:fs";
import { join } from "node:path";
import { advanceFrom } from "../../members/kernel/advance.ts";
import type { StoredKernel } from "../../members/kernel/each-kind.ts";
import { ReturnerFinder } from "../../members/kernel/returners.ts";
import { deriveKeys } from "../../members/keys.ts";
import { openSet, type Partition } from "../../members/member-set.ts";
import { writtenHead } from "../../members/set-head.ts";
import { SetWriter } from "../../members/set-writer.ts";
import { flipRule, type Timed, time } from "./stored-sets.ts";

export type Upkeep = {
  readonly entries: number;
  readonly exits: number;
  /** null: not counted. */
  readonly flipping: number | null;
};

/** The people of a set who are there now, as a reading that was just sorted gives them. */
async function presentIn(path: string): Promise<Partition[]> {
  const set = await openSet(path);
  const parts: Partition[] = [];
  for (let p = 0; p < set.partitions; p++) {
    const part = await set.load(p);
    const rows = Uint32Array.from({ length: part.n }, (_, row) => row).filter(
      (row) => ((part.presence[2 * row] as number) & 1) === 1,
    );
    const words = (column: Uint32Array, width: number): Uint32Array =>
      Uint32Array.from(
        { length: rows.length * width },
        (_, k) => column[width * (rows[Math.floor(k / width)] as number) + (k % width)] as number,
      );
    parts.push({
      n: rows.length,
      keys: words(part.keys, 4),
      presence: Uint32Array.from({ length: 2 * rows.length }, (_, k) => 1 - (k % 2)),
      prints: part.prints.map((column) => words(column, 1)),
      consent: Uint8Array.from(rows, (row) => part.consent[row] as number),
    });
  }
  await set.close();
  return parts;
}

export type UpkeepTimes = {
  readonly joined: readonly (Timed & { readonly result: Upkeep })[];
  /** And who flips counted, of the presence just joined. */
  readonly flips: readonly (Timed & { readonly result: Upkeep })[];
};

/**
 * Joins the people of `copy.pls`, as the next reading, with the history of `owner.pls`, and writes `joined.pls`, synced:
 * what an audit does when all rows are read and sorted. Checksums of the old set are proved on the way.
 *
 * @param folder as `makeStoredSets` fills it
 * @param times how often both ways, in turn, each measured; once before, unmeasured, which warms code and page cache
 */
export async function timeUpkeep(folder: string, kernel: StoredKernel, times: number): Promise<UpkeepTimes> {
  const present = await presentIn(join(folder, "copy.pls"));
  const file = join(folder, "joined.pls");
  const run = async (flips: boolean): Promise<Timed & { readonly result: Upkeep }> => {
    rmSync(file, { force: true });
    return await time(() => upkeep(folder, file, present, kernel, flips));
  };
  const joined: (Timed & { readonly result: Upkeep })[] = [];
  const flips: (Timed & { readonly result: Upkeep })[] = [];
  for (let k = -1; k < times; k++) {
    const all = { joined: await run(false), flips: await run(true) };
    if (k < 0) continue;
    joined.push(all.joined);
    flips.push(all.flips);
  }
  return { joined, flips };
}

async function upkeep(
  folder: string,
  file: string,
  present: readonly Partition[],
  kernel: StoredKernel,
  flips: boolean,
): Promise<Upkeep> {
  const previous = await openSet(join(folder, "owner.pls"));
  const step = advanceFrom(kernel.module, {
    previous,
    columns: previous.attributes.map((_, a) => a),
    keys: deriveKeys(Buffer.alloc(32, 9)),
    identity: previous.identity,
  });
  const writer = await SetWriter.create(file);
  const reads = previous.reads + 1;
  const finder = flips ? new ReturnerFinder(kernel, flipRule(reads)) : null;
  let flipping = 0;
  let entries = 0;
  let exits = 0;
  for (const [p, now] of present.entries()) {
    const joined = await step(p, now);
    entries += joined.entries;
    exits += joined.exits;
    if (finder !== null) {
      const { n, presence } = joined.part;
      finder.place(8 * n).set(new Uint8Array(presence.buffer, presence.byteOffset, 8 * n));
      finder.find(p, n, (found) => {
        if (found.flipping) flipping++;
      });
    }
    await writer.write(joined.part);
  }
  const size = present.reduce((n, part) => n + part.n, 0);
  await writer.commit({ ...writtenHead(previous), size, reads });
  await previous.close();
  return { entries, exits, flipping: finder === null ? null : flipping };
}
