import { isFilled, read } from "./field";
import { initKeys, keepHalf, keepKey, keyOf, spellingBy } from "./keys";
import { beginText, textAt } from "./json";
import { lookUp, remember, WORDS_AT } from "./memo";
import { initPayload, putPayload, recordIdColumn, timeOf } from "./payload";
import { fieldAt, fieldEnd, widthOf } from "./split";
import { Attribute, Target } from "./target";
import { seconds } from "./time";
import { attribute, initValues, printOf } from "./values";

/** What a record says of mail and whether it belongs here: by the reference. The row's positions are at `row`. */
@external("host", "facts") declare function hostFacts(target: u32, row: usize, words: usize): void;
/** Shows a filled field. @returns 0: no more of this column */
@external("host", "note") declare function hostNote(column: u32, p: usize, e: usize): u32;

const SPELLING_AT: usize = 4 << 2;
const CONSENT_AT: usize = 5 << 2;
const UPDATED_AT: usize = 6 << 2;
const BELONGS: u32 = 256;

/** Where the host writes facts that no entry keeps; a place to put several fields side by side; and the fields of a record. */
let factsAnswer: usize = 0;
let scratch: usize = 0;
let scratchEnd: usize = 0;
let columns: u32 = 0;

/** Of the last call. */
export let belonging: u32 = 0;
export let invalid: u32 = 0;
export let payloadEnd: usize = 0;

export function initRows(
  fields: u32, answer: usize, factsAt: usize, placeholders: usize, scratchAt: usize, scratchTo: usize,
): void {
  columns = fields;
  factsAnswer = factsAt;
  scratch = scratchAt;
  scratchEnd = scratchTo;
  initKeys(answer, scratch);
  initValues(answer, placeholders);
  initPayload(answer);
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
    store<u32>(at, spellingBy(by, t.spellingStart), SPELLING_AT);
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
    if (t.secondAt) {
      const half = keyOf(t.number, true, t.secondKind, row, t.secondColumn);
      if (half) keepHalf(half, at + (<usize>t.secondAt << 2));
    }
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
