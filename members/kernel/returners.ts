import { type FlipRule, weekOf } from "../flips.ts";
import type { MemberSet } from "../member-set.ts";
import type { StoredKernel } from "./each-kind.ts";
import { growTo, type KindExports, startKindKernel } from "./kind-kernel.ts";
import type { WasmMemory } from "./wasm.ts";

/** Somebody who came back: row `row` of partition `p`, with the presence word's halves. */
export type Returner = {
  readonly p: number;
  readonly row: number;
  readonly lo: number;
  readonly hi: number;
  readonly returns: number;
  readonly flipping: boolean;
};

const PRESENCE = 1024;
const FLIPPING = 0x8000_0000;

/** Finds who has come back at least once, in the order of the rows. */
export class ReturnerFinder {
  readonly #exports: KindExports;
  readonly #memory: WasmMemory;
  readonly #rule: FlipRule;
  #out = PRESENCE;

  constructor(kernel: StoredKernel, rule: FlipRule) {
    const { exports, memory } = startKindKernel(kernel.module);
    this.#exports = exports;
    this.#memory = memory;
    this.#rule = rule;
  }

  /** Where the presence column of a partition goes before `find`. Void at the next call. */
  place(bytes: number): Uint8Array {
    this.#out = Math.ceil((PRESENCE + bytes) / 64) * 64;
    // room for what is found, which is 8 bytes a person too
    growTo(this.#memory, this.#out + bytes);
    return new Uint8Array(this.#memory.buffer, PRESENCE, bytes);
  }

  /** Looks at the first `rows` of what stands in `place`, which is of partition `p`. */
  find(p: number, rows: number, visit: (found: Returner) => void): void {
    const { bits, within, hours } = this.#rule;
    const { buffer } = this.#memory;
    const n = this.#exports.returners(PRESENCE, rows, bits, within, weekOf(hours), this.#out);
    const presence = new Uint32Array(buffer, PRESENCE, 2 * rows);
    const found = new Uint32Array(buffer, this.#out, 2 * n);
    for (let k = 0; k < n; k++) {
      const row = found[2 * k] as number;
      const said = found[2 * k + 1] as number;
      visit({
        p,
        row,
        lo: presence[2 * row] as number,
        hi: presence[2 * row + 1] as number,
        returns: said % FLIPPING,
        flipping: said >= FLIPPING,
      });
    }
  }
}

/**
 * Finds everybody in a stored set who has come back at least once, in the order of their keys. Reads presence and nothing
 * else; one partition of it in memory.
 *
 * @throws AuditorError bad_data when the file is damaged
 */
export async function eachReturner(
  kernel: StoredKernel,
  set: MemberSet,
  rule: FlipRule,
  visit: (found: Returner) => void,
): Promise<void> {
  const finder = new ReturnerFinder(kernel, rule);
  for (let p = 0; p < set.partitions; p++) {
    const place = finder.place(set.columnBytes(p, "presence"));
    finder.find(p, await set.columnInto(p, "presence", place), visit);
  }
}
