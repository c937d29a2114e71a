import type { Partition } from "../member-set.ts";
import { type BodyFault, bytesOfBody, readBody, rowsOfBody, type SetBodies } from "../set-bodies.ts";
import { growTo, type KindExports, startKindKernel } from "./kind-kernel.ts";
import {
  FIELD_BYTES,
  INPUT_BYTES,
  type KindLayout,
  type Looks,
  layoutOf,
  MOST_KINDS,
  up,
} from "./kind-layout.ts";
import type { WasmMemory, WasmModule } from "./wasm.ts";

/** People who look alike, one row for each kind. */
export type Kinds = {
  readonly n: number;
  /** Per set, a row per kind: of one of its people. No keys. */
  readonly parts: readonly Partition[];
  /** Per kind: bit i, the set i has a row of them. */
  readonly masks: Uint32Array;
  /** Per kind: people. */
  readonly weights: Uint32Array;
};

export type Faulty = { readonly set: number; readonly fault: BodyFault };

/** Sets in one merge: a mask is a word of 32 bits. */
export const MOST_STORED_SETS = 32;
const CANARY = 0x5afe5afe;

/**
 * Merges stored sets partition by partition and counts people who look alike together. Memory: one partition of each set,
 * and a table of at most 32 MB, which is handed out whenever it is full.
 */
export class KindMerge {
  readonly #exports: KindExports;
  readonly #memory: WasmMemory;
  readonly #sets: readonly SetBodies[];
  readonly #layout: KindLayout;
  /** Kinds of which it is known whether they are wanted. */
  #asked = 0;

  /** @param most kinds in the table; fewer where they need more than 32 MB */
  constructor(module: WasmModule, sets: readonly SetBodies[], looks: Looks, most = MOST_KINDS) {
    if (sets.length > MOST_STORED_SETS) throw new RangeError(`${sets.length} sets in one merge`);
    const { exports, memory } = startKindKernel(module);
    this.#exports = exports;
    this.#memory = memory;
    this.#sets = sets;
    const at = layoutOf(sets, looks, most);
    this.#layout = at;
    growTo(memory, at.bodies);
    const view = new DataView(memory.buffer);
    view.setUint32(at.canary, CANARY, true);
    for (const [f, { ownerColumn, set, column }] of looks.fields.entries()) {
      view.setUint16(at.fields + FIELD_BYTES * f, ownerColumn, true);
      view.setUint16(at.fields + FIELD_BYTES * f + 2, set, true);
      view.setUint16(at.fields + FIELD_BYTES * f + 4, column, true);
    }
    for (const [c, column] of looks.prints.entries()) view.setUint32(at.prints + 4 * c, column, true);
    for (const [i, rows] of at.rows.entries()) {
      const input = at.inputs + INPUT_BYTES * i;
      view.setUint32(input + 24, sets[i]?.attributes ?? 0, true);
      view.setBigUint64(input + 32, looks.bits, true);
      view.setUint32(input + 40, rows.presence, true);
      view.setUint32(input + 44, rows.prints, true);
      view.setUint32(input + 48, rows.consent, true);
    }
    const { fields, prints } = looks;
    exports.initLooks(
      at.inputs,
      sets.length,
      looks.owner,
      at.fields,
      fields.length,
      at.prints,
      prints.length,
      at.looks,
    );
    exports.initKinds(at.slots, at.slotBits, at.known, at.weights, at.masks, at.capacity);
  }

