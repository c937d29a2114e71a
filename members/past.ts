import type { PersonKey } from "../core/model.ts";
import { type MemberSet, openSet, type Partition } from "./member-set.ts";
import { rowsOf } from "./rows-of.ts";
import { writtenHead } from "./set-head.ts";
import { SetWriter } from "./set-writer.ts";
import { sortedKeys } from "./sorted-keys.ts";

/** Scheduled readings that a presence word remembers, its own among them. */
export const REMEMBERED = 64;

/**
 * Of this reading the set stays for the whole retention: one in 64, so that the presence words of those that stay tell
 * of every reading.
 */
export const staysForHistory = (ordinal: number): boolean => ordinal % REMEMBERED === REMEMBERED - 1;

/** How many scheduled readings `ordinal` lies before the set's own; null: the set does not remember it. */
export function ageIn(set: Pick<MemberSet, "ordinal" | "reads">, ordinal: number): number | null {
  if (set.ordinal === null) return null;
  const age = set.ordinal - ordinal;
  return age >= 0 && age < set.reads ? age : null;
}

const wasIn = ({ presence }: Partition, row: number, age: number): boolean =>
  (((presence[2 * row + (age >>> 5)] as number) >>> (age & 31)) & 1) === 1;

/** People who were in at that age. One partition in memory. @throws as `MemberSet.load` */
export async function countAt(set: MemberSet, age: number): Promise<number> {
  let count = 0;
  for (let p = 0; p < set.partitions; p++) {
    const part = await set.load(p);
    for (let row = 0; row < part.n; row++) if (wasIn(part, row, age)) count++;
  }
  return count;
}

/** @throws as `MemberSet.load` */
export async function hasAt(set: MemberSet, person: PersonKey, age: number): Promise<boolean> {
  const asked = sortedKeys([person]);
  for (const p of asked.partitions) {
    const part = await set.load(p);
    if (rowsOf(part, asked.keys(p)).some((row) => wasIn(part, row, age))) return true;
  }
  return false;
}

/** Keys of those in partition `p` who were in, four words each, sorted. @throws as `MemberSet.load` */
export async function keysAt(set: MemberSet, p: number, age: number): Promise<Uint32Array> {
  const part = await set.load(p);
  const keys = new Uint32Array(4 * part.n);
  let n = 0;
  for (let row = 0; row < part.n; row++) {
    if (!wasIn(part, row, age)) continue;
    keys.set(part.keys.subarray(4 * row, 4 * row + 4), 4 * n);
    n++;
  }
  return keys.subarray(0, 4 * n);
}

/**
 * Takes the fingerprints out of a set that stays for history only: nobody compares values with it any more.
 *
 * @throws as `openSet`; permanent when the disk refuses
 */
export async function thinForHistory(path: string): Promise<void> {
  const set = await openSet(path);
  try {
    if (set.attributes.length === 0) return;
    const writer = await SetWriter.create(path, { partitions: set.finest });
    try {
      for (let p = 0; p < set.partitions; p++) await writer.write({ ...(await set.load(p)), prints: [] });
      await writer.commit({ ...writtenHead(set), attributes: [] });
    } catch (e) {
      await writer.abort();
      throw e;
    }
  } finally {
    await set.close();
  }
}
