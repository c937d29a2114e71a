import { crc32 } from "node:zlib";
import { AuditorError } from "../core/errors.ts";
import type { IdentifierKind, Instant } from "../core/model.ts";
import { parseHead } from "./set-head.ts";

/**
 * The set file, little-endian:
 *
 *     magic "PLS1", version                        8 bytes
 *     one body per partition                       keys 16n, presence 8n, prints 4n per attribute, consent n, padding to 8
 *     directory, 16 bytes per partition            offset low, offset high, rows, crc32 of the body
 *     head as JSON
 *     trailer                                      directory offset low, high, JSON bytes, partitions, crc32, magic
 *
 * The directory stands at the end, so a set is written in one pass and a cut file has no trailer.
 */
export const MAGIC = 0x31534c50;
/** "PLA1": the same layout, for what owner and copies last agreed on (agreed-file.ts). */
export const AGREED_MAGIC = 0x31414c50;
export const VERSION = 1;
export const START_BYTES = 8;
export const TRAILER_BYTES = 24;
/** Partitions by the leading bits of the key. */
export const PARTITION_BITS = 8;
export const PARTITIONS = 1 << PARTITION_BITS;

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

export type Place = { readonly offset: number; readonly rows: number; readonly crc: number };
export type Directory = { readonly head: SetHead; readonly places: readonly Place[] };

export const bodyBytes = (rows: number, attributes: number): number =>
  rows * (24 + 4 * attributes) + Math.ceil(rows / 8) * 8;

const TWO_32 = 2 ** 32;

export function encodeEnd(
  head: SetHead,
  places: readonly Place[],
  offset: number,
  magic = MAGIC,
): Uint8Array[] {
  const directory = new Uint32Array(places.length * 4);
  places.forEach((place, p) => {
    directory.set([place.offset % TWO_32, Math.floor(place.offset / TWO_32), place.rows, place.crc], 4 * p);
  });
  const bytes = new Uint8Array(directory.buffer);
  const json = new TextEncoder().encode(JSON.stringify(head));
  const crc = crc32(json, crc32(bytes));
  const trailer = Uint32Array.of(
    offset % TWO_32,
    Math.floor(offset / TWO_32),
    json.length,
    places.length,
    crc,
    magic,
  );
  return [bytes, json, new Uint8Array(trailer.buffer)];
}

export const damaged = (where: string, what: string, cause?: unknown): AuditorError =>
  new AuditorError("bad_data", where, what, "read the segment again; the next audit writes a new set", {
    cause,
  });

/** Where the directory begins and how long it is. @throws bad_data */
export function decodeTrailer(
  trailer: Uint8Array,
  fileBytes: number,
  where: string,
  magic = MAGIC,
): { offset: number; jsonBytes: number; partitions: number; crc: number } {
  const view = new DataView(trailer.buffer, trailer.byteOffset, trailer.byteLength);
  if (view.getUint32(20, true) !== magic) throw damaged(where, "the set is cut off: its end is missing");
  const offset = view.getUint32(0, true) + view.getUint32(4, true) * TWO_32;
  const jsonBytes = view.getUint32(8, true);
  const partitions = view.getUint32(12, true);
  if (partitions !== PARTITIONS || offset + partitions * 16 + jsonBytes + TRAILER_BYTES !== fileBytes) {
    throw damaged(where, "the set is damaged: its parts do not add up to its length");
  }
  return { offset, jsonBytes, partitions, crc: view.getUint32(16, true) };
}

/** @param bytes directory and JSON together. @throws bad_data */
export function decodeDirectory(
  bytes: Uint8Array,
  partitions: number,
  crc: number,
  end: number,
  where: string,
): Directory {
  if (crc32(bytes) !== crc)
    throw damaged(where, "the set is damaged: the checksum of its directory is wrong");
  const head = parseHead(bytes.subarray(partitions * 16));
  if (head === null) throw damaged(where, "the set is damaged: its head is not that of a set");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const places: Place[] = [];
  for (let p = 0; p < partitions; p++) {
    const offset = view.getUint32(16 * p, true) + view.getUint32(16 * p + 4, true) * TWO_32;
    const rows = view.getUint32(16 * p + 8, true);
    const inside = offset >= START_BYTES && offset + bodyBytes(rows, head.attributes.length) <= end;
    if (!inside || offset % 4 !== 0) {
      throw damaged(where, `the set is damaged: partition ${p} lies outside the file, or between its parts`);
    }
    places.push({ offset, rows, crc: view.getUint32(16 * p + 12, true) });
  }
  return { head, places };
}
