import { fieldAt, fieldEnd } from "./split";
import { NONE } from "./target";

const QUOTE: u8 = 34;

/** The field read last, without quotes around it. */
export let a: usize = 0;
export let e: usize = 0;
export let quoted: bool = false;

@inline export function read(row: usize, column: u32): void {
  a = fieldAt(row, column);
  e = fieldEnd(row, column);
  quoted = e > a && load<u8>(a) == QUOTE;
  if (quoted) {
    a++;
    e--;
  }
}

@inline export function isFilled(row: usize, column: u32): bool {
  if (column == NONE) return false;
  read(row, column);
  return a < e;
}

/** Does the field hold a doubled quote? */
@inline export function doubled(): bool {
  if (!quoted) return false;
  for (let p = a; p < e; p++) if (load<u8>(p) == QUOTE) return true;
  return false;
}
