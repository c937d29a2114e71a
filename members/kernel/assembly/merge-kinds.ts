/** One pass over one partition of up to 32 stored sets, in the order of the keys. */
import { count } from "./kinds";
import { highAt, lowAt, withLeastLow } from "./least";
import { INPUT, inputs, look, lookAtValues, looks, looksEnd, mixed, n, owner, placeFields, wordOf } from "./looks";

const ROW_AT: usize = 20;

/**
 * Goes on from the inputs' next rows.
 *
 * @param heads room for 8 bytes an input
 * @returns 0: the partition is done; 1: the table is full, to be emptied before the next call
 */
export function mergeKinds(heads: usize): u32 {
  placeFields();
  if (n == 2) return mergeTwo();
  let live: u32 = 0;
  for (let s: u32 = 0; s < n; s++) {
    const input = inputs + <usize>s * INPUT;
    const row = load<u32>(input, 20);
    const more = row < load<u32>(input);
    if (more) live |= 1 << s;
    store<u64>(heads + (<usize>s << 3), more ? highAt(input, row) : u64.MAX_VALUE);
  }
  while (live) {
    let least = load<u64>(heads);
    for (let s: u32 = 1; s < n; s++) least = min(least, load<u64>(heads + (<usize>s << 3)));
    let mask: u32 = 0;
    for (let s: u32 = 0; s < n; s++) mask |= <u32>(load<u64>(heads + (<usize>s << 3)) == least) << s;
    mask = withLeastLow(inputs, INPUT, ROW_AT, mask & live);
    if (!count(mask, look(mask))) return 1;
    for (let left = mask; left; left &= left - 1) {
      const s = ctz(left);
      const input = inputs + <usize>s * INPUT;
      const next = load<u32>(input, 20) + 1;
      store<u32>(input, next, 20);
      const more = next < load<u32>(input);
      if (!more) live &= ~(1 << s);
      store<u64>(heads + (<usize>s << 3), more ? highAt(input, next) : u64.MAX_VALUE);
    }
  }
  return 0;
}

/** The same for two inputs, with everything that changes from person to person at hand. */
function mergeTwo(): u32 {
  const a = inputs;
  const b = inputs + INPUT;
  const endA = load<u32>(a);
  const endB = load<u32>(b);
  let rowA = load<u32>(a, 20);
  let rowB = load<u32>(b, 20);
  const presenceA = <usize>load<u32>(a, 8);
  const presenceB = <usize>load<u32>(b, 8);
  const consentA = <usize>load<u32>(a, 16);
  const consentB = <usize>load<u32>(b, 16);
  const bitsA = load<u64>(a, 32);
  const bitsB = load<u64>(b, 32);
  let highA = rowA < endA ? highAt(a, rowA) : 0;
  let highB = rowB < endB ? highAt(b, rowB) : 0;
  while (rowA < endA || rowB < endB) {
    let mask: u32 = 3;
    if (rowA == endA) mask = 2;
    else if (rowB == endB) mask = 1;
    else if (highA != highB) mask = highA < highB ? 1 : 2;
    else {
      const lowA = lowAt(a, rowA);
      const lowB = lowAt(b, rowB);
      if (lowA != lowB) mask = lowA < lowB ? 1 : 2;
    }
    const wordA = mask & 1 ? wordOf(presenceA, consentA, rowA) & bitsA : 0;
    const wordB = mask & 2 ? wordOf(presenceB, consentB, rowB) & bitsB : 0;
    store<u64>(looks, wordA);
    store<u64>(looks, wordB, 8);
    store<u32>(a, rowA, 20);
    store<u32>(b, rowB, 20);
    let hash = mixed(mixed(0, wordA), wordB);
    if (looks + 16 != looksEnd) hash = lookAtValues(hash, ((owner == a ? wordA : wordB) & 1) != 0);
    if (!count(mask, hash)) return 1;
    if (mask & 1) {
      rowA++;
      highA = rowA < endA ? highAt(a, rowA) : 0;
    }
    if (mask & 2) {
      rowB++;
      highB = rowB < endB ? highAt(b, rowB) : 0;
    }
  }
  return 0;
}
