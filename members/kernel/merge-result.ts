import type { WasmMemory } from "./wasm.ts";

/** How one attribute of the people in both a file and the owner compares. */
export type Agreement = {
  readonly equal: number;
  readonly differ: number;
  readonly nullHere: number;
  readonly nullAtOwner: number;
  readonly nullBoth: number;
};

export type Merged = {
  /** People per presence mask; bit s: in set s. */
  readonly masks: ReadonlyMap<number, number>;
  /** Per set and attribute; of the owner itself all 0. */
  readonly agreement: readonly (readonly Agreement[])[];
};

/** Sets that one merge takes: a mask is a number of 32 bits with a sign. */
export const MOST_SETS = 30;
/** Of so many, each mask there can be has a count; of more, they stand in a table. See assembly/masks.ts. */
const FEW_SETS = 8;
const MASKS = 256;
const HEAD = 2;
const SLOTS = 1 << 16;
const STATES = 5;

const maskWords = (sets: number): number => (sets > FEW_SETS ? HEAD + 2 * SLOTS : MASKS);

/** Bytes of the counts of a merge. */
export const resultBytes = (sets: number, attributes: number): number =>
  4 * (maskWords(sets) + sets * attributes * STATES);

/** People per mask, of those that a table had no room for, and at the end of all. */
export type Masks = Map<number, number>;

/** Moves the masks of a table to `into`. @param at address of the table */
export function takeMasks(memory: WasmMemory, at: number, into: Masks): void {
  const table = new Uint32Array(memory.buffer, at, HEAD + 2 * SLOTS);
  for (let slot = HEAD; slot < table.length; slot += 2) {
    const mask = table[slot] as number;
    if (mask !== 0) into.set(mask, (into.get(mask) ?? 0) + (table[slot + 1] as number));
  }
  table.fill(0);
}

/** After a merge of so many sets. @param at address of its counts */
export function takeLastMasks(memory: WasmMemory, at: number, sets: number, into: Masks): void {
  if (sets > FEW_SETS) takeMasks(memory, at, into);
}

/**
 * @param parts counts of the same merge, each of other partitions
 * @param taken the masks that were taken out of their tables
 */
export function mergedOf(
  parts: readonly Uint32Array[],
  taken: readonly Masks[],
  sets: number,
  attributes: number,
): Merged {
  const sum = (at: number): number => parts.reduce((n, words) => n + (words[at] as number), 0);
  const masks: Masks = new Map();
  for (let mask = 1; sets <= FEW_SETS && mask < 1 << sets; mask++) {
    const people = sum(mask);
    if (people > 0) masks.set(mask, people);
  }
  for (const some of taken)
    for (const [mask, people] of some) masks.set(mask, (masks.get(mask) ?? 0) + people);
  const agreement = Array.from({ length: sets }, (_, s) =>
    Array.from({ length: attributes }, (_, a): Agreement => {
      const at = maskWords(sets) + (s * attributes + a) * STATES;
      return {
        equal: sum(at),
        differ: sum(at + 1),
        nullHere: sum(at + 2),
        nullAtOwner: sum(at + 3),
        nullBoth: sum(at + 4),
      };
    }),
  );
  return { masks, agreement };
}