  /**
   * Reads partition `p` of every set.
   *
   * @param toPick will people of it be picked?
   * @returns what is wrong; null: nothing
   */
  read(p: number, toPick = false): Faulty | null {
    const { inputs, bodies } = this.#layout;
    const end = this.#sets.reduce((sum, s) => sum + up(bytesOfBody(s, p)), bodies);
    const people = toPick ? this.#sets.reduce((sum, s) => sum + rowsOfBody(s, p), 0) : 0;
    growTo(this.#memory, end + 8 * people);
    if (toPick) this.#exports.openLog(end);
    const view = new DataView(this.#memory.buffer);
    let at = bodies;
    for (const [i, set] of this.#sets.entries()) {
      const bytes = bytesOfBody(set, p);
      const fault = readBody(set, p, new Uint8Array(this.#memory.buffer, at, bytes));
      if (fault !== null) return { set: i, fault };
      const rows = rowsOfBody(set, p);
      const input = inputs + INPUT_BYTES * i;
      view.setUint32(input, rows, true);
      view.setUint32(input + 4, at, true);
      view.setUint32(input + 8, at + 16 * rows, true);
      view.setUint32(input + 12, at + 24 * rows, true);
      view.setUint32(input + 16, at + (24 + 4 * set.attributes) * rows, true);
      view.setUint32(input + 20, 0, true);
      view.setUint32(input + 28, 0, true);
      at += up(bytes);
    }
    return null;
  }

  /** Counts the people of the partition read last; whenever the table is full, `take` gets its kinds. */
  count(take: (kinds: Kinds) => void): void {
    while (this.#merge()) take(this.empty());
  }

  /**
   * Visits the people of the partition read last, if it was read to be picked from, whose kind is wanted: in the order of their
   * keys.
   *
   * @param visit `parts`: of all sets, void after the next read; `at`: reused, the person's row in each, −1 where it has none
   */
  pick(
    wants: (kinds: Kinds, kind: number) => boolean,
    visit: (parts: readonly Partition[], at: Int32Array) => void,
  ): void {
    const { wanted, picked, mostPicked } = this.#layout;
    const n = this.#sets.length;
    const parts = this.#sets.map((set, i) => this.#body(set, i));
    for (let more = true; more; ) {
      more = this.#merge();
      const kinds = this.#table();
      const answers = new Uint8Array(this.#memory.buffer, wanted, kinds.n);
      for (; this.#asked < kinds.n; this.#asked++) answers[this.#asked] = wants(kinds, this.#asked) ? 1 : 0;
      for (let people = mostPicked; people === mostPicked; ) {
        people = this.#exports.pickPeople(wanted, picked, mostPicked);
        for (let k = 0; k < people; k++)
          visit(parts, new Int32Array(this.#memory.buffer, picked + 4 * n * k, n));
      }
      if (more) this.#clear();
    }
  }

  /** Hands out a copy of the table and begins a new one. */
  empty(): Kinds {
    const { n, parts, masks, weights } = this.#table();
    const kinds = {
      n,
      parts: parts.map((part) => ({
        ...part,
        presence: part.presence.slice(),
        prints: part.prints.map((column) => column.slice()),
        consent: part.consent.slice(),
      })),
      masks: masks.slice(),
      weights: weights.slice(),
    };
    this.#clear();
    return kinds;
  }

  /** @returns is the table full, with people left? */
  #merge(): boolean {
    const full = this.#exports.mergeKinds(this.#layout.heads) === 1;
    if (new DataView(this.#memory.buffer).getUint32(this.#layout.canary, true) !== CANARY)
      throw new RangeError("the kernel wrote beyond its table");
    return full;
  }

  #clear(): void {
    this.#exports.emptyKinds();
    this.#asked = 0;
  }

  #table(): Kinds {
    const { rows, masks, weights, capacity } = this.#layout;
    const { buffer } = this.#memory;
    const n = this.#exports.kinds.value;
    const parts = this.#sets.map((set, i): Partition => {
      const at = rows[i] as KindLayout["rows"][number];
      return {
        n,
        keys: new Uint32Array(0),
        presence: new Uint32Array(buffer, at.presence, 2 * n),
        prints: Array.from(
          { length: set.attributes },
          (_, a) => new Uint32Array(buffer, at.prints + 4 * a * capacity, n),
        ),
        consent: new Uint8Array(buffer, at.consent, n),
      };
    });
    return {
      n,
      parts,
      masks: new Uint32Array(buffer, masks, n),
      weights: new Uint32Array(buffer, weights, n),
    };
  }

  /** The partition of set `i` that was read last. */
  #body(set: SetBodies, i: number): Partition {
    const { buffer } = this.#memory;
    const view = new DataView(buffer, this.#layout.inputs + INPUT_BYTES * i, INPUT_BYTES);
    const n = view.getUint32(0, true);
    const prints = view.getUint32(12, true);
    return {
      n,
      keys: new Uint32Array(buffer, view.getUint32(4, true), 4 * n),
      presence: new Uint32Array(buffer, view.getUint32(8, true), 2 * n),
      prints: Array.from(
        { length: set.attributes },
        (_, a) => new Uint32Array(buffer, prints + 4 * a * n, n),
      ),
      consent: new Uint8Array(buffer, view.getUint32(16, true), n),
    };
  }
}
