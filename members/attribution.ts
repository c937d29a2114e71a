import type { Flow, Telling } from "../core/attribution.ts";
import type { SystemId } from "../core/model.ts";
import { type CompareInput, panelOf } from "./compare-panel.ts";
import { EXPECTED, Judge } from "./judge.ts";
import type { Keys } from "./keys.ts";
import type { MemberSet, Partition } from "./member-set.ts";
import { MAX_INPUTS, mergePartitions } from "./merge.ts";
import { MovementTally } from "./movement-tally.ts";

export type MovementInput = {
  readonly system: SystemId;
  readonly now: MemberSet;
  /** Of the complete reading before. */
  readonly previous: MemberSet;
  /** Everybody in the system at the same two readings; null: not known. */
  readonly base: { readonly now: MemberSet; readonly previous: MemberSet } | null;
  /** This segment and its owner; null: this is the owner, or it was not read completely. */
  readonly compare: CompareInput | null;
  /** Attribute → values that its rule lists. */
  readonly values: Readonly<Record<string, readonly string[]>>;
  readonly keys: Keys;
};

/** What became of whom, in people: `rekeyed`, `records`, `changed` and `alike` are everybody who came or left. */
export type Movement = {
  readonly before: number;
  readonly now: number;
  /** Could people be looked up in the whole system? */
  readonly lookedUp: boolean;
  /** Their record is in the system under another identifier, with the same id. */
  readonly rekeyed: Flow;
  /** Records made and deleted. */
  readonly records: Flow;
  /** Changed in a way that tells, or as the owner says now. */
  readonly changed: Flow;
  /** Nothing about them changed, or nothing is known. */
  readonly alike: Flow;
  /** Of `changed`: with another value that tells. */
  readonly values: Flow;
  /** As the owner says now, whatever became of them; null: not compared. */
  readonly owner: Flow | null;
  readonly left: Telling | null;
  readonly came: Telling | null;
  /** Keys of the whole system: gone, and new. */
  readonly keys: Flow;
};

/**
 * Looks up what became of everybody who came into or left a segment between two complete readings. One merge over the
 * sets, a partition at a time; kept are counts and, of records whose key is new or gone, a fingerprint of their id.
 *
 * @throws AuditorError as `compareSets`; bad_data when a file is damaged
 */
export async function movementOf(i: MovementInput): Promise<Movement> {
  const panel = i.compare === null ? null : panelOf(i.compare);
  const judge = panel === null ? null : new Judge(panel);
  const seat = panel?.seats.findIndex((s) => s.system === i.system) ?? -1;
  const inputs: MemberSet[] = [...(panel?.inputs ?? [])];
  const compared = inputs.length;
  const place = (set: MemberSet): number => {
    const known = inputs.findIndex((s) => s.path === set.path);
    return known >= 0 ? known : inputs.push(set) - 1;
  };
  const [now, before] = [place(i.now), place(i.previous)];
  const base = i.base === null ? -1 : place(i.base.now);
  const baseBefore = i.base === null ? -1 : place(i.base.previous);
  // So many lists keep people out of this one that they do not fit into one merge: then the owner is left out.
  if (inputs.length > MAX_INPUTS && i.compare !== null) return movementOf({ ...i, compare: null });
  const tally = new MovementTally(i.base, i.values, i.keys, judge !== null);

  for (let p = 0; p < i.now.partitions; p++) {
    const parts = await Promise.all(inputs.map((set) => set.load(p)));
    judge?.open(parts);
    if (base >= 0) tally.open(parts[base] as Partition, parts[baseBefore] as Partition);
    let judged: Int32Array | null = null;
    mergePartitions(parts, (_key, at) => {
      const is = rowOf(parts[now] as Partition, at[now] as number) >= 0;
      const was = rowOf(parts[before] as Partition, at[before] as number) >= 0;
      let agrees = false;
      if (is !== was && judge !== null) {
        // `at` is one array for the whole partition; the judge sees its own inputs only
        judged ??= at.subarray(0, compared);
        judge.look(judged);
        agrees = ((judge.flags(seat) & EXPECTED) !== 0) === is;
      }
      const row = base < 0 ? -1 : rowOf(parts[base] as Partition, at[base] as number);
      const rowBefore = base < 0 ? -1 : rowOf(parts[baseBefore] as Partition, at[baseBefore] as number);
      tally.person(is, was, agrees, row, rowBefore);
    });
  }
  return tally.result();
}

/** The row of somebody who was there in that reading, else −1: rows of people who left stay as history. */
const rowOf = (part: Partition, row: number): number =>
  row >= 0 && ((part.presence[2 * row] as number) & 1) === 1 ? row : -1;
