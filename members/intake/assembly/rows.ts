import { high, low, sip } from "../../kernel/assembly/sip";
import { from, isAscii, isPlainEmail, isPlainId, to, trim } from "../../kernel/assembly/text";
import { beginText, copyBytes, put, put2, putNull, putText, putYesNo, textAt } from "./json";
import { extraAt, lookUp, remember, WORDS_AT } from "./memo";
import { fieldAt, fieldEnd, widthOf } from "./split";
import { Attribute, NONE, Spooled, Target } from "./target";
import { isPlainTime, putTime, seconds } from "./time";

/** What is not plain goes through the reference's own functions. Fields are given as they stand, quotes included. */
@external("host", "key") declare function hostKey(target: u32, second: bool, p: usize, e: usize): bool;
@external("host", "value") declare function hostValue(target: u32, attribute: u32, p: usize, e: usize, words: usize, kept: bool): void;
@external("host", "facts") declare function hostFacts(target: u32, row: usize, words: usize): void;
@external("host", "time") declare function hostTime(p: usize, e: usize, words: usize, text: usize): void;
@external("host", "print") declare function hostPrint(p: usize, e: usize): u32;
@external("host", "note") declare function hostNote(column: u32, p: usize, e: usize): u32;

const QUOTE: u8 = 34;
const KIND_EMAIL: u32 = 1;
const KIND_ID: u32 = 3;
const SPELLING_AT: usize = 4 << 2;
const CONSENT_AT: usize = 5 << 2;
const UPDATED_AT: usize = 6 << 2;
const BELONGS: u32 = 256;
const EMPTY: u32 = 1;
const STATE_EMPTY: u32 = 2;
/** Room for an instant in quotes. */
const TIME_BYTES: u32 = 32;
const LONGEST_PLACEHOLDER: u32 = 14;

/** The host's answers that no entry keeps, one place for facts and one for all others; a set of bits for lengths and first letters of placeholders; and a scratch. */
let answer: usize = 0;
let factsAnswer: usize = 0;
let placeholders: usize = 0;
let scratch: usize = 0;
let scratchEnd: usize = 0;
let columns: u32 = 0;

/** Of the last call. */
export let belonging: u32 = 0;
export let invalid: u32 = 0;
export let payloadEnd: usize = 0;

export function initRows(fields: u32, answerAt: usize, factsAt: usize, placeholdersAt: usize, scratchAt: usize, scratchTo: usize): void {
  columns = fields;
  answer = answerAt;
  factsAnswer = factsAt;
  placeholders = placeholdersAt;
  scratch = scratchAt;
  scratchEnd = scratchTo;
}

/** The field read last, without quotes around it. */
let a: usize = 0;
let e: usize = 0;
let quoted: bool = false;

@inline function read(row: usize, column: u32): void {
  a = fieldAt(row, column);
  e = fieldEnd(row, column);
  quoted = e > a && load<u8>(a) == QUOTE;
  if (quoted) {
    a++;
    e--;
  }
}

@inline function isFilled(row: usize, column: u32): bool {
  if (column == NONE) return false;
  read(row, column);
  return a < e;
}

/** Does the field hold a doubled quote? */
@inline function doubled(): bool {
  if (!quoted) return false;
  for (let p = a; p < e; p++) if (load<u8>(p) == QUOTE) return true;
  return false;
}

/** Tells spellings of one identifier apart: FNV-1a, as the reference. */
@inline function spellingOf(p: usize, n: usize, start: u32): u32 {
  let h = start;
  for (let i: usize = 0; i < n; i++) h = (h ^ <u32>load<u8>(p + i)) * 0x01000193;
  return h;
}

/** Sets `high` and `low` by an identifier, or has the host write them to `answer`. @returns 0: it names nobody, 1: here, 2: by the host */
function keyOf(target: u32, second: bool, kind: u32, row: usize, column: u32): u32 {
  if (column == NONE) return 0;
  read(row, column);
  if (a == e) return 0;
  trim(a, e);
  const n = <u32>(to - from);
  const plain = kind == KIND_EMAIL ? isPlainEmail(from, n) : kind == KIND_ID ? isPlainId(from, n) : false;
  if (!plain || doubled()) return hostKey(target, second, fieldAt(row, column), fieldEnd(row, column)) ? 2 : 0;
  // The kind of identifier is hashed before its text; the byte before a field is put back afterwards.
  const before = load<u8>(from - 1);
  store<u8>(from - 1, <u8>kind);
  sip(from - 1, n + 1, true, kind == KIND_EMAIL);
  store<u8>(from - 1, before);
  return 1;
}

@inline function keepKey(by: u32, at: usize): void {
  if (by == 2) {
    memory.copy(at, answer + WORDS_AT, 16);
    return;
  }
  store<u32>(at, <u32>(high >> 32));
  store<u32>(at, <u32>high, 4);
  store<u32>(at, <u32>(low >> 32), 8);
  store<u32>(at, <u32>low, 12);
}

