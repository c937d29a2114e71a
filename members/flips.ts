import type { PersonKey } from "../core/model.ts";
import type { MemberSet } from "./member-set.ts";
import { hexOfWords } from "./person-key.ts";

function popcount(x: number): number {
  let v = x - ((x >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

const lowBits = (n: number): number => (n <= 0 ? 0 : n >= 32 ? -1 : (1 << n) - 1);

/**
 * How often a member came or went within the newest `bits` readings: `popcount(p ^ (p >> 1))` over the bits − 1
 * steps between them.
 *
 * @param bits readings to look at, 1 to 64; at most as many as the segment has
 * @example flips(0b10110, 0, 5) // 3
 */
export function flips(presenceLo: number, presenceHi: number, bits: number): number {
  const lo = presenceLo ^ ((presenceLo >>> 1) | (presenceHi << 31));
  const hi = presenceHi ^ (presenceHi >>> 1);
  return popcount(lo & lowBits(bits - 1)) + popcount(hi & lowBits(bits - 1 - 32));
}

/** "1" present, "0" absent, oldest first. */
export function presenceText(lo: number, hi: number, bits: number): string {
  let text = "";
  for (let i = bits - 1; i >= 0; i--) text += ((i < 32 ? lo >>> i : hi >>> (i - 32)) & 1).toString();
  return text;
}

export type Flipping = { readonly person: PersonKey; readonly bits: string; readonly changes: number };

/** The members with the most changes of presence in the last `window` readings, most first, ties by key. */
export async function topFlipping(set: MemberSet, limit: number, window = 16): Promise<readonly Flipping[]> {
  const bits = Math.min(window, set.reads);
  const top: Flipping[] = [];
  for (let p = 0; p < set.partitions; p++) {
    const part = await set.load(p);
    for (let i = 0; i < part.n; i++) {
      const lo = part.presence[2 * i] as number;
      const hi = part.presence[2 * i + 1] as number;
      const changes = flips(lo, hi, bits);
      if (changes < 2 || (top.length >= limit && changes <= (top.at(-1)?.changes ?? 0))) continue;
      top.push({ person: hexOfWords(part.keys, 4 * i), bits: presenceText(lo, hi, bits), changes });
      top.sort((a, b) => b.changes - a.changes || (a.person < b.person ? -1 : 1));
      if (top.length > limit) top.pop();
    }
  }
  return top;
}
