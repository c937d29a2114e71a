import type { Kernel } from "./instance.ts";
import type { Places } from "./places.ts";
import { placeAt } from "./row-places.ts";

/** `kind` of a note: who lacks whom, or rows of one person. As assembly/differing.ts has them. */
export const NOTE = { missing: 0, extra: 1, mismatched: 2, repeated: 3 } as const;

/** Offsets are bytes from the beginning of the file. */
export type Note = {
  readonly kind: number;
  /** The file that lacks somebody, has them too many, has another value, or has them twice. */
  readonly set: number;
  /** The attribute that differs; of a repeated row the last 24 bits of its number (`rowNumber`), from 0 and without the header. */
  readonly detail: number;
  /** Row at the owner; of a repeated row, the first of its person. */
  readonly owner: number;
  /** Row in the file. */
  readonly here: number;
};

/** Notes about one partition, as they stand in memory; null: there are none. */
export type Noted = {
  readonly partition: number;
  readonly notes: ArrayBuffer | null;
  /** No more about this partition follow. */
  readonly last: boolean;
  /** Somebody had more rows than there was room for: of repeated rows, not all are noted. */
  readonly crowded: boolean;
};

const NOTE_BYTES = 32;
/** Notes that are made at once, and the rows of one person that are noted at most. */
const ROOM = 1 << 22;
/** Partitions that may wait to be named: threads merge faster than people are written. */
const AHEAD = 64;

/** Addresses, and bytes of notes. */
export type NotePlaces = {
  readonly sets: number;
  readonly firsts: number;
  readonly notes: number;
  readonly room: number;
};
export function notePlaces(places: Places, files: number, attributes: number): NotePlaces {
  const room = ROOM + NOTE_BYTES * files * (attributes + 1);
  return {
    sets: places.take(8 * files),
    firsts: places.take(4 * files),
    notes: places.take(room),
    room,
  };
}

/** Until few enough partitions wait. @param named index of the shared number of those that do not */
export function waitForNames(words: Int32Array, named: number, partition: number): void {
  for (;;) {
    const done = Atomics.load(words, named);
    if (partition < done + AHEAD) return;
    Atomics.wait(words, named, done);
  }
}

/**
 * Notes who differs in one partition, by person in order of keys; of one person by file, then attribute.
 *
 * @returns the last of them
 * @param at places of the sorted records: 16 bytes a file at `sets`, of which the first 8 are their beginning and end
 */
export function* note(
  { exports, memory }: Kernel,
  at: { readonly sets: number; readonly notes: NotePlaces | null },
  partition: number,
  owner: number,
  attributes: number,
  files: number,
  record: number,
): Generator<Noted, Noted> {
  let waiting: Noted = { partition, notes: null, crowded: false, last: true };
  if (at.notes === null) return waiting;
  const { sets, firsts, notes, room } = at.notes;
  const sorted = new Uint32Array(memory.buffer, at.sets, 4 * files);
  const mine = new Uint32Array(memory.buffer, sets, 2 * files);
  for (let f = 0; f < files; f++) mine.set(sorted.subarray(4 * f, 4 * f + 2), 2 * f);
  const isDone = (): boolean => mine.every((address, i) => i % 2 === 1 || address === mine[i + 1]);
  while (!isDone()) {
    const place = placeAt(attributes);
    const bytes = exports.differing(sets, files, owner, attributes, record, place, firsts, notes, room);
    const crowded = exports.crowded.value !== 0;
    if (bytes === 0 && !crowded) continue;
    if (waiting.notes !== null) yield { ...waiting, last: false };
    waiting = {
      partition,
      notes: new Uint8Array(memory.buffer, notes, bytes).slice().buffer,
      crowded: waiting.crowded || crowded,
      last: true,
    };
  }
  return waiting;
}

export function eachNote(notes: ArrayBuffer, onNote: (note: Note) => void): void {
  const words = new Uint32Array(notes);
  const offsets = new Float64Array(notes);
  for (let n = 0; n < notes.byteLength / NOTE_BYTES; n++) {
    onNote({
      kind: words[8 * n] as number,
      set: words[8 * n + 1] as number,
      detail: words[8 * n + 2] as number,
      owner: offsets[4 * n + 2] as number,
      here: offsets[4 * n + 3] as number,
    });
  }
}
