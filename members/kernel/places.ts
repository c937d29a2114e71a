import type { WasmMemory } from "./wasm.ts";

/** Bytes between two places; the kernel may read them, and must not write them. */
const GAP = 128;
const CANARY = 0xc5;

/**
 * Hands out places of one memory, first to last. The kernel's bounds are not checked as JavaScript's are, so between two places
 * stand bytes that nobody writes: changed ones tell that somebody wrote beyond its place.
 */
export class Places {
  #end: number;
  readonly #gaps: number[] = [];

  /** @param from the first bytes belong to others */
  constructor(from = 1024) {
    this.#end = from;
  }

  /** @param align a power of 2 @returns the address */
  take(bytes: number, align = 64): number {
    this.#gaps.push(this.#end);
    const at = Math.ceil((this.#end + GAP) / align) * align;
    this.#end = at + Math.ceil(bytes / 64) * 64;
    return at;
  }

  /** After the last place and its gap. */
  get end(): number {
    return this.#end + GAP;
  }

  /** Places after these. */
  following(): Places {
    return new Places(this.end);
  }

  /** Call before the kernel runs. */
  guard(memory: WasmMemory): void {
    for (const at of [...this.#gaps, this.#end]) new Uint8Array(memory.buffer, at, GAP).fill(CANARY);
  }

  /** @throws RangeError when the kernel wrote where it must not: nothing that it counted can be trusted */
  check(memory: WasmMemory): void {
    for (const at of [...this.#gaps, this.#end])
      if (new Uint8Array(memory.buffer, at, GAP).some((byte) => byte !== CANARY))
        throw new RangeError(`the kernel wrote beyond its place, near ${at}`);
  }
}
