/** Keys of merged sets: each set has a description of `bytes`, with the address of its keys at 4 and its next row at `rowAt`. */

@inline export function highAt(set: usize, row: u32): u64 {
  return rotl(load<u64>(<usize>load<u32>(set, 4) + (<usize>row << 4)), 32);
}
@inline export function lowAt(set: usize, row: u32): u64 {
  return rotl(load<u64>(<usize>load<u32>(set, 4) + (<usize>row << 4), 8), 32);
}

/** Of the sets whose keys begin alike, those with the least key: the other half of the key decides. @param sets the first of them */
@inline export function withLeastLow(sets: usize, bytes: usize, rowAt: usize, mask: u32): u32 {
  if (!(mask & (mask - 1))) return mask;
  let least: u64 = u64.MAX_VALUE;
  let kept: u32 = 0;
  for (let left = mask; left; left &= left - 1) {
    const set = sets + <usize>ctz(left) * bytes;
    const low = lowAt(set, load<u32>(set + rowAt));
    const bit = left & (~left + 1);
    if (!kept || low < least) {
      least = low;
      kept = bit;
    } else if (low == least) kept |= bit;
  }
  return kept;
}
