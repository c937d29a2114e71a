import { readFileSync } from "node:fs";
import type { IdentifierKind } from "../../core/model.ts";
import { fingerprinter } from "../fingerprint.ts";
import type { Keys } from "../keys.ts";
import { normalise } from "../normalise.ts";
import { spellingHasher } from "../row-reader.ts";
import { type WasmGlobal, type WasmMemory, type WasmModule, wasm } from "./wasm.ts";

/** What kernel.wasm exports; addresses and lengths are in bytes. Meanings: assembly/. */
export type KernelExports = {
  readonly high: WasmGlobal;
  readonly low: WasmGlobal;
  readonly rows: WasmGlobal;
  readonly unusable: WasmGlobal;
  readonly status: WasmGlobal;
  readonly people: WasmGlobal;
  readonly respelled: WasmGlobal;
  /** Of `differing`: somebody has more rows than there was room for. */
  readonly crowded: WasmGlobal;
  setKeys(identity0: bigint, identity1: bigint, print0: bigint, print1: bigint): void;
  sip(at: number, bytes: number, identity: number): void;
  initValues(at: number): void;
  memoBytes(): number;
  initCsv(
    delimiter: number,
    columns: number,
    kind: number,
    idColumn: number,
    attributes: number,
    attributeColumns: number,
    spellingStart: number,
    rowTable: number,
    room: number,
  ): void;
  rowTableBytes(columns: number): number;
  rowKeyBytes(): number;
  feed(at: number, bytes: number, last: number): number;
  setShape(recordBytes: number, partitionBits: number): void;
  initRows(table: number, arena: number, arenaEnd: number): void;
  resetRows(arena: number): void;
  seal(): void;
  chunksOf(table: number, partition: number, out: number): number;
  rowsOf(table: number, partition: number): number;
  sortPartition(chunks: number, n: number, counts: number, out: number): number;
  makePeople(sorted: number, records: number, prints: number, body: number): void;
  readonly entered: WasmGlobal;
  readonly left: WasmGlobal;
  advance(before: number, now: number, back: number, attributes: number, table: number, out: number): number;
  keepPlaces(at: number): void;
  setOffset(address: number, offset: number): void;
  differing(
    sets: number,
    n: number,
    owner: number,
    prints: number,
    recordBytes: number,
    placeAt: number,
    firsts: number,
    out: number,
    room: number,
  ): number;
  mergeSets(sets: number, n: number, owner: number, prints: number, heads: number, result: number): void;
  mergeRecords(sets: number, n: number, owner: number, prints: number, heads: number, result: number): void;
};

export type Kernel = {
  readonly exports: KernelExports;
  readonly memory: WasmMemory;
  /** Called when a file's rows need more room than there is: puts those so far elsewhere. */
  onFull(makeRoom: () => void): void;
  /** Told each row that names nobody, where rows keep their places: its offset in the file, its number from 0. */
  onUnusable(tell: (offset: number, row: number) => void): void;
  /** Called when the table of masks at `table` is full: empties it. */
  onMasks(take: (table: number) => void): void;
};

export const PAGE = 65_536;
const MOST_PAGES = 65_536;
const DOMAIN: Readonly<Record<IdentifierKind, number>> = { email: 1, phone: 2, customer_id: 3 };
export const domainOf = (kind: IdentifierKind): number => DOMAIN[kind];

/** Beside the compiled code; sources that run without a build have none. */
export const KERNEL_FILE = new URL("./kernel.wasm", import.meta.url);
/** The same code, for a memory that threads share. */
export const SHARED_KERNEL_FILE = new URL("./kernel-shared.wasm", import.meta.url);

/** null: it was not built, or this machine has no SIMD; then the reference does everything, with the same results. */
export function compileKernel(file: URL | string = KERNEL_FILE): WasmModule | null {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return null;
    throw cause;
  }
  return wasm.validate(bytes) ? new wasm.Module(bytes) : null;
}

/**
 * An instance of the kernel. Text that is not plain goes through the same functions as the reference's.
 *
 * @param memory none: one of its own, which grows
 */
