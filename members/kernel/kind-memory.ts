import type { Partition } from "../member-set.ts";
import { type BodyFault, bytesOfBody, readBody, rowsOfBody, type SetBodies } from "../set-bodies.ts";
import { growTo, type KindExports, startKindKernel } from "./kind-kernel.ts";
import { FIELD_BYTES, INPUT_BYTES, type KindLayout, type Looks, layoutOf, up } from "./kind-layout.ts";
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

/** Addresses of one set's partition. */
export type Body = {
  /** Of what the kernel knows of the set. */
  readonly input: number;
  readonly rows: number;
  readonly keys: number;
  readonly presence: number;
  readonly prints: readonly number[];
  readonly consent: number;
};

/** Sets in one merge: a mask is a word of 32 bits. */
export const MOST_STORED_SETS = 32;
const CANARY = 0x5afe5afe;

/** What a merge of stored sets holds: one partition of each, and a table of kinds. */
export class KindMemory {
  readonly exports: KindExports;
  readonly layout: KindLayout;
  readonly #memory: WasmMemory;
  readonly #sets: readonly SetBodies[];
  /** Behind everything that was read. */
  #end = 0;

  /** @param most kinds in the table; fewer where they need more than 32 MB */
  constructor(module: WasmModule, sets: readonly SetBodies[], looks: Looks, most: number) {
    if (sets.length > MOST_STORED_SETS) throw new RangeError(`${sets.length} sets in one merge`);
    const { exports, memory } = startKindKernel(module);
    this.exports = exports;
    this.#memory = memory;
    this.#sets = sets;
    const at = layoutOf(sets, looks, most);
    this.layout = at;
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
      view.setBigUint64(input + 32, looks.own?.[i] ?? looks.bits, true);
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

  /** Void after the next `read` or `reserve`. */
  get buffer(): ArrayBufferLike {
    return this.#memory.buffer;
  }

  /** Makes room behind everything that was read. @returns where it begins */
  reserve(bytes: number): number {
    growTo(this.#memory, this.#end + bytes);
    return this.#end;
  }

  /**
   * Reads partition `p` of every set.
   *
   * @param toPick will it be written down who is of which kind?
   * @returns what is wrong; null: nothing
   */
  read(p: number, toPick: boolean): Faulty | null {
    const { inputs, bodies } = this.layout;
    const end = this.#sets.reduce((sum, s) => sum + up(bytesOfBody(s, p)), bodies);
    const people = toPick ? this.#sets.reduce((sum, s) => sum + rowsOfBody(s, p), 0) : 0;
    this.#end = up(end + 8 * people);
    growTo(this.#memory, this.#end);
    if (toPick) this.exports.openLog(end);
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

  /** @throws RangeError when the kernel wrote where it must not */
  check(): void {
    if (new DataView(this.#memory.buffer).getUint32(this.layout.canary, true) !== CANARY)
      throw new RangeError("the kernel wrote beyond its table");
  }

  /** The table as it stands: not a copy. */
  table(): Kinds {
    const { rows, masks, weights, capacity } = this.layout;
    const { buffer } = this.#memory;
    const n = this.exports.kinds.value;
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

  /** Where the partition of each set that was read last stands. */
  bodies(): readonly Body[] {
    const view = new DataView(this.#memory.buffer);
    return this.#sets.map(({ attributes }, i): Body => {
      const input = this.layout.inputs + INPUT_BYTES * i;
      const rows = view.getUint32(input, true);
      const prints = view.getUint32(input + 12, true);
      return {
        input,
        rows,
        keys: view.getUint32(input + 4, true),
        presence: view.getUint32(input + 8, true),
        prints: Array.from({ length: attributes }, (_, a) => prints + 4 * a * rows),
        consent: view.getUint32(input + 16, true),
      };
    });
  }

  /** The same, to be read. */
  parts(): readonly Partition[] {
    const { buffer } = this.#memory;
    return this.bodies().map(({ rows: n, keys, presence, prints, consent }) => ({
      n,
      keys: new Uint32Array(buffer, keys, 4 * n),
      presence: new Uint32Array(buffer, presence, 2 * n),
      prints: prints.map((at) => new Uint32Array(buffer, at, n)),
      consent: new Uint8Array(buffer, consent, n),
    }));
  }
}
