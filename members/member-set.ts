import { type FileHandle, open } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { AuditorError } from "../core/errors.ts";
import type { IdentifierKind, Instant } from "../core/model.ts";
import { bodyError, type SetBodies } from "./set-bodies.ts";
import {
  bodyBytes,
  type Directory,
  damaged,
  decodeDirectory,
  decodeTrailer,
  MAGIC,
  START_BYTES,
  TRAILER_BYTES,
  VERSION,
} from "./set-file.ts";

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

/** All identity keys of one segment at one time, with fingerprints and presence history. Holds no raw value. */
export type MemberSet = {
  readonly path: string;
  /** People present in this reading. */
  readonly size: number;
  readonly partitions: number;
  readonly attributes: readonly string[];
  readonly identity: IdentifierKind;
  readonly asOf: Instant;
  readonly ordinal: number | null;
  /** Key epoch. Sets of different epochs are never compared. */
  readonly epoch: number;
  /** Readings that the presence words cover, 1 to 64. */
  readonly reads: number;
  /** @throws bad_data when the partition's checksum is wrong */
  load(p: number): Promise<Partition>;
  /** For reading partitions without a copy of them in between. Not after `close`. */
  bodies(): SetBodies;
  close(): Promise<void>;
};

/** Sets up to this size are read at once and hold no file open. */
const WHOLE_BYTES = 4 << 20;

async function readAt(
  handle: FileHandle,
  offset: number,
  length: number,
  where: string,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await handle.read(bytes, done, length - done, offset + done);
    if (bytesRead === 0) throw bodyError(where, 0, "cut_off");
    done += bytesRead;
  }
  return bytes;
}

/** @throws AuditorError not_found, or bad_data when the file is cut off, damaged, or of another version */
export async function openSet(path: string, magic = MAGIC): Promise<MemberSet> {
  let handle: FileHandle;
  try {
    handle = await open(path, "r");
  } catch (cause) {
    throw new AuditorError(
      "not_found",
      path,
      "the member set is missing or cannot be opened",
      "run an audit; until then nothing can be told about this segment",
      { cause },
    );
  }
  try {
    const { size } = await handle.stat();
    if (size < START_BYTES + TRAILER_BYTES) throw damaged(path, "the set is cut off: it is too short");
    const whole = size <= WHOLE_BYTES ? await readAt(handle, 0, size, path) : null;
    const read = async (offset: number, length: number): Promise<Uint8Array> =>
      whole === null ? readAt(handle, offset, length, path) : whole.subarray(offset, offset + length);

    checkStart(await read(0, START_BYTES), path, magic);
    const end = decodeTrailer(await read(size - TRAILER_BYTES, TRAILER_BYTES), size, path, magic);
    const directory = decodeDirectory(
      await read(end.offset, end.partitions * 16 + end.jsonBytes),
      end.partitions,
      end.crc,
      end.offset,
      path,
    );
    if (whole !== null) await handle.close();
    return memberSet(path, directory, read, whole ?? handle);
  } catch (e) {
    await handle.close();
    throw e;
  }
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

function memberSet(
  path: string,
  { head, places }: Directory,
  read: (offset: number, length: number) => Promise<Uint8Array>,
  file: FileHandle | Uint8Array,
): MemberSet {
  const whole = file instanceof Uint8Array ? file : null;
  let open = file instanceof Uint8Array ? null : file;
  return {
    ...head,
    path,
    partitions: places.length,
    async load(p) {
      const place = places[p];
      if (place === undefined) throw new RangeError(`partition ${p} of ${places.length}`);
      const bytes = await read(place.offset, bodyBytes(place.rows, head.attributes.length));
      if (crc32(bytes) !== place.crc) throw bodyError(path, p, "checksum");
      return partitionOf(bytes, place.rows, head.attributes.length);
    },
    bodies: () => ({
      path,
      fd: open?.fd ?? null,
      whole,
      attributes: head.attributes.length,
      places,
    }),
    async close() {
      await open?.close();
      open = null;
    },
  };
}

function partitionOf(bytes: Uint8Array, n: number, attributes: number): Partition {
  const { buffer, byteOffset } = bytes;
  return {
    n,
    keys: new Uint32Array(buffer, byteOffset, 4 * n),
    presence: new Uint32Array(buffer, byteOffset + 16 * n, 2 * n),
    prints: Array.from(
      { length: attributes },
      (_, a) => new Uint32Array(buffer, byteOffset + (24 + 4 * a) * n, n),
    ),
    consent: bytes.subarray((24 + 4 * attributes) * n, (25 + 4 * attributes) * n),
  };
}
