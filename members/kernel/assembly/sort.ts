import { CHUNK_HEAD, partitionBits, recordSize } from "./rows";

/** Of many rows of one person, how many spellings: by the host. @param p first record */
@external("host", "spellings") declare function hostSpellings(p: usize, n: u32, bytes: u32): u32;

const FEW: usize = 16;

/** People of the partition made last, and of its rows those that are spelled differently. */
export let people: u32 = 0;
export let respelled: u32 = 0;

/** A record has 20 bytes or more; its last 16 may overlap what was moved before them. */
@inline function move(to: usize, p: usize, bytes: usize): void {
  const tail = v128.load(p + bytes - 16);
  v128.store(to, v128.load(p));
  for (let k: usize = 16; k + 16 < bytes; k += 16) v128.store(to + k, v128.load(p + k));
  v128.store(to + bytes - 16, tail);
}

@inline function isBefore(h: u64, l: u64, p: usize): bool {
  const other = load<u64>(p);
  return h < other || (h == other && l < load<u64>(p, 8));
}

/**
 * Sorts the records of one partition by key, rows of one person in order of arrival. Keys are hashes, so buckets by the bits below
 * the partition's hold about one record each, and insertion does the rest.
 *
 * @param chunks addresses of `n` chunks, in order of arrival
 * @param counts room for 4 · (2 · records + 2) bytes, and never less than 136
 * @param out room for all records and one more
 * @returns how many
 */
export function sortPartition(chunks: usize, n: u32, counts: usize, out: usize): u32 {
  const bytes = <usize>recordSize();
  let records: u32 = 0;
  for (let k: usize = 0; k < <usize>n; k++) records += load<u32>(<usize>load<u32>(chunks + (k << 2)), 4);
  if (!records) return 0;
  const bits = max<u64>(4, 64 - clz<u64>(records));
  const shift = 64 - bits;
  const above = partitionBits();
  const buckets = <usize>1 << <usize>bits;
  memory.fill(counts, 0, buckets << 2);
  for (let k: usize = 0; k < <usize>n; k++) {
    const chunk = <usize>load<u32>(chunks + (k << 2));
    let p = chunk + CHUNK_HEAD;
    for (let left = load<u32>(chunk, 4); left > 0; left--, p += bytes) {
      const slot = counts + (<usize>((load<u64>(p) << above) >> shift) << 2);
      store<u32>(slot, load<u32>(slot) + 1);
    }
  }
  let place = <u32>out;
  for (let slot = counts; slot < counts + (buckets << 2); slot += 4) {
    const here = load<u32>(slot);
    store<u32>(slot, place);
    place += here * <u32>bytes;
  }
  for (let k: usize = 0; k < <usize>n; k++) {
    const chunk = <usize>load<u32>(chunks + (k << 2));
    let p = chunk + CHUNK_HEAD;
    for (let left = load<u32>(chunk, 4); left > 0; left--, p += bytes) {
      const slot = counts + (<usize>((load<u64>(p) << above) >> shift) << 2);
      const to = <usize>load<u32>(slot);
      assert(to < out + <usize>records * bytes);
      store<u32>(slot, <u32>(to + bytes));
      move(to, p, bytes);
    }
  }
  insert(out, out + <usize>records * bytes, bytes);
  return records;
}

/** Insertion sort, stable; the room behind the records holds the one that is moved. */
function insert(out: usize, end: usize, bytes: usize): void {
  let before = load<u64>(out);
  for (let p = out + bytes; p < end; p += bytes) {
    const h = load<u64>(p);
    if (h > before) {
      before = h;
      continue;
    }
    const l = load<u64>(p, 8);
    if (h == before && l >= load<u64>(p - bytes, 8)) continue;
    move(end, p, bytes);
    let to = p;
    do {
      move(to, to - bytes, bytes);
      to -= bytes;
    } while (to > out && isBefore(h, l, to - bytes));
    move(to, end, bytes);
  }
}

/**
 * Makes people of sorted records: of several rows of one person the first counts. Writes the body of a partition of the set file,
 * packed: keys 16, presence 8, prints 4 each.
 *
 * @param body room for all records
 */
export function makePeople(sorted: usize, records: u32, prints: u32, body: usize): void {
  const bytes = <usize>recordSize();
  const end = sorted + <usize>records * bytes;
  let n: usize = 0;
  respelled = 0;
  for (let p = sorted; p < end; ) {
    const h = load<u64>(p);
    const l = load<u64>(p, 8);
    // The file keeps a key as four words, each little-endian, most significant first.
    store<u64>(body + (n << 4), rotl(h, 32));
    store<u64>(body + (n << 4), rotl(l, 32), 8);
    const first = p;
    p += bytes;
    while (p < end && load<u64>(p) == h && load<u64>(p, 8) == l) p += bytes;
    if (p > first + bytes) respelled += spellingsOf(first, p, bytes) - 1;
    move(sorted + n * bytes, first, bytes);
    n++;
  }
  people = <u32>n;
  let column = body + (n << 4);
  for (let k: usize = 0; k < n; k++) store<u64>(column + (k << 3), 1);
  column += n << 3;
  for (let a: usize = 0; a < <usize>prints; a++, column += n << 2) {
    let from = sorted + 20 + (a << 2);
    for (let k: usize = 0; k < n; k++, from += bytes) store<u32>(column + (k << 2), load<u32>(from));
  }
}

/** Distinct spellings of the rows of one person, `first` up to `end`. */
export function spellingsOf(first: usize, end: usize, bytes: usize): u32 {
  const n = (end - first) / bytes;
  if (n > FEW) return hostSpellings(first, <u32>n, <u32>bytes);
  let distinct: u32 = 0;
  for (let p = first; p < end; p += bytes) {
    let seen = false;
    for (let q = first; q < p && !seen; q += bytes) seen = load<u32>(q, 16) == load<u32>(p, 16);
    if (!seen) distinct++;
  }
  return distinct;
}