/** 0 and 1 mean "no such field" and "empty". */
@inline function keptFree(print: u32): u32 {
  return print < 2 ? print + 2 : print;
}

/** Fingerprint of the field read last. */
function printOf(): u32 {
  if (doubled() || !isAscii(a, e)) return quoted ? hostPrint(a - 1, e + 1) : hostPrint(a, e);
  trim(a, e);
  if (from == to) return EMPTY;
  sip(from, <u32>(to - from), false, false);
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

function attribute(t: Target, one: Attribute, number: u32, row: usize, at: usize): void {
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
  if (n > 0) sip(from, n, false, false);
  store<u32>(at + (<usize>one.printAt << 2), n > 0 ? keptFree(<u32>(high >> 32)) : EMPTY);
  // A value that is there is valid: STATE_NAMES has that first.
  if (n == 0) {
    const state = at + (<usize>one.stateAt << 2);
    store<u32>(state, load<u32>(state) | (STATE_EMPTY << one.stateShift));
  }
  return true;
}

/** The entry of everything that decides on consent and belonging. */
function factsOf(t: Target, row: usize): usize {
  let p = scratch;
  for (let i: u32 = 0; i < t.words; i++) {
    const column = load<u32>(<usize>t.wordsAt + (<usize>i << 2));
    const n = fieldEnd(row, column) - fieldAt(row, column);
    // No text file holds a NUL, so this separates.
    if (p + n + <usize>t.filled + 64 > scratchEnd) unreachable();
    memory.copy(p, fieldAt(row, column), n);
    store<u8>(p + n, 0);
    p += n + 1;
  }
  for (let i: u32 = 0; i < t.filled; i++) {
    store<u8>(p++, isFilled(row, load<u32>(<usize>t.filledAt + (<usize>i << 2))) ? 1 : 2);
  }
  const n = <u32>(p - scratch);
  let entry = lookUp(t.factsSlot, scratch, n);
  if (entry) return entry;
  entry = remember(t.factsSlot, scratch, n, 0);
  if (!entry) entry = factsAnswer;
  hostFacts(t.number, row, entry + WORDS_AT);
  return entry;
}

/** Reads a time. @returns 0: there is none, 1: it stands in time.ts, else the entry that has it */
function timeOf(t: Target, row: usize, column: u32): usize {
  if (column == NONE) return 0;
  read(row, column);
  if (a == e) return 0;
  if (isPlainTime(a, e)) return 1;
  const p = fieldAt(row, column);
  const end = fieldEnd(row, column);
  let entry = lookUp(t.timeSlot, p, <u32>(end - p));
  if (!entry) {
    entry = remember(t.timeSlot, p, <u32>(end - p), TIME_BYTES);
    if (!entry) {
      entry = answer;
      store<u32>(entry, 0, 4);
    }
    hostTime(p, end, entry + WORDS_AT, extraAt(entry));
  }
  return load<u32>(entry, WORDS_AT + 4) == 0 ? 0 : entry;
}

@inline function putTimeOf(by: usize): void {
  if (by == 0) putNull();
  else if (by == 1) putTime();
  else copyBytes(extraAt(by), load<u32>(by, WORDS_AT + 4));
}

function putIdentifier(row: usize, column: u32, name: u32, bytes: u32, comma: bool): bool {
  if (!isFilled(row, column)) return comma;
  if (comma) put(44);
  copyBytes(<usize>name, bytes);
  putText(a, e);
  return true;
}

/** Column of the system's own id of the record, or of the first identifier that it has. */
@inline function recordIdColumn(t: Target, row: usize): u32 {
  if (t.recordId != NONE) {
    read(row, t.recordId);
    if (a < e || (t.bareIsNull && quoted)) return t.recordId;
  }
  return isFilled(row, t.customerId) ? t.customerId : isFilled(row, t.email) ? t.email : t.phone;
}

/** The record's text in the spool; see `spoolText`. */
function putPayload(t: Target, row: usize, facts: usize): void {
  put(91);
  read(row, recordIdColumn(t, row));
  putText(a, e);
  put2(44, 123);
  let comma = putIdentifier(row, t.email, t.emailName, t.emailNameBytes, false);
  comma = putIdentifier(row, t.phone, t.phoneName, t.phoneNameBytes, comma);
  putIdentifier(row, t.customerId, t.customerIdName, t.customerIdNameBytes, comma);
  put2(125, 44);
  put(123);
  for (let i: u32 = 0; i < t.spooled; i++) {
    const one = changetype<Spooled>(<usize>t.spooledAt + <usize>i * offsetof<Spooled>());
    copyBytes(<usize>one.name, one.nameBytes);
    putValue(t, row, one);
  }
  const consentAt = load<u32>(facts, WORDS_AT + 4);
  copyBytes(<usize>load<u32>(facts, WORDS_AT + 8), load<u32>(facts, WORDS_AT + 12));
  putTimeOf(timeOf(t, row, consentAt));
  put(44);
  // Once more, though it was read for the row: what the host answered stands only until its next answer.
  putTimeOf(timeOf(t, row, t.updatedAt));
  copyBytes(<usize>load<u32>(facts, WORDS_AT + 16), load<u32>(facts, WORDS_AT + 20));
}

function putValue(t: Target, row: usize, one: Spooled): void {
  const yesNo = changetype<Attribute>(<usize>one.attribute).yesNo;
  if (yesNo) {
    putYesNo(yesNo == 1);
    return;
  }
  read(row, one.column);
  if (a == e && !(t.bareIsNull && quoted)) putNull();
  else putText(a, e);
}

/**
 * Turns records of the table into rows of a RowLog, as `SetBuilder.add` makes them.
 *
 * @param out room for `records` rows of the target's stride
 * @param payload room for the payloads; they begin there, in chunk `chunk` of the log
 * @returns rows written; `belonging` and `invalid` count records, `payloadEnd` is where the payloads end
 */
export function process(
  target: usize, table: usize, records: u32, out: usize, payload: usize, payloadTo: usize, chunk: u32,
): u32 {
  const t = changetype<Target>(target);
  const width = widthOf(columns);
  const bytes = <usize>t.stride << 2;
  let at = out;
  belonging = 0;
  invalid = 0;
  beginText(payload, payloadTo);
  for (let row = table, end = table + width * <usize>records; row < end; row += width) {
    const facts = factsOf(t, row);
    const word = load<u32>(facts, WORDS_AT);
    if (!(word & BELONGS)) continue;
    belonging++;
    const by = keyOf(t.number, false, t.kind, row, t.column);
    if (by == 0) {
      invalid++;
      continue;
    }
    memory.copy(at, <usize>t.template, bytes);
    keepKey(by, at);
    store<u32>(at, by == 1 ? spellingOf(from, to - from, t.spellingStart) : load<u32>(answer, WORDS_AT + 16), SPELLING_AT);
    store<u32>(at, word & 255, CONSENT_AT);
    const updated = timeOf(t, row, t.updatedAt);
    store<u32>(at, updated == 0 ? 0 : updated == 1 ? seconds : load<u32>(updated, WORDS_AT), UPDATED_AT);
    for (let i: u32 = 0; i < t.attributes; i++) {
      attribute(t, changetype<Attribute>(<usize>t.attributesAt + <usize>i * offsetof<Attribute>()), i, row, at);
    }
    if (t.recordAt) {
      read(row, recordIdColumn(t, row));
      store<u32>(at + (<usize>t.recordAt << 2), printOf());
    }
    if (t.secondAt) keepSecond(t, row, at + (<usize>t.secondAt << 2));
    if (t.payloadAt) {
      const begin = textAt();
      putPayload(t, row, facts);
      const place = at + (<usize>t.payloadAt << 2);
      store<u32>(place, chunk);
      store<u32>(place, <u32>(begin - payload), 4);
      store<u32>(place, <u32>(textAt() - begin), 8);
    }
    at += bytes;
  }
  payloadEnd = textAt();
  return <u32>((at - out) / bytes);
}

/** Has the host judge records in their order, whatever target they belong to: it tells the first unknown words. */
export function decide(targets: usize, n: u32, table: usize, records: u32): void {
  const width = widthOf(columns);
  for (let row = table, end = table + width * <usize>records; row < end; row += width) {
    for (let i: u32 = 0; i < n; i++) factsOf(changetype<Target>(<usize>load<u32>(targets + (<usize>i << 2))), row);
  }
}

/** Half of the second identifier's key; a usable one is never 0, 0. */
function keepSecond(t: Target, row: usize, at: usize): void {
  const by = keyOf(t.number, true, t.secondKind, row, t.secondColumn);
  if (by == 0) return;
  const first = by == 2 ? load<u32>(answer, WORDS_AT) : <u32>(high >> 32);
  const next = by == 2 ? load<u32>(answer, WORDS_AT + 4) : <u32>high;
  store<u32>(at, first);
  store<u32>(at, next ? next : 1, 4);
}

/**
 * Shows the host the filled fields of the columns that it still wants to know.
 *
 * @param list their numbers, which the host may shorten meanwhile. @returns how many are left
 */
export function note(table: usize, records: u32, list: usize, open: u32): u32 {
  const width = widthOf(columns);
  for (let row = table, end = table + width * <usize>records; row < end && open > 0; row += width) {
    for (let i: u32 = 0; i < open; i++) {
      const column = load<u32>(list + (<usize>i << 2));
      if (!isFilled(row, column)) continue;
      // A column that is closed gives its place to the last one.
      if (hostNote(column, fieldAt(row, column), fieldEnd(row, column))) continue;
      open--;
      store<u32>(list + (<usize>i << 2), load<u32>(list + (<usize>open << 2)));
      i--;
    }
  }
  return open;
}
