/**
 * Rows of a reading, from blocks of CSV to the fixed-width rows of a RowLog, without an object for each. No runtime and no static
 * data: every address is handed in.
 */
export { setKeys } from "../../kernel/assembly/sip";
export { found, headerTaken, split, status } from "./split";
export { initMemo, memoTableBytes } from "./memo";
export { belonging, decide, initRows, invalid, note, payloadEnd, process } from "./rows";
