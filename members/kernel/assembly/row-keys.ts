import { countRows, keepPlace, tellUnusable } from "./offsets";
import { take } from "./rows";
import { high, high2, low, low2, sip, sipPair } from "./sip";
import { CAPITALS, NORMAL, plainEmail, plainId, spelling, toLowerCase, trimEnd, trimStart, UNUSUAL } from "./text";
import { printOf } from "./values";

/**
 * Of an identifier that is not plain: the reference writes how it is spelled to `answer` and its normal form to `answer` + 16.
 * @returns bytes of the normal form; 0: it names nobody
 */
@external("host", "identity") declare function hostIdentity(p: usize, n: u32, doubled: bool, answer: usize): u32;

const QUOTE: u8 = 34;
export const KIND_EMAIL: u32 = 1;
export const KIND_ID: u32 = 3;
/** Rows that are kept at once: few, so that they are still in the nearest cache at each step. */
export const ROWS_AT_ONCE: usize = 256;
/** Identifiers up to this length are hashed two at a time. */
const PAIRED: u32 = 64;
/** One list for each number of words that such an identifier has after its kind: 0 to 8. */
const LISTS: usize = 9;
const ENDS_BYTES: usize = 64;
/** high 8 | low 8 | row 4 | spelling 4 | identifier 4 | its bytes 4 */
const ENTRY_BYTES: usize = 32;
const LIST_BYTES: usize = ROWS_AT_ONCE * ENTRY_BYTES;
/** Room for an identifier that is not hashed as it stands, with what is before and what is read beyond it. */
const COPY_BYTES: usize = 96;
const COPY_HEAD: usize = 16;
/** The normal form of an identifier has at most 512 characters of 3 bytes. */
const ANSWER_BYTES: usize = 2048;

let columns: u32 = 0;
let kind: u32 = 0;
let idColumn: u32 = 0;
let prints: u32 = 0;
/** Column numbers of the attributes, four bytes each. */
let printColumns: usize = 0;
let spellingStart: u32 = 0;
/** Where the next entry of each list goes, four bytes each. */
let ends: usize = 0;
let lists: usize = 0;
let copies: usize = 0;
let nextCopy: usize = 0;
let answer: usize = 0;

export let unusable: u32 = 0;

export function rowKeyBytes(): u32 {
  const bytes = ENDS_BYTES + LISTS * LIST_BYTES + ROWS_AT_ONCE * COPY_BYTES + ANSWER_BYTES;
  return <u32>bytes;
}

export function initRowKeys(
  n: u32, identity: u32, id: u32, attributes: u32, attributeColumns: usize, start: u32, roomAt: usize,
): void {
  columns = n;
  kind = identity;
  idColumn = id;
  prints = attributes;
  printColumns = attributeColumns;
  spellingStart = start;
  ends = roomAt;
  lists = ends + ENDS_BYTES;
  copies = lists + LISTS * LIST_BYTES;
  answer = copies + ROWS_AT_ONCE * COPY_BYTES;
  unusable = 0;
}

@inline export function fieldAt(row: usize, column: u32): usize {
  return <usize>load<u32>(row + (<usize>column << 2)) + 1;
}
@inline export function fieldEnd(row: usize, column: u32): usize {
  return <usize>load<u32>(row + (<usize>column << 2), 4);
}

/** Has the field, quotes around it taken off, doubled ones? */
function doubledQuotes(p: usize, e: usize): bool {
  for (; p < e; p++) if (load<u8>(p) == QUOTE) return true;
  return false;
}

/**
 * Makes records of at most ROWS_AT_ONCE rows in a table: positions before each field and the end, four bytes each, `width` bytes a
 * row. First identifiers are found and listed by their length, then each list is hashed, two at a time, and then records are
 * written: steps of few kinds are what processors are good at. Rows of one person stay in order, since they are in one list.
 */
