import { crc32 } from "node:zlib";
import { AuditorError } from "../core/errors.ts";
import type { IdentifierKind, Instant } from "../core/model.ts";
import { parseHead } from "./set-head.ts";

/**
 * The set file, little-endian; byte by byte in docs/member-set-format.md:
 *
 *     magic "PLS1", version                        8 bytes
 *     one body per partition                       keys 16n, presence 8n, prints 4n per attribute, consent n, zeros up to 8
 *     directory, an entry per partition            offset low, offset high, rows, crc32 of each column
 *     head as JSON
 *     trailer                                      directory offset low, high, JSON bytes, partitions, crc32, magic
 *
 * The directory stands at the end, so a set is written in one pass and a cut file has no trailer. Nothing stands between
 * the parts, so that every byte is covered by a checksum.
 */
export const MAGIC = 0x31534c50;
/** "PLA1": the same layout, for what owner and copies last agreed on (agreed-file.ts). */
export const AGREED_MAGIC = 0x31414c50;
export const VERSION = 2;
export const START_BYTES = 8;
export const TRAILER_BYTES = 24;
/** Whoever walks a set takes it in so many partitions, by the leading bits of the key; its file may have finer ones. */
export const PARTITION_BITS = 8;
export const PARTITIONS = 1 << PARTITION_BITS;
/** Of a file. */
export const MOST_PARTITIONS = 4096;
/** A partition of so many people fits the caches of a processor. */
const PEOPLE_PER_PARTITION = 40_000;

/** How many partitions the file of a set gets: 256 up to 10 million people, 4096 from 82 million on. */
export function partitionsFor(people: number): number {
  let partitions = PARTITIONS;
  while (partitions < MOST_PARTITIONS && people > partitions * PEOPLE_PER_PARTITION) partitions *= 2;
  return partitions;
}

export type SetHead = {
  readonly identity: IdentifierKind;
  readonly attributes: readonly string[];
  readonly asOf: Instant;
  readonly ordinal: number | null;
  readonly epoch: number;
  /** People present in the reading. */
  readonly size: number;
  /** Readings that the presence words cover, 1 to 64. */
  readonly reads: number;
};

/** One partition of the file. `crcs`: of each column, in their order in the body. */
export type Place = { readonly offset: number; readonly rows: number; readonly crcs: readonly number[] };
export type Directory = { readonly head: SetHead; readonly places: readonly Place[] };

/** A number: of that attribute, in the order of the set's `attributes`. */
export type Column = "keys" | "presence" | "consent" | number;

/** Bytes a person of each column, in the order of the body. */
export const columnWidths = (attributes: number): readonly number[] => [
  16,
  8,
  ...Array.from({ length: attributes }, () => 4),
  1,
];

/** Position of a column among those of the body. @throws RangeError when there is no such attribute */
export function columnAt(column: Column, attributes: number): number {
  if (column === "keys") return 0;
  if (column === "presence") return 1;
  if (column === "consent") return 2 + attributes;
  if (!Number.isInteger(column) || column < 0 || column >= attributes)
    throw new RangeError(`attribute ${column} of ${attributes}`);
  return 2 + column;
}

/** Where each column of a body begins, and last its end. The zeros at the end belong to the last column. */
export function columnStarts(rows: number, attributes: number): readonly number[] {
  const starts = [0];
  let end = 0;
  for (const width of columnWidths(attributes)) {
    end += width * rows;
    starts.push(end);
  }
  starts[starts.length - 1] = Math.ceil(end / 8) * 8;
  return starts;
}

export const bodyBytes = (rows: number, attributes: number): number =>
  Math.ceil((rows * (25 + 4 * attributes)) / 8) * 8;

const TWO_32 = 2 ** 32;
const entryWords = (attributes: number): number => 6 + attributes;

