import { high, low, sip } from "../../kernel/assembly/sip";
import { CAPITALS, plainEmail, plainId, toLowerCase, UNUSUAL } from "../../kernel/assembly/text";
import { a, doubled, e, read } from "./field";
import { WORDS_AT } from "./memo";
import { fieldAt, fieldEnd } from "./split";
import { NONE } from "./target";
import { from, isAscii, to, trim } from "./text";

/** Of an identifier that is not plain: the reference writes four words of its key, and its spelling. @returns false: it names nobody */
@external("host", "key") declare function hostKey(target: u32, second: bool, p: usize, e: usize): bool;

const KIND_EMAIL: u32 = 1;
const KIND_ID: u32 = 3;

/** Where the host writes its answer. */
let answer: usize = 0;
/** Room for an address in lower case, with the byte before it and what is read beyond it. */
let copy: usize = 0;

export function initKeys(answerAt: usize, scratchAt: usize): void {
  answer = answerAt;
  copy = scratchAt + 16;
}

/** Tells spellings of one identifier apart: FNV-1a, as the reference. */
@inline export function spellingOf(p: usize, n: usize, start: u32): u32 {
  let h = start;
  for (let i: usize = 0; i < n; i++) h = (h ^ <u32>load<u8>(p + i)) * 0x01000193;
  return h;
}

/** Sets `high` and `low` by an identifier, or has the host write them to `answer`. @returns 0: it names nobody, 1: here, 2: by the host */
export function keyOf(target: u32, second: bool, kind: u32, row: usize, column: u32): u32 {
  if (column == NONE) return 0;
  read(row, column);
  if (a == e) return 0;
  trim(a, e);
  const n = <u32>(to - from);
  const what = kind == KIND_EMAIL ? plainEmail(from, n) : kind == KIND_ID ? plainId(from, n) : UNUSUAL;
  if (what == UNUSUAL || doubled() || !isAscii(from, to))
    return hostKey(target, second, fieldAt(row, column), fieldEnd(row, column)) ? 2 : 0;
  let p = from;
  if (what == CAPITALS) {
    toLowerCase(from, n, copy);
    p = copy;
  }
  // The kind of identifier is hashed before its text; the byte before a field is put back afterwards.
  const before = load<u8>(p - 1);
  store<u8>(p - 1, <u8>kind);
  sip(p - 1, n + 1, true);
  store<u8>(p - 1, before);
  return 1;
}

@inline export function keepKey(by: u32, at: usize): void {
  if (by == 2) {
    memory.copy(at, answer + WORDS_AT, 16);
    return;
  }
  store<u32>(at, <u32>(high >> 32));
  store<u32>(at, <u32>high, 4);
  store<u32>(at, <u32>(low >> 32), 8);
  store<u32>(at, <u32>low, 12);
}

/** Spelling of the identifier read last. */
export function spellingBy(by: u32, start: u32): u32 {
  return by == 1 ? spellingOf(from, to - from, start) : load<u32>(answer, WORDS_AT + 16);
}

/** Half of the key read last, as it stands for a second identifier; a usable one is never 0, 0. */
export function keepHalf(by: u32, at: usize): void {
  const next = by == 2 ? load<u32>(answer, WORDS_AT + 4) : <u32>high;
  store<u32>(at, by == 2 ? load<u32>(answer, WORDS_AT) : <u32>(high >> 32));
  store<u32>(at, next ? next : 1, 4);
}
