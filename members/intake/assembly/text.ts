import { trimEnd, trimStart } from "../../kernel/assembly/text";

/** Trimmed ends of the text looked at last. */
export let from: usize = 0;
export let to: usize = 0;

/** Sets `from` and `to` to the text without white space around it. */
@inline
export function trim(a: usize, e: usize): void {
  from = trimStart(a, e);
  to = trimEnd(from, e);
}

/** No byte outside ASCII and no NUL, which no text file has. Reads up to 16 bytes beyond. */
export function isAscii(p: usize, e: usize): bool {
  for (; p < e; p += 16) {
    let odd = <u32>i8x16.bitmask(i8x16.le_s(v128.load(p), i8x16.splat(0)));
    if (e - p < 16) odd &= (1 << <u32>(e - p)) - 1;
    if (odd) return false;
  }
  return true;
}
