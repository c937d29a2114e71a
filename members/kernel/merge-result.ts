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

/** Sets that one merge takes. */
export const MOST_SETS = 8;
const MASKS = 256;
const STATES = 5;

/** Bytes of the counts of a merge. */
export const resultBytes = (sets: number, attributes: number): number =>
  4 * (MASKS + sets * attributes * STATES);

/** @param parts counts of the same merge, each of other partitions */
export function mergedOf(parts: readonly Uint32Array[], sets: number, attributes: number): Merged {
  const sum = (at: number): number => parts.reduce((n, words) => n + (words[at] as number), 0);
  const masks = new Map<number, number>();
  for (let mask = 1; mask < 1 << sets; mask++) {
    const people = sum(mask);
    if (people > 0) masks.set(mask, people);
  }
  const agreement = Array.from({ length: sets }, (_, s) =>
    Array.from({ length: attributes }, (_, a): Agreement => {
      const at = MASKS + (s * attributes + a) * STATES;
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
