import { high, sip } from "../../kernel/assembly/sip";
import { a, doubled, e, quoted, read } from "./field";
import { lookUp, remember, WORDS_AT } from "./memo";
import { fieldAt, fieldEnd } from "./split";
import { Attribute, Target } from "./target";
import { from, isAscii, to, trim } from "./text";

/** What is not plain goes through the reference's own functions. Fields are given as they stand, quotes included. */
@external("host", "value") declare function hostValue(target: u32, attribute: u32, p: usize, e: usize, words: usize, kept: bool): void;
@external("host", "print") declare function hostPrint(p: usize, e: usize): u32;

const EMPTY: u32 = 1;
/** Its place in STATE_NAMES. */
const STATE_EMPTY: u32 = 2;
const LONGEST_PLACEHOLDER: u32 = 14;

/** Where the host writes what no entry keeps; and a bit for each length and first letter that a placeholder has. */
let answer: usize = 0;
let placeholders: usize = 0;

export function initValues(answerAt: usize, placeholdersAt: usize): void {
  answer = answerAt;
  placeholders = placeholdersAt;
}

/** 0 and 1 mean "no such field" and "empty". */
@inline function keptFree(print: u32): u32 {
  return print < 2 ? print + 2 : print;
}

/** Fingerprint of the field read last. */
export function printOf(): u32 {
  if (doubled() || !isAscii(a, e)) return quoted ? hostPrint(a - 1, e + 1) : hostPrint(a, e);
  trim(a, e);
  if (from == to) return EMPTY;
  sip(from, <u32>(to - from), false);
  return keptFree(<u32>(high >> 32));
}

/** May this text be one that stands for no value? Short, without a digit, and begins as one of them does. */
function mayBePlaceholder(p: usize, n: u32): bool {
  if (n > LONGEST_PLACEHOLDER) return false;
  const first = load<u8>(p) | (load<u8>(p) - 65 <= 25 ? 32 : 0);
  if (!(load<u8>(placeholders + (<usize>n << 4) + <usize>(first >> 3)) & (1 << (first & 7)))) return false;
  for (let i: u32 = 0; i < n; i++) if (load<u8>(p + i) - 48 <= 9) return false;
  return true;
}

/** Writes print and state of an attribute into the row at `at`. */
export function attribute(t: Target, one: Attribute, number: u32, row: usize, at: usize): void {
  const p = fieldAt(row, one.column);
  const end = fieldEnd(row, one.column);
  const n = <u32>(end - p);
  let entry = lookUp(one.slot, p, n);
  if (entry == 0) {
    one.yesNo = 0;
    read(row, one.column);
    if (one.direct && direct(one, at)) return;
    const kept = remember(one.slot, p, n, 0);
    entry = kept ? kept : answer;
    hostValue(t.number, number, p, end, entry + WORDS_AT, kept != 0);
  }
  one.yesNo = load<u32>(entry, WORDS_AT + 8);
  // How often it was seen is in the fourth word.
  store<u32>(entry, load<u32>(entry, WORDS_AT + 12) + 1, WORDS_AT + 12);
  store<u32>(at + (<usize>one.printAt << 2), load<u32>(entry, WORDS_AT));
  const state = at + (<usize>one.stateAt << 2);
  store<u32>(state, load<u32>(state) | (load<u32>(entry, WORDS_AT + 4) << one.stateShift));
}

/** Judges the field read last without the host. @returns false: it cannot be */
function direct(one: Attribute, at: usize): bool {
  if (a == e || doubled() || !isAscii(a, e)) return false;
  trim(a, e);
  const n = <u32>(to - from);
  if (n > 0 && mayBePlaceholder(from, n)) return false;
  if (n > 0) sip(from, n, false);
  store<u32>(at + (<usize>one.printAt << 2), n > 0 ? keptFree(<u32>(high >> 32)) : EMPTY);
  // A value that is there is valid: STATE_NAMES has that first.
  if (n == 0) {
    const state = at + (<usize>one.stateAt << 2);
    store<u32>(state, load<u32>(state) | (STATE_EMPTY << one.stateShift));
  }
  return true;
}
