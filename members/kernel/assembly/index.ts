/**
 * The hot loops of member sets: rows of a CSV file → keyed hashes → partitions → people in order of their keys.
 * No runtime and no static data: every address is handed in, and a second instance on the same memory changes nothing.
 */
export { high, low, setKeys, sip } from "./sip";
export { chunksOf, initRows, resetRows, rowsOf, seal, setShape } from "./rows";
export { initValues, memoBytes } from "./values";
export { rowKeyBytes, unusable } from "./row-keys";
export { feed, initCsv, keepPlaces, rows, rowTableBytes, status } from "./csv";
export { makePeople, people, respelled, sortPartition } from "./sort";
export { mergeSets } from "./merge";
export { advance, entered, left } from "./history";
export { mergeRecords } from "./merge-records";
export { returners } from "./flips";
export { initLooks } from "./looks";
export { emptyKinds, initKinds, kinds, logged, openLog, pickPeople } from "./kinds";
export { mergeKinds } from "./merge-kinds";
export { agreed, carryPeople } from "./carry";
export { setOffset } from "./offsets";
export { crowded, differing } from "./differing";
