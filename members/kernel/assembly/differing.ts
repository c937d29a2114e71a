/**
 * Who is behind the counts: one pass over the sorted records of one partition of several sets, rows of one person in order of
 * arrival, each with its place at the end (offsets.ts).
 *
 *     set:  address of the next record 4 | end 4
 *     note: kind 4 | set 4 | attribute, or last 24 bits of the row's number 4 | 0 | offset at the owner, of a repeated row its person's first 8 |
 *           offset in the set 8; offsets as floats
 */
const SET_BYTES: usize = 8;
const NOTE_BYTES: usize = 32;
const PRINTS_AT: usize = 20;

const OFFSET: u64 = 0xffffffffff;

const MISSING: u32 = 0;
const EXTRA: u32 = 1;
const MISMATCHED: u32 = 2;
const REPEATED: u32 = 3;

let sets: usize = 0;
let recordBytes: usize = 0;
let placeAt: usize = 0;
let out: usize = 0;
let outEnd: usize = 0;
/** One: somebody has more rows than there is room for, and they were not noted. */
export let crowded: u32 = 0;

@inline function next(set: u32): usize {
  return <usize>load<u32>(sets + <usize>set * SET_BYTES);
}
@inline function end(set: u32): usize {
  return <usize>load<u32>(sets + <usize>set * SET_BYTES, 4);
}
@inline function offset(record: usize): f64 {
  return record ? <f64>(load<u64>(record + placeAt) & OFFSET) : 0;
}
@inline function number(record: usize): u32 {
  return <u32>(load<u64>(record + placeAt) >> 40);
}

function note(kind: u32, set: u32, detail: u32, owner: f64, here: f64): void {
  // The caller asks for room before each person; this must not write over what comes next.
  if (out + NOTE_BYTES > outEnd) unreachable();
  store<u32>(out, kind);
  store<u32>(out, set, 4);
  store<u32>(out, detail, 8);
  store<u32>(out, 0, 12);
  store<f64>(out, owner, 16);
  store<f64>(out, here, 24);
  out += NOTE_BYTES;
}

/**
 * Writes notes from `to` on, by person in order of keys. Goes on where the call before stopped for want of room.
 *
 * @param setsAt `n` sets; their next records move on
 * @param firsts room for 4 bytes a set
 * @param room bytes at `to`, 32 · n · (attributes + 1) at least, which one person may take; each repeated row takes 32 more
 * @returns bytes written
 */
export function differing(
  setsAt: usize, n: u32, owner: u32, prints: u32, bytes: u32, place: u32, firsts: usize, to: usize, room: u32,
): u32 {
  sets = setsAt;
  recordBytes = <usize>bytes;
  placeAt = <usize>place;
  out = to;
  outEnd = to + <usize>room;
  crowded = 0;
  const most = NOTE_BYTES * <usize>n * <usize>(prints + 1);
  for (;;) {
    if (n == 2) passSame(prints);
    let least: usize = 0;
    for (let s: u32 = 0; s < n; s++) {
      const at = next(s);
      if (at < end(s) && (!least || isLess(at, least))) least = at;
    }
    if (!least) break;
    const high = load<u64>(least);
    const low = load<u64>(least, 8);
    const rows = repeated(n, high, low);
    const fits = rows + most <= outEnd - out;
    if (outEnd - out < most || (!fits && out > to)) break;
    if (!fits) crowded = 1;
    for (let s: u32 = 0; s < n; s++) {
      const first = next(s);
      const here = first < end(s) && load<u64>(first) == high && load<u64>(first, 8) == low;
      store<u32>(firsts + (<usize>s << 2), here ? <u32>first : 0);
      if (here) passPerson(s, first, high, low, fits);
    }
    notePerson(n, owner, prints, firsts);
  }
  return <u32>(out - to);
}

/** Of two sets, passes over those who stand once in each with the same values, which are most people. */
@inline function passSame(prints: u32): void {
  let p = next(0);
  let q = next(1);
  const pEnd = end(0);
  const qEnd = end(1);
  while (p < pEnd && q < qEnd) {
    const high = load<u64>(p);
    if (load<u64>(q) != high || load<u64>(q, 8) != load<u64>(p, 8)) break;
    const pNext = p + recordBytes;
    const qNext = q + recordBytes;
    // half a key that is the same may be the same person
    if ((pNext < pEnd && load<u64>(pNext) == high) || (qNext < qEnd && load<u64>(qNext) == high)) break;
    if (!haveSameValues(p + PRINTS_AT, q + PRINTS_AT, <usize>prints << 2)) break;
    p = pNext;
    q = qNext;
  }
  store<u32>(sets, <u32>p);
  store<u32>(sets + SET_BYTES, <u32>q);
}

@inline function haveSameValues(p: usize, q: usize, bytes: usize): bool {
  for (let a: usize = 0; a < bytes; a += 4) if (load<u32>(p + a) != load<u32>(q + a)) return false;
  return true;
}

@inline function isLess(a: usize, b: usize): bool {
  const x = load<u64>(a);
  const y = load<u64>(b);
  return x < y || (x == y && load<u64>(a, 8) < load<u64>(b, 8));
}

/** Bytes that the notes of one person's repeated rows take. */
@inline function repeated(n: u32, high: u64, low: u64): usize {
  let rows: usize = 0;
  for (let s: u32 = 0; s < n; s++) {
    let here: usize = 0;
    for (let p = next(s); p < end(s) && load<u64>(p) == high && load<u64>(p, 8) == low; p += recordBytes) here++;
    if (here > 1) rows += here;
  }
  return rows * NOTE_BYTES;
}

/** Moves a set on to its next person, and notes every row of this one if there are several. */
@inline function passPerson(set: u32, first: usize, high: u64, low: u64, fits: bool): void {
  let p = first + recordBytes;
  if (p < end(set) && load<u64>(p) == high && load<u64>(p, 8) == low) {
    for (p = first; p < end(set) && load<u64>(p) == high && load<u64>(p, 8) == low; p += recordBytes)
      if (fits) note(REPEATED, set, number(p), offset(first), offset(p));
  }
  store<u32>(sets + <usize>set * SET_BYTES, <u32>p);
}

@inline function notePerson(n: u32, owner: u32, prints: u32, firsts: usize): void {
  const there = <usize>load<u32>(firsts + (<usize>owner << 2));
  for (let s: u32 = 0; s < n; s++) {
    if (s == owner) continue;
    const here = <usize>load<u32>(firsts + (<usize>s << 2));
    if (!there || !here) {
      if (there) note(MISSING, s, 0, offset(there), 0);
      else if (here) note(EXTRA, s, 0, 0, offset(here));
      continue;
    }
    for (let a: u32 = 0; a < prints; a++) {
      const at = PRINTS_AT + (<usize>a << 2);
      if (load<u32>(there + at) != load<u32>(here + at)) note(MISMATCHED, s, a, offset(there), offset(here));
    }
  }
}
