/**
 * Rows that wait to be sorted: records of fixed width in chunks, one chain of chunks per partition.
 *
 *     record: key 16 bytes (high, low) | spelling 4 | prints 4 each
 *     chunk:  the one before it 4 | records 4 | partition 4 | padding 4 | records
 *     table:  4 bytes a partition: where its next record goes
 *
 * Chunks stand at multiples of their size, so that the place of the next record tells its chunk. The table has to stay small: each
 * row goes to another partition than the one before it.
 */

export const CHUNK_BYTES: usize = 16384;
export const CHUNK_HEAD: usize = 16;
const WITHIN: usize = CHUNK_BYTES - 1;

let table: usize = 0;
let recordBytes: usize = 0;
let arena: usize = 0;
let arenaEnd: usize = 0;
/** Partitions are 2 to the power of this, by the first bits of the key: any number of them refines 256. */
let bits: u64 = 8;

/** @param partitionBits 8 to 16 */
export function setShape(bytes: u32, partitionBits: u32): void {
  assert(bytes >= 20 && partitionBits >= 8 && partitionBits <= 16);
  recordBytes = bytes;
  bits = partitionBits;
}

export function initRows(tableAt: usize, arenaAt: usize, arenaTo: usize): void {
  table = tableAt;
  arenaEnd = arenaTo;
  resetRows(arenaAt);
}

/** Everything that waited stands elsewhere now. */
export function resetRows(arenaAt: usize): void {
  assert((arenaAt & WITHIN) == 0);
  arena = arenaAt;
  // The last byte of no chunk: the first record does not fit behind it.
  for (let p: usize = 0; p < <usize>1 << <usize>bits; p++) store<u32>(table + (p << 2), <u32>WITHIN);
}

export function recordSize(): u32 {
  return <u32>recordBytes;
}
export function partitionBits(): u64 {
  return bits;
}
/** May so many rows come, each in the worst case beginning another chunk? */
export function hasRoom(rows: usize): bool {
  return arena + rows * CHUNK_BYTES <= arenaEnd;
}

@inline function chunkOf(at: usize): usize {
  return at & ~WITHIN;
}

function newChunk(entry: usize, partition: u32): usize {
  const chunk = arena;
  // There is room before each block of rows; without it this must not write over what comes next.
  if (chunk + CHUNK_BYTES > arenaEnd) unreachable();
  arena += CHUNK_BYTES;
  const before = chunkOf(<usize>load<u32>(entry));
  if (before) store<u32>(before, <u32>((CHUNK_BYTES - CHUNK_HEAD - 1) / recordBytes), 4);
  store<u32>(chunk, <u32>before);
  store<u32>(chunk, partition, 8);
  return chunk + CHUNK_HEAD;
}

/** Place for the record of a key; the caller fills in what follows the key. */
@inline
export function take(high: u64, low: u64): usize {
  const partition = <u32>(high >> (64 - bits));
  const entry = table + (<usize>partition << 2);
  let at = <usize>load<u32>(entry);
  // A chunk is never filled to its last byte: the place behind that would be in the next one.
  if ((at & WITHIN) + recordBytes >= CHUNK_BYTES) at = newChunk(entry, partition);
  assert(at + recordBytes <= arenaEnd);
  store<u64>(at, high);
  store<u64>(at, low, 8);
  store<u32>(entry, <u32>(at + recordBytes));
  return at;
}

/** Writes into each partition's last chunk how many records it has, as all others have it already. */
export function seal(): void {
  for (let p: usize = 0; p < <usize>1 << <usize>bits; p++) {
    const at = <usize>load<u32>(table + (p << 2));
    if (chunkOf(at)) store<u32>(chunkOf(at), <u32>(((at & WITHIN) - CHUNK_HEAD) / recordBytes), 4);
  }
}

@inline function lastChunk(tableAt: usize, partition: u32): usize {
  return chunkOf(<usize>load<u32>(tableAt + (<usize>partition << 2)));
}

/** Writes the addresses of a partition's chunks, by anybody's table, to `out`, in order of arrival. @returns how many */
export function chunksOf(tableAt: usize, partition: u32, out: usize): u32 {
  let n: u32 = 0;
  for (let chunk = lastChunk(tableAt, partition); chunk; chunk = <usize>load<u32>(chunk)) n++;
  let to = out + (<usize>n << 2);
  for (let chunk = lastChunk(tableAt, partition); chunk; chunk = <usize>load<u32>(chunk)) {
    to -= 4;
    store<u32>(to, <u32>chunk);
  }
  return n;
}

/** Records of a partition, by anybody's table. Call `seal` before. */
export function rowsOf(tableAt: usize, partition: u32): u32 {
  let n: u32 = 0;
  for (let chunk = lastChunk(tableAt, partition); chunk; chunk = <usize>load<u32>(chunk)) n += load<u32>(chunk, 4);
  return n;
}
