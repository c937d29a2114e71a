import type { PersonKey } from "../core/model.ts";
import { FLIP_WINDOW, type FlipRule, presenceText, returnsOf } from "./flips.ts";
import { isFor, type StoredKernel, storedKernel } from "./kernel/each-kind.ts";
import { eachReturner } from "./kernel/returners.ts";
import type { MemberSet } from "./member-set.ts";
import { hexOfWords } from "./person-key.ts";

export type Returning = { readonly person: PersonKey; readonly bits: string; readonly returns: number };

/**
 * The members who came back most often in the last readings, most first, ties by key.
 *
 * @param within readings that a return may take, see `returnWithin`
 * @param kernel finds who came back at all; null: everybody is looked at, with the same result
 * @throws AuditorError bad_data when the file is damaged
 */
export async function topFlipping(
  set: MemberSet,
  limit: number,
  within: number,
  kernel: StoredKernel | null = storedKernel(),
): Promise<readonly Returning[]> {
  const rule: FlipRule = { bits: Math.min(FLIP_WINDOW, set.reads), within, hours: 24 };
  const top: Returning[] = [];
  const offer = (keys: Uint32Array, presence: Uint32Array, row: number, returns: number): void => {
    if (top.length >= limit && returns <= (top.at(-1)?.returns ?? 0)) return;
    const bits = presenceText(presence[2 * row] as number, presence[2 * row + 1] as number, rule.bits);
    top.push({ person: hexOfWords(keys, 4 * row), bits, returns });
    top.sort((a, b) => b.returns - a.returns || (a.person < b.person ? -1 : 1));
    if (top.length > limit) top.pop();
  };
  if (isFor(kernel, [set])) {
    await eachReturner(kernel, set, rule, (r) => offer(r.keys, r.presence, r.row, r.returns));
    return top;
  }
  for (let p = 0; p < set.partitions; p++) {
    const { n, keys, presence } = await set.load(p);
    for (let row = 0; row < n; row++) {
      const lo = presence[2 * row] as number;
      const returns = returnsOf(lo, presence[2 * row + 1] as number, rule.bits, within).length;
      if (returns > 0) offer(keys, presence, row, returns);
    }
  }
  return top;
}
