import { readFileSync } from "node:fs";
import type { IdentifierKind } from "../../core/model.ts";
import { fingerprinter } from "../fingerprint.ts";
import type { Keys } from "../keys.ts";
import { normalise } from "../normalise.ts";
import { keyWriter } from "../person-key.ts";
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
  setKeys(identity0: bigint, identity1: bigint, print0: bigint, print1: bigint): void;
  sip(at: number, bytes: number, identity: number, fold: number): void;
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
    answer: number,
  ): void;
  rowTableBytes(columns: number): number;
  feed(at: number, bytes: number, last: number): number;
  initRows(table: number, recordBytes: number, arena: number, arenaEnd: number): void;
  resetRows(arena: number, arenaEnd: number): void;
  setArenaEnd(at: number): void;
  arenaUsed(): number;
  seal(): void;
  chunksOf(partition: number, out: number): number;
  rowsOf(partition: number): number;
  sortPartition(chunks: number, n: number, counts: number, out: number): number;
  makePeople(sorted: number, records: number, prints: number, body: number): void;
  /** Of `differing`: somebody has more rows than there was room for. */
  readonly crowded: WasmGlobal;
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
};

export type Kernel = {
  readonly exports: KernelExports;
  readonly memory: WasmMemory;
};

export const PAGE = 65_536;
const MOST_PAGES = 65_536;
const DOMAIN: Readonly<Record<IdentifierKind, number>> = { email: 1, phone: 2, customer_id: 3 };
export const domainOf = (kind: IdentifierKind): number => DOMAIN[kind];

/** Beside the compiled code; sources that run without a build have none. */
export const KERNEL_FILE = new URL("./kernel.wasm", import.meta.url);

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
 * An instance with a memory of its own. Fields that are not plain ASCII go through the same functions as the reference's.
 *
 * @param onUnusable told each row that names nobody, where rows keep their places: its offset in the file and its number from 0
 */
export function startKernel(
  module: WasmModule,
  keys: Keys,
  identity: IdentifierKind,
  onUnusable: (offset: number, row: number) => void = () => undefined,
): Kernel {
  const memory = new wasm.Memory({ initial: 1, maximum: MOST_PAGES });
  const print = fingerprinter(keys);
  const spelling = spellingHasher(keys);
  const key = keyWriter(keys);
  const words = new Uint32Array(4);
  const start = spellingStart(keys);
  /** Of a text that the kernel may meet without what was trimmed here, its own hash. */
  const spelled = (trimmed: string): number =>
    ASCII.test(trimmed) ? plainSpelling(trimmed, start) : spelling(trimmed);
  const text = (at: number, bytes: number, doubled: number): string => {
    const field = Buffer.from(memory.buffer, at, bytes).toString("utf8");
    return doubled === 0 ? field : field.replaceAll('""', '"');
  };
  const host = {
    print: (at: number, bytes: number, doubled: number): number => print(text(at, bytes, doubled) || null),
    key(at: number, bytes: number, doubled: number, answer: number): number {
      const raw = text(at, bytes, doubled);
      const normal = normalise(identity, raw);
      if (normal === null) return 0;
      key(identity, normal, words, 0);
      const out = new DataView(memory.buffer, answer, 20);
      // Two numbers of 64 bits, most significant word last, as the kernel loads them.
      out.setUint32(0, words[1] as number, true);
      out.setUint32(4, words[0] as number, true);
      out.setUint32(8, words[3] as number, true);
      out.setUint32(12, words[2] as number, true);
      out.setInt32(16, spelled(raw.trim()), true);
      return 1;
    },
    unusable: (offset: number, row: number): void => onUnusable(offset, row >>> 0),
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
  return { exports: kernel, memory };
}

const ASCII = /^[\x00-\x7f]*$/;
const U64 = (1n << 64n) - 1n;

/** `spelling` of assembly/text.ts, for the few texts that come by here. */
function plainSpelling(text: string, start: number): number {
  let h = BigInt(start >>> 0) ^ ((BigInt(text.length) * 0x9e3779b97f4a7c15n) & U64);
  const bytes = Buffer.alloc(Math.ceil(text.length / 8) * 8);
  bytes.write(text, "latin1");
  for (let at = 0; at < bytes.length; at += 8) {
    h = ((h ^ bytes.readBigUInt64LE(at)) * 0xff51afd7ed558ccdn) & U64;
    h ^= h >> 32n;
  }
  return Number(BigInt.asIntN(32, h));
}

/** Where the spelling of a text begins to be hashed; as `spellingHasher`. */
export const spellingStart = (keys: Keys): number =>
  new DataView(keys.fingerprint.buffer, keys.fingerprint.byteOffset).getInt32(0, true);
