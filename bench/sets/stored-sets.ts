import { join } from "node:path";
import { type Instant, systemId } from "../../core/model.ts";
import { compareSets, type SetComparison } from "../../members/compare-sets.ts";
import { PRINT_NULL } from "../../members/fingerprint.ts";
import { FLIP_WINDOW, type FlipRule, returnWithin } from "../../members/flips.ts";
import { type StoredKernel, storedKernel } from "../../members/kernel/each-kind.ts";
import { eachReturner } from "../../members/kernel/returners.ts";
import { deriveKeys } from "../../members/keys.ts";
import { openSet, type Partition } from "../../members/member-set.ts";
import { PARTITIONS } from "../../members/set-layout.ts";
import { SetWriter } from "../../members/set-writer.ts";

/** Snapshots that the presence words tell of. */
const SNAPSHOTS = 30;
const NAMES = ["owner", "copy"] as const;
const ATTRIBUTES = ["plan", "region"];
const keys = deriveKeys(Buffer.alloc(32, 9));

export type Timed = { readonly wallSeconds: number; readonly cpuSeconds: number };

/** Always the same numbers: 0 to 2³² − 1. Marsaglia's xorshift, https://doi.org/10.18637/jss.v008.i14 */
function numbers(seed: number): () => number {
  let x = (seed * 2_654_435_761) >>> 0 || 1;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    x >>>= 0;
    return x;
  };
}

/**
 * Presence over 30 snapshots, newest lowest. Of 1,000 people 845 were always there, 100 joined on some day, 50 left on
 * some day, 5 come and go.
 */
function presenceOf(next: () => number): number {
  const all = 2 ** SNAPSHOTS - 1;
  const kind = next() % 1000;
  const day = 1 + (next() % (SNAPSHOTS - 1));
  if (kind < 845) return all;
  if (kind < 945) return 2 ** day - 1;
  if (kind < 995) return all - (2 ** day - 1);
  return (next() | (next() & 1)) & all;
}

function partitions(people: number, p: number): readonly [Partition, Partition] {
  const next = numbers(p + 1);
  const highs = Uint32Array.from({ length: people }, () => ((p << 24) | (next() >>> 8)) >>> 0).sort();
  const parts = [emptyPart(people), emptyPart(people)] as const;
  const counts = [0, 0];
  let second = 0;
  for (let i = 0; i < people; i++) {
    // of equal first words the second decides, and it rises
    second = i > 0 && highs[i] === highs[i - 1] ? second + 1 : next() >>> 1;
    const key = [highs[i] as number, second, next(), next()];
    const presence = presenceOf(next);
    const prints = [2 + (next() % 3), next() % 50 === 0 ? PRINT_NULL : 2 + (next() % 7)];
    const luck = next() % 1000;
    const consent = next() % 40 === 0 ? 3 : 5 + 8 + 16;
    // 3 of 1,000 are extra in the copy, 5 missing there, 10 have another plan, 5 arrive a snapshot later
    if (luck >= 3) addRow(parts[0], counts, 0, key, presence, prints, consent);
    if (luck >= 3 && luck < 8) continue;
    const plan = luck < 18 ? 9 : (prints[0] as number);
    const late = luck >= 18 && luck < 23 ? presence >>> 1 : presence;
    addRow(parts[1], counts, 1, key, late, [plan, prints[1] as number], consent);
  }
  return [
    { ...parts[0], n: counts[0] as number },
    { ...parts[1], n: counts[1] as number },
  ];
}

const emptyPart = (n: number): Partition => ({
  n,
  keys: new Uint32Array(4 * n),
  presence: new Uint32Array(2 * n),
  prints: ATTRIBUTES.map(() => new Uint32Array(n)),
  consent: new Uint8Array(n),
});

function addRow(
  part: Partition,
  counts: number[],
  which: number,
  key: readonly number[],
  presence: number,
  prints: readonly number[],
  consent: number,
): void {
  if (presence === 0) return;
  const n = counts[which] as number;
  counts[which] = n + 1;
  part.keys.set(key, 4 * n);
  part.presence[2 * n] = presence;
  for (const [a, print] of prints.entries()) (part.prints[a] as Uint32Array)[n] = print;
  part.consent[n] = presence & 1 ? consent : 0;
}

/**
 * Writes two stored sets, `owner.pls` and `copy.pls`, with the history of 30 snapshots: the same ones for the same size.
 *
 * @param people in either of them, about; those who left stay as history
 */
export async function makeStoredSets(folder: string, people: number): Promise<void> {
  const writers: SetWriter[] = [];
  for (const name of NAMES) writers.push(await SetWriter.create(join(folder, `${name}.pls`)));
  const sizes = [0, 0];
  for (let p = 0; p < PARTITIONS; p++) {
    const rows = Math.floor(people / PARTITIONS) + (p < people % PARTITIONS ? 1 : 0);
    for (const [s, part] of partitions(rows, p).entries()) {
      for (let i = 0; i < part.n; i++)
        sizes[s] = (sizes[s] as number) + ((part.presence[2 * i] as number) & 1);
      await writers[s]?.write(part);
    }
  }
  for (const [s, writer] of writers.entries())
    await writer.commit({
      identity: "email",
      attributes: ATTRIBUTES,
      asOf: "2026-11-23T06:00:00.000Z" as Instant,
      ordinal: SNAPSHOTS - 1,
      epoch: 1,
      size: sizes[s] as number,
      reads: SNAPSHOTS,
    });
}

/** Compares the two sets of `makeStoredSets`. @param kernel null: without it */
export async function timeCompare(
  folder: string,
  kernel: StoredKernel | null = storedKernel(),
): Promise<Timed & { readonly result: SetComparison }> {
  const [owner, copy] = await Promise.all(NAMES.map((name) => openSet(join(folder, `${name}.pls`))));
  if (owner === undefined || copy === undefined) throw new RangeError("two sets are compared");
  const input = {
    purpose: "marketing" as const,
    owner: systemId("owner"),
    segments: [
      { system: systemId("owner"), set: owner, base: null, where: null },
      { system: systemId("copy"), set: copy, base: null, where: null },
    ],
    excluded: [],
    keys,
  };
  const timed = await time(() => compareSets(input, kernel));
  await Promise.all([owner.close(), copy.close()]);
  return timed;
}

export async function time<T>(work: () => Promise<T>): Promise<Timed & { readonly result: T }> {
  const start = performance.now();
  const before = process.cpuUsage();
  const result = await work();
  const used = process.cpuUsage(before);
  return {
    wallSeconds: (performance.now() - start) / 1000,
    cpuSeconds: (used.user + used.system) / 1e6,
    result,
  };
}

/** Of daily readings. */
export const flipRule = (reads: number): FlipRule => ({
  bits: Math.min(FLIP_WINDOW, reads),
  within: returnWithin(24),
  hours: 24,
});

/** Counts everybody in `owner.pls` who flips, read anew from its file. */
export async function timeFlips(
  folder: string,
  kernel: StoredKernel,
): Promise<Timed & { readonly result: number }> {
  return await time(async () => {
    const set = await openSet(join(folder, "owner.pls"));
    let flipping = 0;
    await eachReturner(kernel, set, flipRule(set.reads), (found) => {
      if (found.flipping) flipping++;
    });
    await set.close();
    return flipping;
  });
}
