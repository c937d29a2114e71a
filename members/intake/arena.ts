import { PAGE } from "../kernel/instance.ts";
import type { WasmMemory } from "../kernel/wasm.ts";

const encoder = new TextEncoder();
const QUOTE = 34;

/** Hands out places in a memory, one behind the other, and reads and writes them. Whatever grows the memory moves nothing. */
export class Arena {
  readonly #memory: WasmMemory;
  #next: number;

  constructor(memory: WasmMemory, from: number) {
    this.#memory = memory;
    this.#next = from;
  }

  get end(): number {
    return this.#next;
  }

  /** So many bytes, at a multiple of 16. */
  take(bytes: number): number {
    const at = this.#next;
    this.#next = Math.ceil((at + bytes) / 16) * 16;
    this.reach(this.#next);
    return at;
  }

  /** Makes the memory at least so long. */
  reach(bytes: number): void {
    const missing = Math.ceil((bytes - this.#memory.buffer.byteLength) / PAGE);
    if (missing > 0) this.#memory.grow(missing);
  }

  words(at: number, n: number): Uint32Array {
    return new Uint32Array(this.#memory.buffer, at, n);
  }
  bytes(at: number, n: number): Uint8Array {
    return new Uint8Array(this.#memory.buffer, at, n);
  }

  /** A list of words in a place of its own. */
  list(values: readonly number[]): number {
    const at = this.take(4 * values.length);
    this.words(at, values.length).set(values);
    return at;
  }

  /** A text in a place of its own; what reads it may read 15 bytes more. @returns its place and bytes */
  text(text: string): readonly [at: number, bytes: number] {
    const bytes = encoder.encode(text);
    const at = this.take(bytes.length + 16);
    this.bytes(at, bytes.length).set(bytes);
    return [at, bytes.length];
  }

  /** A field of CSV as it stands from `p` to `e`. null: nothing, not even quotes */
  field(p: number, e: number): string | null {
    if (p === e) return null;
    const bytes = Buffer.from(this.#memory.buffer, p, e - p);
    if (bytes[0] !== QUOTE) return bytes.toString("utf8");
    const text = bytes.toString("utf8", 1, bytes.length - 1);
    return text.includes('"') ? text.replaceAll('""', '"') : text;
  }
}
