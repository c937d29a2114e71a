import { type ChainEntry, hashOf, NOTHING_BEFORE } from "./audit-chain.ts";
import { type Fault, faultAt } from "./chain-fault.ts";

/** What was the newest entry at some time, kept outside the database. */
export type Anchor = { readonly seq: number; readonly hash: string; readonly at: string };

/** null: a line or row that nobody of ours can have written. */
export type Item = ChainEntry | null;

export type ChainVerdict = {
  /** Entries that fit, counted up to the first fault. */
  readonly entries: number;
  readonly first: number | null;
  readonly last: { readonly seq: number; readonly hash: string } | null;
  /** Anchors that were compared and fit. */
  readonly anchored: number;
  /** null: nothing was tampered with, as far as chain and anchors can tell. */
  readonly fault: Fault | null;
};

export type VerifyOptions = {
  readonly anchors: readonly Anchor[];
  /** What comes before the first entry; default: nothing. null: a part of the log, its first entry is believed. */
  readonly after?: { readonly seq: number; readonly hash: string } | null;
};

/** So many later entries are looked at to say what happened; that something happened needs none. */
const LOOK_AHEAD = 20_000;

/**
 * Does every entry follow from the one before, and does it fit what was anchored? Pure: entries in their order in,
 * verdict out; memory does not grow with the log.
 */
export async function verifyChain(
  source: AsyncIterable<Item> | Iterable<Item>,
  { anchors, after = { seq: 0, hash: NOTHING_BEFORE } }: VerifyOptions,
): Promise<ChainVerdict> {
  const wanted = new Map<number, Anchor[]>();
  for (const a of anchors) wanted.set(a.seq, [...(wanted.get(a.seq) ?? []), a]);
  const recent: { seq: number; hash: string }[] = [];
  let last = after;
  let [first, entries, anchored, lastFit]: [number | null, number, number, number] = [null, 0, 0, 0];
  let fault: Fault | null = null;
  const rest: Item[] = [];
  for await (const item of source) {
    if (fault !== null || rest.length >= LOOK_AHEAD) break;
    last ??= item === null ? { seq: 0, hash: NOTHING_BEFORE } : { seq: item.seq - 1, hash: item.prev };
    if (rest.length > 0 || !continues(item, last)) {
      rest.push(item);
      continue;
    }
    last = { seq: item.seq, hash: item.hash };
    first ??= item.seq;
    entries++;
    recent.push(last);
    if (recent.length > 64) recent.shift();
    for (const anchor of wanted.get(item.seq) ?? []) {
      if (anchor.hash !== item.hash) fault ??= rewritten(anchor, lastFit);
      else anchored++;
    }
    if (fault === null && wanted.has(item.seq)) lastFit = item.seq;
  }
  last ??= { seq: 0, hash: NOTHING_BEFORE };
  if (rest.length > 0) fault ??= faultAt(rest, last, recent);
  fault ??= cut(anchors, last.seq);
  return { entries, first, last: entries === 0 ? null : last, anchored, fault };
}

const continues = (item: Item, last: { seq: number; hash: string }): item is ChainEntry =>
  item !== null && item.seq === last.seq + 1 && item.prev === last.hash && hashOf(item) === item.hash;

/** Every hash fits the next, but not what was seen from outside: somebody made them all anew. */
function rewritten(anchor: Anchor, lastFit: number): Fault {
  const since = lastFit === 0 ? "from the beginning" : `after ${lastFit}, the last that fits an anchor,`;
  return {
    seq: lastFit + 1,
    what: "edited",
    because: `entry ${anchor.seq} is not the one that was anchored at ${anchor.at}: something ${since} up to ${anchor.seq} was changed and the hashes made anew`,
  };
}

function cut(anchors: readonly Anchor[], last: number): Fault | null {
  const beyond = anchors.filter((a) => a.seq > last).sort((a, b) => a.seq - b.seq);
  const furthest = beyond.at(-1);
  if (furthest === undefined) return null;
  return {
    seq: last + 1,
    what: "tail_cut",
    because: `the log ends with ${last}, but at ${furthest.at} it had ${furthest.seq} entries`,
  };
}
