import { type CompareInput, type Panel, panelOf } from "./compare-panel.ts";
import { CompareTallies, type SetComparison } from "./compare-tallies.ts";
import { eachKind, isFor, type StoredKernel, storedKernel } from "./kernel/each-kind.ts";
import { looksOf, rowsOfKinds } from "./looks.ts";
import { mergePartitions } from "./merge.ts";

export type { CompareInput, ExcludedInput, SegmentInput } from "./compare-panel.ts";
export type { SetComparison } from "./compare-tallies.ts";

/**
 * Compares all copies of an audience, person by person, in one merge over all systems. Bounded memory: one partition
 * of each set at a time. All sets must be complete readings: the caller leaves partial ones out.
 *
 * Who should be at S: the owner's people whose values fit `where`, less the excluded; for a suppression audience the
 * owner's people with a record at S.
 *
 * @param kernel merges large sets and counts people who look alike together, with the same result; null: the reference
 *   does it, person by person
 * @throws AuditorError config or stale when the sets do not belong together; bad_data when a file is damaged
 */
export async function compareSets(
  i: CompareInput,
  kernel: StoredKernel | null = storedKernel(),
): Promise<SetComparison> {
  const panel = panelOf(i);
  const tallies = new CompareTallies(panel);
  if (isFor(kernel, panel.inputs)) await byKind(kernel, panel, tallies);
  else await byPerson(panel, tallies);
  return tallies.result();
}

async function byPerson(panel: Panel, tallies: CompareTallies): Promise<void> {
  for (let p = 0; p < (panel.inputs[0]?.partitions ?? 0); p++) {
    const parts = await panel.load(p);
    if (parts.every((part) => part.n === 0)) continue;
    tallies.open(parts);
    mergePartitions(parts, (_key, at) => tallies.people(at, 1));
  }
}

async function byKind(kernel: StoredKernel, panel: Panel, tallies: CompareTallies): Promise<void> {
  await eachKind(kernel, panel.inputs, looksOf(panel), (kinds) => {
    tallies.open(kinds.parts);
    rowsOfKinds(kinds, (at, people) => tallies.people(at, people));
  });
}
