import { AuditorError } from "../core/errors.ts";
import { eachKind, isFor, type StoredKernel, storedKernel } from "./kernel/each-kind.ts";
import { rowsOfKinds } from "./looks.ts";
import type { MemberSet, Partition } from "./member-set.ts";
import { mergePartitions } from "./merge.ts";

/** A counter for every mask that there can be: 2^16 of them are half a megabyte, whatever the sets hold. */
export const MAX_OVERLAP = 16;

/** Only who is there now, and who was before. */
const TWO_READINGS = { owner: 0, bits: 3n, fields: [], prints: [] } as const;

export type SetOverlap = {
  /** Presence mask (decimal, bit per input, lowest first) → people; whoever is in none is not counted. */
  readonly masks: Record<string, number>;
  /** The same for people who were there in the reading before too; empty where a set has no history. */
  readonly settled: Record<string, number>;
};

/**
 * How many people are in exactly which of these sets, in one merge. Bounded memory: one partition of each set at a
 * time and a fixed table of counters.
 *
 * @param sets at most 16, of one identity and one key epoch, each once
 * @param kernel counts people who look alike together, with the same result; null: the reference does it
 * @throws AuditorError config or stale when they do not belong together; bad_data when a file is damaged
 */
export async function overlapOf(
  sets: readonly MemberSet[],
  kernel: StoredKernel | null = storedKernel(),
): Promise<SetOverlap> {
  checkTogether(sets);
  const n = sets.length;
  const now = new Uint32Array(1 << n);
  const settled = new Uint32Array(1 << n);
  const count = (parts: readonly Partition[], at: Int32Array, people: number): void => {
    let here = 0;
    let both = 0;
    for (let i = 0; i < n; i++) {
      const row = at[i] as number;
      if (row < 0) continue;
      const word = parts[i]?.presence[2 * row] ?? 0;
      if ((word & 1) === 0) continue;
      here |= 1 << i;
      if ((word & 2) !== 0) both |= 1 << i;
    }
    now[here] = (now[here] as number) + people;
    settled[both] = (settled[both] as number) + people;
  };
  if (isFor(kernel, sets)) {
    await eachKind(kernel, sets, TWO_READINGS, (kinds) =>
      rowsOfKinds(kinds, (at, people) => count(kinds.parts, at, people)),
    );
  } else {
    for (let p = 0; p < (sets[0]?.partitions ?? 0); p++) {
      const parts = await Promise.all(sets.map((set) => set.load(p)));
      mergePartitions(parts, (_key, at) => count(parts, at, 1));
    }
  }
  return { masks: counted(now), settled: counted(settled) };
}

function counted(counters: Uint32Array): Record<string, number> {
  const masks: Record<string, number> = {};
  for (let mask = 1; mask < counters.length; mask++) {
    const people = counters[mask] as number;
    if (people > 0) masks[mask] = people;
  }
  return masks;
}

function checkTogether(sets: readonly MemberSet[]): void {
  const [first] = sets;
  if (sets.length > MAX_OVERLAP)
    throw new AuditorError(
      "config",
      "overlap",
      `${sets.length} member sets at once; at most ${MAX_OVERLAP}`,
      "overlap them in blocks",
    );
  for (const set of sets) {
    if (set.epoch !== first?.epoch)
      throw new AuditorError(
        "stale",
        set.path,
        `made with key epoch ${set.epoch}, another with ${first?.epoch}`,
        "audit again, so that all sets have the new key",
      );
    if (set.identity !== first.identity)
      throw new AuditorError(
        "config",
        set.path,
        `names people by ${set.identity}, another set by ${first.identity}`,
        "overlap only sets of one identity",
      );
  }
}
