/**
 * Rows that wait to be sorted: records of fixed width in chunks, one chain of chunks per partition.
 *
 *     record: key 16 bytes (high, low) | spelling 4 | prints 4 each | padding to 16
 *     chunk:  next 4 | records 4 | partition 4 | padding 4 | records
 *     table:  16 bytes a partition: where the next record goes | end of its chunk | first chunk | records
 */

/** 256 partitions by the first byte of the key, as the set file has them. */
export const PARTITIONS: u32 = 256;
export const CHUNK_BYTES: usize = 16384;
export const CHUNK_HEAD: usize = 16;

let table: usize = 0;
let recordBytes: usize = 0;
let arena: usize = 0;
let arenaEnd: usize = 0;

export function initRows(tableAt: usize, bytes: u32, arenaAt: usize, arenaTo: usize): void {
  table = tableAt;
  recordBytes = bytes;
  resetRows(arenaAt, arenaTo);
}

/** Everything that waited stands elsewhere now. */
export function resetRows(arenaAt: usize, arenaTo: usize): void {
  arena = arenaAt;
  arenaEnd = arenaTo;
  memory.fill(table, 0, <usize>PARTITIONS << 4);
}

export function recordSize(): u32 {
  return <u32>recordBytes;
}
export function arenaUsed(): u32 {
  return <u32>arena;
}
/** Memory has grown: the arena goes further. */
export function setArenaEnd(at: u32): void {
  arenaEnd = at;
}

function newChunk(entry: usize, partition: u32): usize {
  const chunk = arena;
  // The host makes room before each block of rows; without room this must not write over what comes next.
  if (chunk + CHUNK_BYTES > arenaEnd) unreachable();
  arena += CHUNK_BYTES;
  const end = <usize>load<u32>(entry, 4);
  if (end) store<u32>(end - CHUNK_BYTES, <u32>chunk);
  else store<u32>(entry, <u32>chunk, 8);
  store<u32>(chunk, 0);
  store<u32>(chunk, partition, 8);
  store<u32>(entry, <u32>(chunk + CHUNK_BYTES), 4);
  return chunk + CHUNK_HEAD;
}

/** Place for the record of a key; the caller fills in what follows the key. */
@inline
export function take(high: u64, low: u64): usize {
  const partition = <u32>(high >> 56);
  const entry = table + (<usize>partition << 4);
  let at = <usize>load<u32>(entry);
  if (at + recordBytes > <usize>load<u32>(entry, 4)) at = newChunk(entry, partition);
  store<u64>(at, high);
  store<u64>(at, low, 8);
  store<u32>(entry, <u32>(at + recordBytes));
  store<u32>(entry, load<u32>(entry, 12) + 1, 12);
  return at;
}

/** Writes into each chunk how many records it has, so that it can be read on its own. */
export function seal(): void {
  const full = <u32>((CHUNK_BYTES - CHUNK_HEAD) / recordBytes);
  for (let p: u32 = 0; p < PARTITIONS; p++) {
    const entry = table + (<usize>p << 4);
    const last = <usize>load<u32>(entry, 4) - CHUNK_BYTES;
    for (let chunk = <usize>load<u32>(entry, 8); chunk; chunk = <usize>load<u32>(chunk)) {
      store<u32>(chunk, chunk == last ? <u32>((<usize>load<u32>(entry) - chunk - CHUNK_HEAD) / recordBytes) : full, 4);
    }
  }
}

/** Writes the addresses of a partition's chunks to `out`, in order of arrival. @returns how many */
export function chunksOf(partition: u32, out: usize): u32 {
  let n: u32 = 0;
  for (let chunk = <usize>load<u32>(table + (<usize>partition << 4), 8); chunk; chunk = <usize>load<u32>(chunk)) {
    store<u32>(out + (<usize>n << 2), <u32>chunk);
    n++;
  }
  return n;
}
export function rowsOf(partition: u32): u32 {
  return load<u32>(table + (<usize>partition << 4), 12);
}
