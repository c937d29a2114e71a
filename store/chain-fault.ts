import { type ChainEntry, hashOf } from "./audit-chain.ts";

/** The first place where the log is not what was written, and what seems to have happened there. */
export type Fault = {
  readonly seq: number;
  readonly what: "edited" | "deleted" | "inserted" | "reordered" | "tail_cut";
  readonly because: string;
};

type Link = { readonly seq: number; readonly hash: string };
/** Entries that were numbered anew after a deletion or insertion are looked for this far away. */
const NEAR = 64;

const fitsAs = (e: ChainEntry, seq: number): boolean => hashOf({ ...e, seq }) === e.hash;

/** The number that an entry was written with; null: with none, so its content is not what was hashed. */
function writtenAs(e: ChainEntry, n: number, rest: readonly (ChainEntry | null)[]): number | null {
  const before = rest.find((other) => other !== null && other.hash === e.prev);
  const near = Array.from({ length: 2 * NEAR + 1 }, (_, i) => n - NEAR + i).sort(
    (a, b) => Math.abs(a - n) - Math.abs(b - n),
  );
  const tries = [e.seq, ...(before === undefined || before === null ? [] : [before.seq + 1]), ...near];
  return tries.find((seq) => fitsAs(e, seq)) ?? null;
}

/**
 * Says what happened at the first entry that does not continue the chain. That something happened is certain; which of
 * these it was is read from the hashes, and somebody who makes hashes anew can blur it.
 *
 * @param rest the entry that does not fit, and those after it
 * @param last the entry before, which fits
 * @param recent the last ones that fit, with it
 */
export function faultAt(rest: readonly (ChainEntry | null)[], last: Link, recent: readonly Link[]): Fault {
  const n = last.seq + 1;
  const here = rest[0] ?? null;
  const fault = (seq: number, what: Fault["what"], because: string): Fault => ({ seq, what, because });
  const edited = fault(n, "edited", `what entry ${n} says is not what was hashed`);
  const moved = rest.slice(1).some((x) => x !== null && x.prev === last.hash && fitsAs(x, n));
  const written = here === null ? null : writtenAs(here, n, rest);
  if (here === null || written === null)
    return moved ? fault(n, "inserted", `entry ${n} was put in front of the true one`) : edited;
  if (here.prev === last.hash) return fault(n, "edited", `entry ${n} is numbered ${here.seq}`);
  if (written === n) {
    const next = rest[1] ?? null;
    if (recent.length === 0 || (next !== null && next.prev !== here.hash))
      return moved ? fault(n, "inserted", `entry ${n} was put in front of the true one`) : edited;
    return fault(
      n - 1,
      "edited",
      `entry ${n} was written after an entry ${n - 1} with another hash than the one that is there`,
    );
  }
  if (written > n) {
    if (moved) return fault(n, "reordered", `entry ${written} stands in the place of entry ${n}`);
    const gone = written - n === 1 ? `entry ${n} is` : `entries ${n} to ${written - 1} are`;
    return fault(n, "deleted", `${gone} missing`);
  }
  const twice = recent.some((r) => r.seq === written && r.hash === here.hash);
  if (moved || twice) return fault(n, "inserted", `entry ${written} stands here again`);
  return fault(written, "inserted", `the true entry ${written} was pushed back by another`);
}
