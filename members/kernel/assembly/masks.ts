/**
 * People per presence mask. Of up to 8 sets, a count for each mask there can be; of more, a table of those that come:
 *
 *     few:  256 × people 4
 *     many: masks in the table 4 | 0 | 2^16 × (mask 4 | people 4), where no person's mask is 0
 */
const FEW: u32 = 8;
const EACH: usize = 256;
const HEAD: usize = 8;
const SLOT_BITS: u32 = 16;
const SLOTS: usize = 1 << SLOT_BITS;
/** Fuller than this, the table is looked through for too long. */
const MOST: u32 = 3 << (SLOT_BITS - 2);

/** Takes all masks out of the table. */
@external("host", "takeMasks") declare function hostTakeMasks(masks: usize): void;

/** Bytes of the counts of `n` sets. */
@inline export function masksBytes(n: u32): usize {
  return n > FEW ? HEAD + (SLOTS << 3) : EACH << 2;
}

/** @param n sets */
@inline export function countMask(masks: usize, n: u32, mask: u32): void {
  assert(mask != 0);
  if (n > FEW) countInTable(masks, mask);
  else add(masks + (<usize>mask << 2));
}

@inline function add(count: usize): void {
  store<u32>(count, load<u32>(count) + 1);
}

function countInTable(masks: usize, mask: u32): void {
  const first = <usize>((mask * 0x9e3779b1) >>> (32 - SLOT_BITS));
  for (let slot = first; ; slot = (slot + 1) & (SLOTS - 1)) {
    const at = masks + HEAD + (slot << 3);
    const there = load<u32>(at);
    if (there == mask) {
      add(at + 4);
      return;
    }
    if (there) continue;
    if (load<u32>(masks) == MOST) {
      hostTakeMasks(masks);
      // the table is empty now
      countInTable(masks, mask);
      return;
    }
    add(masks);
    store<u32>(at, mask);
    store<u32>(at, 1, 4);
    return;
  }
}
