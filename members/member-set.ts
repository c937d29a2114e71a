import { type FileHandle, open } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { AuditorError } from "../core/errors.ts";
import type { IdentifierKind, Instant } from "../core/model.ts";
import {
  bodyBytes,
  type Directory,
  damaged,
  decodeDirectory,
  decodeTrailer,
  MAGIC,
  type Place,
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
  /** Bytes of partition `p` as the file has them, padding included. */
  bodyBytes(p: number): number;
  /**
   * Reads partition `p` as the file has it: keys 16n, presence 8n, prints 4n each, consent n, then zeros (set-file.ts).
   *
   * @param target at least `bodyBytes(p)` long; memory of WebAssembly must not grow meanwhile
   * @returns rows: n
   * @throws bad_data when the partition's checksum is wrong; `target` is undefined then
   */
  bodyInto(p: number, target: Uint8Array): Promise<number>;
  close(): Promise<void>;
};

/** Fills `target` with what stands at `offset`. */
type Read = (offset: number, target: Uint8Array) => Promise<void>;

/** Sets up to this size are read at once and hold no file open. */
const WHOLE_BYTES = 4 << 20;

/** Fills `target` from the position `offset`. */
async function fill(handle: FileHandle, offset: number, target: Uint8Array, where: string): Promise<void> {
  for (let done = 0; done < target.length; ) {
    const { bytesRead } = await handle.read(target, done, target.length - done, offset + done);
    if (bytesRead === 0) throw damaged(where, "the set is cut off: it became shorter while it was read");
    done += bytesRead;
  }
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
    const whole = size <= WHOLE_BYTES ? new Uint8Array(size) : null;
    if (whole !== null) await fill(handle, 0, whole, path);
    const read: Read = async (offset, target) => {
      if (whole === null) await fill(handle, offset, target, path);
      else target.set(whole.subarray(offset, offset + target.length));
    };
    const take = async (offset: number, length: number): Promise<Uint8Array> => {
      const bytes = new Uint8Array(length);
      await read(offset, bytes);
      return bytes;
    };

    checkStart(await take(0, START_BYTES), path, magic);
    const end = decodeTrailer(await take(size - TRAILER_BYTES, TRAILER_BYTES), size, path, magic);
    const directory = decodeDirectory(
      await take(end.offset, end.partitions * 16 + end.jsonBytes),
      end.partitions,
      end.crc,
      end.offset,
      path,
    );
    if (whole !== null) await handle.close();
    return memberSet(path, directory, read, whole === null ? handle : null);
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
  read: Read,
  handle: FileHandle | null,
): MemberSet {
  let open = handle;
  const columns = head.attributes.length;
  const placeOf = (p: number): Place => {
    const place = places[p];
    if (place === undefined) throw new RangeError(`partition ${p} of ${places.length}`);
    return place;
  };
  const bytesOf = (p: number): number => bodyBytes(placeOf(p).rows, columns);
  const bodyInto = async (p: number, target: Uint8Array): Promise<number> => {
    const { offset, rows, crc } = placeOf(p);
    const bytes = target.subarray(0, bytesOf(p));
    if (bytes.length < bytesOf(p)) throw new RangeError(`${target.length} bytes for ${bytesOf(p)}`);
    await read(offset, bytes);
    if (crc32(bytes) !== crc)
      throw damaged(path, `the set is damaged: the checksum of partition ${p} is wrong`);
    return rows;
  };
  return {
    ...head,
    path,
    partitions: places.length,
    bodyBytes: bytesOf,
    bodyInto,
    async load(p) {
      const bytes = new Uint8Array(bytesOf(p));
      return partitionOf(bytes, await bodyInto(p, bytes), columns);
    },
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
