import type { PersonKey } from "../core/model.ts";
import { FLIP_WINDOW, type FlipRule, presenceText, returnsOf } from "./flips.ts";
import { isFor, type StoredKernel, storedKernel } from "./kernel/each-kind.ts";
import { eachReturner, type Returner } from "./kernel/returners.ts";
import type { MemberSet } from "./member-set.ts";
import { hexOfWords } from "./person-key.ts";
import type { Column } from "./set-layout.ts";

export type Returning = { readonly person: PersonKey; readonly bits: string; readonly returns: number };
type Found = Omit<Returner, "flipping">;

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
  // people come in the order of their keys, and sorting keeps it among equals
  const top: Found[] = [];
  const offer = (found: Found): void => {
    if (top.length >= limit && found.returns <= (top.at(-1)?.returns ?? 0)) return;
    top.push(found);
    top.sort((a, b) => b.returns - a.returns);
    if (top.length > limit) top.pop();
  };
  if (isFor(kernel, [set])) await eachReturner(kernel, set, rule, offer);
  else await eachByReference(set, rule, offer);
  return await Promise.all(
    top.map(async ({ p, row, lo, hi, returns }) => {
      const keys = await wordsOf(set, p, "keys");
      return { person: hexOfWords(keys, 4 * row), bits: presenceText(lo, hi, rule.bits), returns };
    }),
  );
}

async function eachByReference(set: MemberSet, rule: FlipRule, visit: (found: Found) => void): Promise<void> {
  for (let p = 0; p < set.partitions; p++) {
    const presence = await wordsOf(set, p, "presence");
    for (let row = 0; 2 * row < presence.length; row++) {
      const lo = presence[2 * row] as number;
      const hi = presence[2 * row + 1] as number;
      const returns = returnsOf(lo, hi, rule.bits, rule.within).length;
      if (returns > 0) visit({ p, row, lo, hi, returns });
    }
  }
}

async function wordsOf(set: MemberSet, p: number, column: Column): Promise<Uint32Array> {
  const bytes = new Uint8Array(set.columnBytes(p, column));
  await set.columnInto(p, column, bytes);
  return new Uint32Array(bytes.buffer);
}
