import type { IdentifierKind } from "../../core/model.ts";
import type { Keys } from "../keys.ts";
import type { Partition } from "../member-set.ts";
import { type Kernel, PAGE, startKernel } from "./instance.ts";
import {
  type Masks,
  type Merged,
  MOST_SETS,
  mergedOf,
  resultBytes,
  takeLastMasks,
  takeMasks,
} from "./merge-result.ts";
import type { WasmModule } from "./wasm.ts";

const up = (n: number): number => Math.ceil(n / 64) * 64;

/** Merges partition after partition of the same sets and keeps the counts. */
export class MergePeople {
  readonly #kernel: Kernel;
  readonly #sets: number;
  readonly #owner: number;
  readonly #prints: number;
  readonly #result: number;
  readonly #heads: number;
  readonly #described: number;
  readonly #bodies: number;
  readonly #masks: Masks = new Map();

  constructor(
    module: WasmModule,
    keys: Keys,
    identity: IdentifierKind,
    sets: number,
    owner: number,
    prints: number,
  ) {
    if (sets > MOST_SETS) throw new RangeError(`${sets} sets; a merge takes ${MOST_SETS}`);
    this.#kernel = startKernel(module, keys, identity);
    this.#kernel.onMasks((table) => takeMasks(this.#kernel.memory, table, this.#masks));
    this.#sets = sets;
    this.#owner = owner;
    this.#prints = prints;
    this.#result = 1024;
    this.#heads = up(this.#result + resultBytes(sets, prints));
    this.#described = this.#heads + 8 * MOST_SETS;
    this.#bodies = up(this.#described + 16 * MOST_SETS);
    this.#grow(this.#bodies);
  }

  #grow(bytes: number): void {
    const { memory } = this.#kernel;
    const missing = Math.ceil((bytes - memory.buffer.byteLength) / PAGE);
    if (missing > 0) memory.grow(missing);
  }

  /** @param parts the same partition of each set */
  add(parts: readonly Partition[]): void {
    const { exports, memory } = this.#kernel;
    const bytes = (n: number): number => up(n * (16 + 4 * this.#prints));
    this.#grow(parts.reduce((at, part) => at + bytes(part.n), this.#bodies) + PAGE);
    const words = new Uint32Array(memory.buffer);
    let at = this.#bodies;
    parts.forEach((part, s) => {
      const prints = at + 16 * part.n;
      words.set(part.keys.subarray(0, 4 * part.n), at >>> 2);
      part.prints.forEach((column, a) => {
        words.set(column.subarray(0, part.n), (prints >>> 2) + a * part.n);
      });
      words.set([part.n, at, prints, 0], (this.#described >>> 2) + 4 * s);
      at += bytes(part.n);
    });
    exports.mergeSets(this.#described, this.#sets, this.#owner, this.#prints, this.#heads, this.#result);
  }

  result(): Merged {
    const { memory } = this.#kernel;
    takeLastMasks(memory, this.#result, this.#sets, this.#masks);
    const words = new Uint32Array(memory.buffer, this.#result, resultBytes(this.#sets, this.#prints) / 4);
    return mergedOf([words], [this.#masks], this.#sets, this.#prints);
  }
}
