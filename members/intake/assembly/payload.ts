import { a, e, isFilled, quoted, read } from "./field";
import { copyBytes, put, put2, putNull, putText, putYesNo } from "./json";
import { extraAt, lookUp, remember, WORDS_AT } from "./memo";
import { fieldAt, fieldEnd } from "./split";
import { Attribute, NONE, Spooled, Target } from "./target";
import { isPlainTime, putTime } from "./time";

/** Of a time in another form: the reference writes seconds and the bytes of its text, and the text. */
@external("host", "time") declare function hostTime(p: usize, e: usize, words: usize, text: usize): void;

/** Room for an instant in quotes. */
const TIME_BYTES: u32 = 32;

/** Where the host writes what no entry keeps. */
let answer: usize = 0;

export function initPayload(answerAt: usize): void {
  answer = answerAt;
}

/** Reads a time. @returns 0: there is none, 1: it stands in time.ts, else the entry that has it */
export function timeOf(t: Target, row: usize, column: u32): usize {
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
export function recordIdColumn(t: Target, row: usize): u32 {
  if (t.recordId != NONE) {
    read(row, t.recordId);
    if (a < e || (t.bareIsNull && quoted)) return t.recordId;
  }
  return isFilled(row, t.customerId) ? t.customerId : isFilled(row, t.email) ? t.email : t.phone;
}

/** The record's text in the spool; see `spoolText`. */
export function putPayload(t: Target, row: usize, facts: usize): void {
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
