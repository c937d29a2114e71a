import { AuditorError } from "../core/errors.ts";
import type { Instant, RunId, SystemId } from "../core/model.ts";
import { type AgreedHead, type AgreedState, agreedWriter, headOf } from "./agreed-file.ts";
import { type CompareInput, type Panel, panelOf } from "./compare-panel.ts";
import { carryFrom } from "./kernel/carry.ts";
import { type StoredKernel, storedKernel } from "./kernel/each-kind.ts";

export type CarryOptions = {
  readonly file: string;
  readonly runId: RunId;
  /** Copies that the audience still has, the owner not among them. Those not read now keep what they had. */
  readonly copies: readonly SystemId[];
};

/**
 * Carries what was last agreed on over one comparison: where owner and copy agree about a person, both with or both
 * without, that is the new agreement; where they differ, the last one stays. The same for each field of people whom
 * both have. One partition of each set in memory; the previous state is one more input of the merge.
 *
 * @param i complete readings only, of the lists that keep people out as well: whoever calls makes sure
 * @param previous null: none is kept, or it belongs to another owner, identity or key epoch
 * @param kernel carries large sets on, to the same bytes; null: the reference does it, person by person
 * @throws as `compareSets`, also when the previous state is damaged; permanent when the disk refuses
 */
export async function carryAgreed(
  i: CompareInput,
  previous: AgreedState | null,
  o: CarryOptions,
  kernel: StoredKernel | null = storedKernel(),
): Promise<AgreedHead> {
  const panel = panelOf(i);
  const source = i.segments.find((s) => s.system === i.owner)?.set;
  if (source === undefined) throw new RangeError("panelOf lets no comparison through without its owner");
  const last = fits(previous, i.owner, source) ? previous : null;
  const head = headNow(i, last, panel, source.asOf, o);
  const writer = await agreedWriter(o.file);
  try {
    const carry = carryFrom(kernel, { panel, last, head });
    let size = 0;
    for (let p = 0; p < source.partitions; p++) {
      const { part, agreed } = await carry(p);
      size += agreed;
      await writer.write(part);
    }
    await writer.commit(headOf(head, source, size));
    return head;
  } catch (e) {
    await writer.abort();
    if (e instanceof AuditorError) throw e;
    throw new AuditorError(
      "permanent",
      o.file,
      "what was last agreed could not be written",
      "check the data folder and its free space, then audit again",
      { cause: e },
    );
  }
}

/** What was agreed under another owner, identity or key says nothing about these people. */
export const fits = (
  state: AgreedState | null,
  owner: SystemId,
  like: { readonly identity: string; readonly epoch: number },
): boolean => state?.owner === owner && state.identity === like.identity && state.epoch === like.epoch;

function headNow(
  i: CompareInput,
  last: AgreedState | null,
  panel: Panel,
  ownerAsOf: Instant,
  o: CarryOptions,
): AgreedHead {
  const copies = [...new Set(o.copies)].sort().flatMap((system) => {
    const now = i.segments.find((s) => s.system === system)?.set;
    if (now !== undefined) return [{ system, asOf: now.asOf < ownerAsOf ? now.asOf : ownerAsOf }];
    return last?.copies.filter((c) => c.system === system) ?? [];
  });
  return { owner: i.owner, runId: o.runId, copies, fields: panel.attributes };
}