export function startKernel(
  module: WasmModule,
  keys: Keys,
  identity: IdentifierKind,
  memory: WasmMemory = new wasm.Memory({ initial: 1, maximum: MOST_PAGES }),
): Kernel {
  const print = fingerprinter(keys);
  const spelled = spellings(keys);
  let bytes = Buffer.from(memory.buffer);
  let makeRoom = (): void => {
    throw new RangeError("the kernel has no room for more rows");
  };
  let unusable = (_offset: number, _row: number): void => undefined;
  let takeMasks = (_table: number): void => {
    throw new RangeError("the kernel has no room for more masks");
  };
  const text = (at: number, length: number, doubled: number): string => {
    // A memory that has grown has another buffer.
    if (bytes.buffer !== memory.buffer) bytes = Buffer.from(memory.buffer);
    const field = bytes.toString("utf8", at, at + length);
    return doubled === 0 ? field : field.replaceAll('""', '"');
  };
  const host = {
    makeRoom: (): void => makeRoom(),
    unusable: (offset: number, row: number): void => unusable(offset, row >>> 0),
    takeMasks: (table: number): void => takeMasks(table >>> 0),
    print: (at: number, length: number, doubled: number): number => print(text(at, length, doubled) || null),
    identity(at: number, length: number, doubled: number, answer: number): number {
      const trimmed = text(at, length, doubled).trim();
      const normal = normalise(identity, trimmed);
      if (normal === null) return 0;
      bytes.writeInt32LE(trimmed === normal ? 0 : spelled(trimmed), answer);
      return bytes.write(normal, answer + 16, "utf8");
    },
    spellings(at: number, records: number, recordBytes: number): number {
      const view = new DataView(memory.buffer, at, records * recordBytes);
      const seen = new Set<number>();
      for (let r = 0; r < records; r++) seen.add(view.getUint32(r * recordBytes + 16, true));
      return seen.size;
    },
  };
  const { exports } = new wasm.Instance(module, { env: { memory }, host });
  const kernel = exports as unknown as KernelExports;
  const half = (bytes: Uint8Array, at: number): bigint =>
    new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(at, true);
  kernel.setKeys(
    half(keys.identity, 0),
    half(keys.identity, 8),
    half(keys.fingerprint, 0),
    half(keys.fingerprint, 8),
  );
  return {
    exports: kernel,
    memory,
    onFull(make) {
      makeRoom = make;
    },
    onUnusable(tell) {
      unusable = tell;
    },
    onMasks(take) {
      takeMasks = take;
    },
  };
}

/** What the kernel may meet on its own, with less trimmed from it. */
const MET = /^[\x00-\x7f\u00c0-\u00ff]*$/;
const U64 = (1n << 64n) - 1n;

/** Tells spellings apart as the kernel does, of texts that are not in their normal form (those have 0). */
function spellings(keys: Keys): (trimmed: string) => number {
  const start = spellingStart(keys);
  const rare = spellingHasher(keys);
  return (trimmed) => (MET.test(trimmed) ? plainSpelling(trimmed, start) : rare(trimmed));
}

/** `spelling` of assembly/text.ts, for the few texts that come by here. */
function plainSpelling(text: string, start: number): number {
  const length = Buffer.byteLength(text);
  let h = BigInt(start >>> 0) ^ ((BigInt(length) * 0x9e3779b97f4a7c15n) & U64);
  const bytes = Buffer.alloc(Math.ceil(length / 8) * 8);
  bytes.write(text, "utf8");
  for (let at = 0; at < bytes.length; at += 8) {
    h = ((h ^ bytes.readBigUInt64LE(at)) * 0xff51afd7ed558ccdn) & U64;
    h ^= h >> 32n;
  }
  return Number(BigInt.asIntN(32, h));
}

/** Where the spelling of a text begins to be hashed; as `spellingHasher`. */
export const spellingStart = (keys: Keys): number =>
  new DataView(keys.fingerprint.buffer, keys.fingerprint.byteOffset).getInt32(0, true);
