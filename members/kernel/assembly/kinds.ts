/**
 * People who look alike, counted together. Of each kind the rows of its first person are kept, so that the host judges a kind once.
 */
import { INPUT, inputs, looks, looksEnd, n, printAt } from "./looks";

/** Kinds in the table. */
export let kinds: u32 = 0;

let slots: usize = 0;
let slotMask: u32 = 0;
let known: usize = 0;
let weights: usize = 0;
let masks: usize = 0;
let capacity: u32 = 0;
/** Who is of which kind, for `pickPeople` and `carryPeople`: kind 4, inputs with a row 4. 0: nobody asks. */
export let log: usize = 0;
export let logEnd: usize = 0;
let logNext: usize = 0;

/**
 * @param slots_ room for 4 << slotBits, at least twice the capacity; @param known_ room for the words of all kinds
 * @param weights_ room for 4 bytes a kind: how many people; @param masks_ the same: in which inputs they have a row
 */
export function initKinds(
  slots_: usize, slotBits: u32, known_: usize, weights_: usize, masks_: usize, capacity_: u32,
): void {
  slots = slots_;
  slotMask = (1 << slotBits) - 1;
  known = known_;
  weights = weights_;
  masks = masks_;
  capacity = capacity_;
  log = 0;
  emptyKinds();
}

export function emptyKinds(): void {
  kinds = 0;
  memory.fill(slots, 0, (<usize>slotMask + 1) << 2);
}

/** One more of the kind whose looks are written. @returns false: it is a new one, and the table is full */
@inline export function count(mask: u32, hash: u64): bool {
  const bytes = looksEnd - looks;
  let slot = <u32>hash & slotMask;
  for (;;) {
    const kind = load<u32>(slots + (<usize>slot << 2));
    if (!kind) break;
    let a = known + <usize>(kind - 1) * bytes;
    let b = looks;
    while (b < looksEnd && load<u64>(a) == load<u64>(b)) {
      a += 8;
      b += 8;
    }
    if (b == looksEnd) {
      const weight = weights + (<usize>(kind - 1) << 2);
      store<u32>(weight, load<u32>(weight) + 1);
      if (log) write(kind, mask);
      return true;
    }
    slot = (slot + 1) & slotMask;
  }
  if (kinds == capacity) return false;
  const kind = <usize>kinds;
  kinds++;
  store<u32>(slots + (<usize>slot << 2), kinds);
  memory.copy(known + kind * bytes, looks, bytes);
  store<u32>(weights + (kind << 2), 1);
  store<u32>(masks + (kind << 2), mask);
  for (let left = mask; left; left &= left - 1) keep(inputs + <usize>ctz(left) * INPUT, kind);
  if (log) write(kinds, mask);
  return true;
}

/** Copies this input's row of the person at hand. */
function keep(input: usize, kind: usize): void {
  const row = <usize>load<u32>(input, 20);
  store<u64>(<usize>load<u32>(input, 40) + (kind << 3), load<u64>(<usize>load<u32>(input, 8) + (row << 3)));
  const columns = load<u32>(input, 24);
  let to = <usize>load<u32>(input, 44) + (kind << 2);
  for (let c: u32 = 0; c < columns; c++, to += <usize>capacity << 2) store<u32>(to, printAt(input, c));
  store<u8>(<usize>load<u32>(input, 48) + kind, load<u8>(<usize>load<u32>(input, 16) + row));
}

/** From now on it is written down who is of which kind. @param at room for 8 bytes a person of the partition */
export function openLog(at: usize): void {
  log = at;
  logEnd = at;
  logNext = at;
}

/** People of the log. */
export function logged(): u32 {
  return <u32>((logEnd - log) >> 3);
}
export function emptyLog(): void {
  logEnd = logNext = log;
}

@inline function write(kind: u32, mask: u32): void {
  store<u32>(logEnd, kind - 1);
  store<u32>(logEnd, mask, 4);
  logEnd += 8;
}

/**
 * The next people of the log who are of a wanted kind. The log is empty afterwards, unless there are more of them.
 *
 * @param wanted a byte per kind
 * @param out room for the rows of so many people in every input, 4 bytes each, -1: none
 * @returns people; fewer than `most` when there are no more
 */
export function pickPeople(wanted: usize, out: usize, most: u32): u32 {
  let found: u32 = 0;
  while (logNext < logEnd) {
    const mask = load<u32>(logNext, 4);
    const picked = load<u8>(wanted + <usize>load<u32>(logNext)) != 0;
    if (picked && found == most) return found;
    if (picked) for (let s: u32 = 0; s < n; s++) store<i32>(out + (<usize>(found * n + s) << 2), -1);
    for (let left = mask; left; left &= left - 1) {
      const s = ctz(left);
      const input = inputs + <usize>s * INPUT;
      const row = load<u32>(input, 28);
      store<u32>(input, row + 1, 28);
      if (picked) store<u32>(out + (<usize>(found * n + s) << 2), row);
    }
    if (picked) found++;
    logNext += 8;
  }
  emptyLog();
  return found;
}
