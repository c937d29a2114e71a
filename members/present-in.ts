import type { PersonKey } from "../core/model.ts";
import type { MemberSet, Partition } from "./member-set.ts";
import { compareKeys, wordsOfHex } from "./person-key.ts";
import { PARTITION_BITS } from "./set-layout.ts";

/** Who of these people is in the set now. Loads each partition that one of them falls into once. */
export async function presentIn(set: MemberSet, people: readonly PersonKey[]): Promise<Set<PersonKey>> {
  const found = new Set<PersonKey>();
  const byPartition = new Map<number, PersonKey[]>();
  for (const person of people) {
    const p = Number.parseInt(person.slice(0, PARTITION_BITS / 4), 16);
    const others = byPartition.get(p);
    if (others) others.push(person);
    else byPartition.set(p, [person]);
  }
  for (const [p, asked] of byPartition) {
    const part = await set.load(p);
    for (const person of asked) {
      const row = rowOf(part, wordsOfHex(person));
      if (row >= 0 && ((part.presence[2 * row] as number) & 1) === 1) found.add(person);
    }
  }
  return found;
}

/** Row of a key in a partition; −1: nowhere. */
export function rowOf(part: Partition, key: Uint32Array): number {
  let low = 0;
  for (let high = part.n; low < high; ) {
    const middle = (low + high) >>> 1;
    if (compareKeys(part.keys, 4 * middle, key, 0) < 0) low = middle + 1;
    else high = middle;
  }
  return low < part.n && compareKeys(part.keys, 4 * low, key, 0) === 0 ? low : -1;
}
