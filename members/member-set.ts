import { type FileHandle, open } from "node:fs/promises";
import { AuditorError } from "../core/errors.ts";
import type { IdentifierKind, Instant } from "../core/model.ts";
import type { SetBodies } from "./set-bodies.ts";
import {
  type Directory,
  damaged,
  decodeDirectory,
  decodeTrailer,
  MAGIC,
  START_BYTES,
  TRAILER_BYTES,
  VERSION,
} from "./set-file.ts";
import { type Column, columnAt, columnStarts, PARTITIONS } from "./set-layout.ts";
import { type Read, readFrom, readOf, SetReading } from "./set-reading.ts";

/** Rows of one partition, sorted by key. A row whose presence bit 0 is 0 is history: it does not count as a member. */
export type Partition = {
  readonly n: number;
  /** Four words a key. */
  readonly keys: Uint32Array;
  /** Two words a row, low and high: one bit per past reading, newest lowest. */
  readonly presence: Uint32Array;
  /** One fingerprint column per attribute, in the order of the set's `attributes`. */
  readonly prints: readonly Uint32Array[];
  /** See consent-byte.ts. */
  readonly consent: Uint8Array;
};

/**
 * All identity keys of one segment at one time, with fingerprints and presence history. Holds no raw value.
 *
 * Partition `p` of `of` has the keys that begin with the bits of `p`. Every set can be taken in 256 of them, whatever
 * its file has; `of` may be any power of two up to `finest`.
 */
export type MemberSet = {
  readonly path: string;
  /** People present in this reading. */
  readonly size: number;
  /** What `of` is when it is not given: 256. */
  readonly partitions: number;
  /** Partitions of the file: 256 to 4096. */
  readonly finest: number;
  readonly attributes: readonly string[];
  readonly identity: IdentifierKind;
  readonly asOf: Instant;
  readonly ordinal: number | null;
  /** Key epoch. Sets of different epochs are never compared. */
  readonly epoch: number;
  /** Readings that the presence words cover, 1 to 64. */
  readonly reads: number;
  /** @throws bad_data when a checksum of the partition is wrong */
  load(p: number, of?: number): Promise<Partition>;
  /** Bytes that `bodyInto` fills, padding included. */
  bodyBytes(p: number, of?: number): number;
  /**
   * Reads partition `p` as a file has it: keys 16n, presence 8n, prints 4n each, consent n, zeros up to a multiple of 8.
   *
   * @param target at least `bodyBytes(p)` long; memory of WebAssembly must not grow meanwhile
   * @returns rows: n
   * @throws bad_data when a checksum of the partition is wrong; `target` is undefined then
   */
  bodyInto(p: number, target: Uint8Array, of?: number): Promise<number>;
  /** Bytes that `columnInto` fills; of `consent`, with the zeros up to the end of the body. */
  columnBytes(p: number, column: Column, of?: number): number;
  /** Reads one column of partition `p` and nothing else; otherwise as `bodyInto`. */
  columnInto(p: number, column: Column, target: Uint8Array, of?: number): Promise<number>;
  /** For threads, and for reading without a promise each. Not after `close`. */
  bodies(): SetBodies;
  close(): Promise<void>;
};

/** Sets up to this size are read at once and hold no file open. */
const WHOLE_BYTES = 4 << 20;

/** @throws AuditorError not_found, or bad_data when the file is cut off, damaged, or of another version */
export async function openSet(path: string, magic = MAGIC): Promise<MemberSet> {
  const handle = await open(path, "r").catch((cause: unknown) => {
    throw new AuditorError(
      "not_found",
      path,
      "the member set is missing or cannot be opened",
      "run an audit; until then nothing can be told about this segment",
      { cause },
    );
  });
  try {
    const { size } = await handle.stat();
    if (size < START_BYTES + TRAILER_BYTES) throw damaged(path, "the set is cut off: it is too short");
    let read = readFrom(handle, path);
    const whole = size <= WHOLE_BYTES ? await take(read, 0, size) : null;
    if (whole !== null) read = readOf(whole);
    checkStart(await take(read, 0, START_BYTES), path, magic);
    const trailer = await take(read, size - TRAILER_BYTES, TRAILER_BYTES);
    const end = decodeTrailer(trailer, size, path, magic);
    const directory = await take(read, end.offset, size - TRAILER_BYTES - end.offset);
    if (whole !== null) await handle.close();
    return memberSet(path, decodeDirectory(directory, end, path), read, whole ?? handle);
  } catch (e) {
    await handle.close();
    throw e;
  }
}

async function take(read: Read, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  await read(offset, [bytes]);
  return bytes;
}

function checkStart(start: Uint8Array, path: string, magic: number): void {
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  if (view.getUint32(0, true) !== magic) throw damaged(path, "this is not a member set");
  const version = view.getUint32(4, true);
  if (version !== VERSION) {
    throw new AuditorError(
      "bad_data",
      path,
      `the set has format ${version}, this program reads ${VERSION}`,
      "use the version of Plumbline that wrote it, or start a new history",
    );
  }
}

function memberSet(path: string, directory: Directory, read: Read, file: FileHandle | Uint8Array): MemberSet {
  const { head, places } = directory;
  const reading = new SetReading(path, directory, read);
  const attributes = head.attributes.length;
  const columns = attributes + 3;
  const bodyBytes = (p: number, of = PARTITIONS): number => reading.bytes(p, of, 0, columns);
  const bodyInto = (p: number, target: Uint8Array, of = PARTITIONS): Promise<number> =>
    reading.into(p, of, 0, columns, target);
  const whole = file instanceof Uint8Array ? file : null;
  let open = file instanceof Uint8Array ? null : file;
  return {
    ...head,
    path,
    partitions: PARTITIONS,
    finest: places.length,
    bodyBytes,
    bodyInto,
    async load(p, of) {
      const bytes = new Uint8Array(bodyBytes(p, of));
      return partitionOf(bytes, await bodyInto(p, bytes, of), attributes);
    },
    columnBytes(p, column, of = PARTITIONS) {
      const c = columnAt(column, attributes);
      return reading.bytes(p, of, c, c + 1);
    },
    columnInto(p, column, target, of = PARTITIONS) {
      const c = columnAt(column, attributes);
      return reading.into(p, of, c, c + 1, target);
    },
    bodies: () => ({ path, fd: open?.fd ?? null, whole, attributes, partitions: PARTITIONS, places }),
    async close() {
      const closing = open;
      open = null;
      await closing?.close();
    },
  };
}

function partitionOf({ buffer }: Uint8Array, n: number, attributes: number): Partition {
  const starts = columnStarts(n, attributes);
  const words = (column: number, length: number): Uint32Array =>
    new Uint32Array(buffer, starts[column], length);
  return {
    n,
    keys: words(0, 4 * n),
    presence: words(1, 2 * n),
    prints: Array.from({ length: attributes }, (_, a) => words(2 + a, n)),
    consent: new Uint8Array(buffer, starts[2 + attributes], n),
  };
}
