import { AuditorError } from "../core/errors.ts";
import type { IdentifierKind, Instant } from "../core/model.ts";
import { checksum } from "./checksum.ts";
import { parseHead } from "./set-head.ts";
import { bodyBytes, MOST_PARTITIONS, PARTITIONS } from "./set-layout.ts";

/**
 * The set file, little-endian; byte by byte in docs/member-set-format.md:
 *
 *     magic "PLS1", version                        8 bytes
 *     one body per partition                       keys 16n, presence 8n, prints 4n per attribute, consent n, zeros up to 8
 *     directory, an entry per partition            offset low, offset high, rows, checksum of each column
 *     head as JSON
 *     trailer                                      directory offset low, high, JSON bytes, partitions, checksum, magic
 *
 * The directory stands at the end, so a set is written in one pass and a cut file has no trailer. Nothing stands between
 * the parts, so that every byte is covered by a checksum.
 */
export const MAGIC = 0x31534c50;
/** "PLA1": the same layout, for what owner and copies last agreed on (agreed-file.ts). */
export const AGREED_MAGIC = 0x31414c50;
export const VERSION = 3;
export const START_BYTES = 8;
export const TRAILER_BYTES = 24;

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

/** One partition of the file. `checksums`: of each column, in their order in the body. */
export type Place = { readonly offset: number; readonly rows: number; readonly checksums: readonly number[] };
export type Directory = { readonly head: SetHead; readonly places: readonly Place[] };

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
    directory.set([low, high, place.rows, ...place.checksums], words * p);
  });
  const bytes = new Uint8Array(directory.buffer);
  const json = new TextEncoder().encode(JSON.stringify(head));
  const { low, high } = halves(offset);
  const trailer = Uint32Array.of(low, high, json.length, places.length, 0, magic);
  trailer[4] = checksum(bytes, json, new Uint8Array(trailer.buffer, 0, 16));
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
  readonly checksum: number;
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
  return {
    offset,
    jsonBytes,
    partitions,
    checksum: view.getUint32(16, true),
    covered: trailer.subarray(0, 16),
  };
}

/** @param bytes directory and JSON together. @throws bad_data */
export function decodeDirectory(bytes: Uint8Array, end: End, where: string): Directory {
  if (checksum(bytes, end.covered) !== end.checksum)
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
    places.push({ offset, rows, checksums: Array.from({ length: words - 3 }, (_, c) => word(3 + c)) });
  }
  if (next !== end.offset)
    throw damaged(where, "the set is damaged: its partitions do not add up to its length");
  return { head, places };
}