/** Directory, head and trailer. @param offset where they will stand */
export function encodeEnd(
  head: SetHead,
  places: readonly Place[],
  offset: number,
  magic = MAGIC,
): Uint8Array[] {
  const words = entryWords(head.attributes.length);
  const directory = new Uint32Array(places.length * words);
  places.forEach((place, p) => {
    const { low, high } = halves(place.offset);
    directory.set([low, high, place.rows, ...place.crcs], words * p);
  });
  const bytes = new Uint8Array(directory.buffer);
  const json = new TextEncoder().encode(JSON.stringify(head));
  const { low, high } = halves(offset);
  const trailer = Uint32Array.of(low, high, json.length, places.length, 0, magic);
  trailer[4] = crc32(new Uint8Array(trailer.buffer, 0, 16), crc32(json, crc32(bytes)));
  return [bytes, json, new Uint8Array(trailer.buffer)];
}

const halves = (offset: number) => ({ low: offset % TWO_32, high: Math.floor(offset / TWO_32) });

export const damaged = (where: string, what: string, cause?: unknown): AuditorError =>
  new AuditorError("bad_data", where, what, "read the segment again; the next audit writes a new set", {
    cause,
  });

/** What the last bytes of a file say of those before. */
export type End = {
  /** Of directory and head together. */
  readonly offset: number;
  readonly jsonBytes: number;
  readonly partitions: number;
  readonly crc: number;
  /** The part of the trailer that the checksum covers. */
  readonly covered: Uint8Array;
};

/** @throws bad_data */
export function decodeTrailer(trailer: Uint8Array, fileBytes: number, where: string, magic = MAGIC): End {
  const view = new DataView(trailer.buffer, trailer.byteOffset, trailer.byteLength);
  if (view.getUint32(20, true) !== magic) throw damaged(where, "the set is cut off: its end is missing");
  const offset = view.getUint32(0, true) + view.getUint32(4, true) * TWO_32;
  const jsonBytes = view.getUint32(8, true);
  const partitions = view.getUint32(12, true);
  const known =
    Number.isInteger(Math.log2(partitions)) && partitions >= PARTITIONS && partitions <= MOST_PARTITIONS;
  const rest = fileBytes - TRAILER_BYTES - jsonBytes - offset;
  if (!known || offset < START_BYTES || rest < partitions * 4 * entryWords(0))
    throw damaged(where, "the set is damaged: its parts do not add up to its length");
  return { offset, jsonBytes, partitions, crc: view.getUint32(16, true), covered: trailer.subarray(0, 16) };
}

/** @param bytes directory and JSON together. @throws bad_data */
export function decodeDirectory(bytes: Uint8Array, end: End, where: string): Directory {
  if (crc32(end.covered, crc32(bytes)) !== end.crc)
    throw damaged(where, "the set is damaged: the checksum of its directory is wrong");
  const directoryBytes = bytes.length - end.jsonBytes;
  const head = parseHead(bytes.subarray(directoryBytes));
  if (head === null) throw damaged(where, "the set is damaged: its head is not that of a set");
  const attributes = head.attributes.length;
  const words = entryWords(attributes);
  if (directoryBytes !== end.partitions * words * 4)
    throw damaged(where, "the set is damaged: its directory has not the columns of its head");
  const view = new DataView(bytes.buffer, bytes.byteOffset, directoryBytes);
  const places: Place[] = [];
  let next = START_BYTES;
  for (let p = 0; p < end.partitions; p++) {
    const word = (w: number): number => view.getUint32(4 * (words * p + w), true);
    const offset = word(0) + word(1) * TWO_32;
    if (offset !== next) throw damaged(where, `the set is damaged: partition ${p} is not at its place`);
    const rows = word(2);
    next += bodyBytes(rows, attributes);
    places.push({ offset, rows, crcs: Array.from({ length: words - 3 }, (_, c) => word(3 + c)) });
  }
  if (next !== end.offset)
    throw damaged(where, "the set is damaged: its partitions do not add up to its length");
  return { head, places };
}