export function keepRows(table: usize, end: usize, width: usize): void {
  for (let k: usize = 0; k < LISTS; k++) store<u32>(ends + (k << 2), <u32>(lists + k * LIST_BYTES));
  nextCopy = copies;
  for (let row = table; row < end; row += width) {
    let a = fieldAt(row, idColumn);
    let e = fieldEnd(row, idColumn);
    let doubled = false;
    if (e > a && load<u8>(a) == QUOTE) {
      a++;
      e--;
      doubled = doubledQuotes(a, e);
    }
    const p = trimStart(a, e);
    const n = <u32>(trimEnd(p, e) - p);
    const what = doubled ? UNUSUAL : kind == KIND_EMAIL ? plainEmail(p, n) : kind == KIND_ID ? plainId(p, n) : UNUSUAL;
    if (what == NORMAL) enlist(row, p, n, 0);
    else if (what == CAPITALS) inLowerCase(row, p, n);
    else byReference(row, a, e, doubled);
  }
  for (let k: usize = 0; k < LISTS; k++) {
    const list = lists + k * LIST_BYTES;
    const listEnd = <usize>load<u32>(ends + (k << 2));
    hash(list, listEnd);
    for (let entry = list; entry < listEnd; entry += ENTRY_BYTES) {
      keep(<usize>load<u32>(entry, 16), load<u64>(entry), load<u64>(entry, 8), load<u32>(entry, 20));
    }
  }
  countRows(end);
}

@inline function enlist(row: usize, p: usize, n: u32, word: u32): void {
  if (n > PAIRED) {
    single(p, n);
    keep(row, high, low, word);
    return;
  }
  const list = ends + (<usize>((n + 1) >> 3) << 2);
  const entry = <usize>load<u32>(list);
  store<u32>(list, <u32>(entry + ENTRY_BYTES));
  store<u32>(entry, <u32>row, 16);
  store<u32>(entry, word, 20);
  store<u32>(entry, <u32>p, 24);
  store<u32>(entry, n, 28);
}

/** Room for a copy of a short identifier, for as long as these rows are kept. */
@inline function copyRoom(): usize {
  const copy = nextCopy + COPY_HEAD;
  assert(nextCopy + COPY_BYTES <= answer);
  nextCopy += COPY_BYTES;
  return copy;
}

function inLowerCase(row: usize, p: usize, n: u32): void {
  const copy = copyRoom();
  toLowerCase(p, n, copy);
  enlist(row, copy, n, spelling(p, p + n, spellingStart));
}

function byReference(row: usize, a: usize, e: usize, doubled: bool): void {
  const n: u32 = a == e ? 0 : hostIdentity(a, <u32>(e - a), doubled, answer);
  assert(<usize>n + 24 <= ANSWER_BYTES);
  if (!n) {
    unusable++;
    tellUnusable(row);
    return;
  }
  let p = answer + 16;
  if (n <= PAIRED) {
    p = copyRoom();
    memory.copy(p, answer + 16, n);
  }
  enlist(row, p, n, load<u32>(answer));
}

/** Hashes the identifiers of a list, all of the same number of words. */
@inline function hash(list: usize, listEnd: usize): void {
  let entry = list;
  for (; entry + ENTRY_BYTES < listEnd; entry += 2 * ENTRY_BYTES) {
    sipPair(<usize>load<u32>(entry, 24), load<u32>(entry, 28), <usize>load<u32>(entry, 56), load<u32>(entry, 60), kind);
    store<u64>(entry, high);
    store<u64>(entry, low, 8);
    store<u64>(entry, high2, 32);
    store<u64>(entry, low2, 40);
  }
  if (entry == listEnd) return;
  single(<usize>load<u32>(entry, 24), load<u32>(entry, 28));
  store<u64>(entry, high);
  store<u64>(entry, low, 8);
}

// The kind of identifier is hashed before its text; the byte before it is put back afterwards.
function single(p: usize, n: u32): void {
  const before = load<u8>(p - 1);
  store<u8>(p - 1, <u8>kind);
  sip(p - 1, n + 1, true);
  store<u8>(p - 1, before);
}

@inline function keep(row: usize, h: u64, l: u64, word: u32): void {
  const at = take(h, l);
  store<u32>(at, word, 16);
  keepPlace(at, row);
  for (let k: usize = 0; k < <usize>prints; k++) {
    const column = load<u32>(printColumns + (k << 2));
    let a = fieldAt(row, column);
    let e = fieldEnd(row, column);
    let doubled = false;
    if (e > a && load<u8>(a) == QUOTE) {
      a++;
      e--;
      doubled = doubledQuotes(a, e);
    }
    store<u32>(at + (k << 2), printOf(a, e, doubled), 20);
  }
}
