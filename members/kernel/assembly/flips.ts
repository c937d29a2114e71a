/** Who came back, by presence words: the same as `returnsOf` and `isFlipping` of members/flips.ts. */
const FLIP_RETURNS: u32 = 3;
export const FLIPPING: u32 = 1 << 31;

/**
 * Most people are steady, joined once or left once: their presence is one run of readings. Two of them are passed over at
 * a time.
 *
 * @param presence `n` words of 8 bytes, newest reading lowest
 * @param bits readings that count; @param within readings that a return may take
 * @param week readings a week, if returns that far apart are the calendar's; 0: they are not
 * @param out room for 8 bytes a row: the row, then how often it came back, with the highest bit if it flips
 * @returns people who came back, in the order of their rows
 */
export function returners(presence: usize, n: u32, bits: u32, within: u32, week: u32, out: usize): u32 {
  const one = i64x2.splat(1);
  let at = out;
  let row: u32 = 0;
  for (; row + 2 <= n; row += 2) {
    const words = v128.load(presence + (<usize>row << 3));
    // the reading that began a run has a bit; one is left where there are several
    const begun = v128.andnot(words, i64x2.shr_u(words, 1));
    if (!v128.any_true(v128.and(begun, i64x2.sub(begun, one)))) continue;
    at = returner(presence, row, bits, within, week, at);
    at = returner(presence, row + 1, bits, within, week, at);
  }
  if (row < n) at = returner(presence, row, bits, within, week, at);
  return <u32>((at - out) >> 3);
}

@inline function returner(presence: usize, row: u32, bits: u32, within: u32, week: u32, at: usize): usize {
  const found = returnsOf(load<u64>(presence + (<usize>row << 3)), bits, within, week);
  if (!found) return at;
  store<u32>(at, row);
  store<u32>(at, found, 4);
  return at + 8;
}

function returnsOf(word: u64, bits: u32, within: u32, week: u32): u32 {
  let returns: u32 = 0;
  let away: u32 = 0;
  let known = false;
  let calendar = week != 0;
  let last: i32 = 0;
  for (let i = <i32>min<u32>(64, bits + within) - 1; i >= 0; i--) {
    if (!((word >> i) & 1)) {
      away++;
      continue;
    }
    if (known && away > 0 && away <= within && <u32>i < bits) {
      if (away < 2 || (returns > 0 && last - i != <i32>week)) calendar = false;
      returns++;
      last = i;
    }
    known = true;
    away = 0;
  }
  return returns >= FLIP_RETURNS && !calendar ? returns | FLIPPING : returns;
}
