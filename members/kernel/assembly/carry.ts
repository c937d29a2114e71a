/**
 * Carries what was last agreed on: agree-people.ts, compiled. Kinds are judged by the host, so that here is no rule about who belongs
 * where.
 *
 *     verdict, a kind, 8 bytes: a bit per copy: owner and copy both have these people 0 | neither 4; neither bit: they differ
 *     copy, 32 bytes:  its input 0 (0: not read now) | index in what was last agreed 4 (-1: none) | seconds now 8 |
 *                      seconds of its last look 12 | columns of seconds: last 16 (0: none), out 20
 *     field, 16 bytes, those of the first copy first: columns at the owner 0, here 4 (0: none), last 8 (0: none), out 12
 */
import { emptyLog, log, logEnd } from "./kinds";
import { INPUT, inputs, owner } from "./looks";

const COPY: usize = 32;
const FIELD: usize = 16;
const OUT: u32 = 0;
const IN: u32 = 1;
/** Never agreed on, or nothing is kept. */
const NEVER: u32 = 2;

/** People of the rows written last whom the owner and a copy both have. */
export let agreed: u32 = 0;

@inline function cell(column: usize, row: u32): u32 {
  return load<u32>(column + (<usize>row << 2));
}
@inline function keep(column: usize, row: u32, value: u32): void {
  store<u32>(column + (<usize>row << 2), value);
}
/** Row of an input that the log has come to. */
@inline function rowAt(input: usize): u32 {
  return load<u32>(input, 28);
}

/**
 * Writes a row for everybody of the log who needs one, and empties the log.
 *
 * @param last index of what was last agreed among the inputs; 32: nothing is kept
 * @param keys room for 16 bytes a person of the log; @param presence the same for 8. The other columns: 4 each.
 * @returns rows
 */
export function carryPeople(
  verdicts: usize, last: u32, copies: usize, copyCount: u32, fields: usize, fieldCount: u32, keys: usize, presence: usize,
): u32 {
  const lastInput = inputs + <usize>last * INPUT;
  const lastBit: u32 = last < 32 ? 1 << last : 0;
  const lastPresence: usize = lastBit ? <usize>load<u32>(lastInput, 8) : 0;
  const copiesEnd = copies + <usize>copyCount * COPY;
  const all: u32 = copyCount < 32 ? (1 << copyCount) - 1 : u32.MAX_VALUE;
  let n: u32 = 0;
  agreed = 0;
  for (let at = log; at < logEnd; at += 8) {
    const mask = load<u32>(at, 4);
    const verdict = verdicts + (<usize>load<u32>(at) << 3);
    const isOut = load<u32>(verdict, 4);
    if (isOut != all) {
      const isIn = load<u32>(verdict);
      const known = (mask & lastBit) != 0;
      const row = known ? rowAt(lastInput) : 0;
      const word: u64 = known ? load<u64>(lastPresence + (<usize>row << 3)) : 0;
      let both: u32 = 0;
      let never: u32 = 0;
      let kept = false;
      let field = fields;
      let bit: u32 = 1;
      for (let copy = copies; copy < copiesEnd; copy += COPY, bit <<= 1) {
        const input = <usize>load<u32>(copy);
        let state = OUT;
        let seconds: u32 = 0;
        if (isIn & bit) {
          state = IN;
          seconds = load<u32>(copy, 8);
        } else if (!(isOut & bit)) {
          const index = load<i32>(copy, 4);
          if (index < 0) state = NEVER;
          else {
            if (known) {
              seconds = cell(<usize>load<u32>(copy, 16), row);
              state = <u32>(word >> <u64>index) & 1 ? IN : <u32>(word >> <u64>(index + 32)) & 1 ? NEVER : OUT;
            }
            // nobody's row tells when they were last nowhere: it was at the last look
            if (!seconds && state == OUT) seconds = load<u32>(copy, 12);
          }
        }
        let keeps = !(isOut & bit);
        // not looked at this time: whoever was nowhere at the last look needs no row to say so
        if (!input && state == OUT && seconds == load<u32>(copy, 8)) keeps = false;
        if (state == IN) both |= bit;
        else if (state == NEVER) never |= bit;
        keep(<usize>load<u32>(copy, 20), n, keeps ? seconds : 0);
        kept = kept || keeps;
        const fieldsEnd = field + <usize>fieldCount * FIELD;
        if (state == OUT) {
          for (; field < fieldsEnd; field += FIELD) keep(<usize>load<u32>(field, 12), n, 0);
        } else if (isIn & bit) {
          const ownerRow = rowAt(owner);
          const here = rowAt(input);
          for (; field < fieldsEnd; field += FIELD) {
            const column = <usize>load<u32>(field, 4);
            const print = cell(<usize>load<u32>(field), ownerRow);
            const same = column != 0 && print != 0 && cell(column, here) == print;
            // they differ or one of them has no such field: what was agreed before stays
            keep(<usize>load<u32>(field, 12), n, same ? print : printBefore(field, known, row));
          }
        } else for (; field < fieldsEnd; field += FIELD) keep(<usize>load<u32>(field, 12), n, printBefore(field, known, row));
      }
      if (kept) {
        const first = inputs + <usize>ctz(mask) * INPUT;
        v128.store(keys + (<usize>n << 4), v128.load(<usize>load<u32>(first, 4) + (<usize>rowAt(first) << 4)));
        store<u64>(presence + (<usize>n << 3), <u64>both | (<u64>never << 32));
        if (both) agreed++;
        n++;
      }
    }
    for (let left = mask; left; left &= left - 1) {
      const input = inputs + <usize>ctz(left) * INPUT;
      store<u32>(input, rowAt(input) + 1, 28);
    }
  }
  emptyLog();
  return n;
}

@inline function printBefore(field: usize, known: bool, row: u32): u32 {
  const column = <usize>load<u32>(field, 8);
  return known && column ? cell(column, row) : 0;
}
