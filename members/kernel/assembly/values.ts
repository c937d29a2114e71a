import { high, sip } from "./sip";
import { isPlainNfc, trimEnd, trimStart } from "./text";

/** Of a value that may not be in the form that is hashed, or has doubled quotes: by the reference. */
@external("host", "print") declare function hostPrint(p: usize, n: u32, doubled: bool): u32;

const EMPTY: u32 = 1;
/** Values repeat: so many short ones are remembered with their print. */
const SLOTS: u64 = 4096;
const SLOT_BYTES: usize = 32;
const HIGH_BITS: u64 = 0x8080808080808080;

let memo: usize = 0;

export function memoBytes(): u32 {
  return <u32>(<usize>SLOTS * SLOT_BYTES);
}
export function initValues(at: usize): void {
  memo = at;
  memory.fill(at, 0, <usize>SLOTS * SLOT_BYTES);
}

/** 0 and 1 mean "no such field" and "empty". */
@inline function keptFree(print: u32): u32 {
  return print < 2 ? print + 2 : print;
}

/** Keyed 32-bit fingerprint of a value without quotes around it; the same as `fingerprinter` gives. Reads 16 bytes. */
@inline
export function printOf(a: usize, e: usize, doubled: bool): u32 {
  const p = trimStart(a, e);
  const n = <u32>(trimEnd(p, e) - p);
  if (n > 16 || doubled) return printOfLong(a, e, doubled);
  if (n == 0) return EMPTY;
  // The first eight bytes, and the others: without branches, since lengths vary from row to row.
  const x = load<u64>(p) & (~0 >> (64 - (<u64>min<u32>(n, 8) << 3)));
  const y = select<u64>(load<u64>(p, 8) & (~0 >> ((16 - <u64>n) << 3)), 0, n > 8);
  const slot = memo + <usize>(((x ^ rotl(y, 23) ^ <u64>n) * 0x9e3779b97f4a7c15) >> 52) * SLOT_BYTES;
  if (load<u64>(slot) == x && load<u64>(slot, 8) == y && load<u32>(slot, 16) == n) return load<u32>(slot, 20);
  let print: u32;
  if ((x | y) & HIGH_BITS && !isPlainNfc(p, n)) print = hostPrint(p, n, false);
  else {
    sip(p, n, false);
    print = keptFree(<u32>(high >> 32));
  }
  store<u64>(slot, x);
  store<u64>(slot, y, 8);
  store<u32>(slot, n, 16);
  store<u32>(slot, print, 20);
  return print;
}

function printOfLong(a: usize, e: usize, doubled: bool): u32 {
  if (doubled) return hostPrint(a, <u32>(e - a), true);
  const p = trimStart(a, e);
  const n = <u32>(trimEnd(p, e) - p);
  if (!isPlainNfc(p, n)) return hostPrint(p, n, false);
  sip(p, n, false);
  return keptFree(<u32>(high >> 32));
}
