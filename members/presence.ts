import { CHANGED } from "./consent-byte.ts";
import type { Partition } from "./member-set.ts";
import { mergePartitions } from "./merge.ts";

export type Advanced = { readonly part: Partition; readonly entries: number; readonly exits: number };

/**
 * Joins one partition of the previous set with the people present now; every word moves by one bit. A person who is
 * gone stays as history until the word is 0.
 *
 * @param provisional the previous set was a manual reading: its own bit is taken back first, so that history keeps
 *   one bit per scheduled reading
 * @param columns per attribute, its column in the previous set or −1; a changed value marks the person as changed,
 *   so that a lasting difference between two systems can be told from one that is on its way
 */
export function advance(
  previous: Partition | null,
  present: Partition,
  provisional: boolean,
  columns: readonly number[],
): Advanced {
  if ((previous === null || previous.n === 0) && present.n === 0)
    return { part: present, entries: 0, exits: 0 };
  const most = (previous?.n ?? 0) + present.n;
  const keys = new Uint32Array(4 * most);
  const presence = new Uint32Array(2 * most);
  const prints = present.prints.map(() => new Uint32Array(most));
  const consent = new Uint8Array(most);
  let n = 0;
  let entries = 0;
  let exits = 0;
  mergePartitions([previous, present], (key, at) => {
    const before = at[0] as number;
    const now = at[1] as number;
    const here = now < 0 ? 0 : 1;
    let lo = before < 0 ? 0 : (previous?.presence[2 * before] as number);
    let hi = before < 0 ? 0 : (previous?.presence[2 * before + 1] as number);
    if (provisional) {
      lo = (lo >>> 1) | (hi << 31);
      hi = hi >>> 1;
    }
    const was = lo & 1;
    hi = (hi << 1) | (lo >>> 31);
    lo = (lo << 1) | here;
    entries += here & ~was;
    exits += was & ~here;
    if (lo === 0 && hi === 0) return;
    keys.set(key, 4 * n);
    presence[2 * n] = lo;
    presence[2 * n + 1] = hi;
    if (now >= 0) {
      let changed = 0;
      for (let a = 0; a < prints.length; a++) {
        const print = (present.prints[a] as Uint32Array)[now] as number;
        (prints[a] as Uint32Array)[n] = print;
        if (was && previous?.prints[columns[a] as number]?.[before] !== print) changed = CHANGED;
      }
      consent[n] = (present.consent[now] as number) | changed;
    }
    n++;
  });
  return { part: { n, keys, presence, prints, consent }, entries, exits };
}
