import type { Partition } from "../member-set.ts";
import { type BodyFault, bytesOfBody, readBody, type SetBodies } from "../set-bodies.ts";
import { growTo, type KindExports, startKindKernel } from "./kind-kernel.ts";
import type { WasmMemory, WasmModule } from "./wasm.ts";

/** What tells people apart: everything that whoever counts them looks at. */
export type Looks = {
  /** Index of the set that values are compared with. */
  readonly owner: number;
  /** Bits of each set's word that count (assembly/signature.ts). */
  readonly bits: bigint;
  /** Columns whose values are compared with the owner's, of people who are in both now. Needs all bits. */
  readonly fields: readonly {
    readonly ownerColumn: number;
    readonly set: number;
    readonly column: number;
  }[];
  /** Columns of the owner whose values count as they are. */
  readonly prints: readonly number[];
};
export const ALL_BITS = 0xffff_ffff_ffff_ffffn;

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
const INPUT_BYTES = 64;
const TABLE_BYTES = 32 << 20;
const MOST_KINDS = 1 << 16;
const FEWEST_KINDS = 16;
const CANARY = 0x5afe5afe;
const up = (n: number): number => Math.ceil(n / 64) * 64;

/**
 * Merges stored sets partition by partition and counts people who look alike together. Memory: one partition of each set,
 * and a table of at most 32 MB, which is handed out whenever it is full.
 */
export class KindMerge {
  readonly #exports: KindExports;
  readonly #memory: WasmMemory;
  readonly #sets: readonly SetBodies[];
  readonly #places: readonly { presence: number; prints: number; consent: number }[];
  readonly #inputs: number;
  readonly #weights: number;
  readonly #masks: number;
  readonly #canary: number;
  readonly #bodies: number;
  readonly #capacity: number;

  /** @param most kinds in the table; fewer where they need more than 32 MB */
  constructor(module: WasmModule, sets: readonly SetBodies[], looks: Looks, most = MOST_KINDS) {
    if (sets.length > MOST_STORED_SETS) throw new RangeError(`${sets.length} sets in one merge`);
    const { exports, memory } = startKindKernel(module);
    this.#exports = exports;
    this.#memory = memory;
    this.#sets = sets;
    const n = sets.length;
    const lookBytes = 8 * (n + Math.ceil(looks.fields.length / 16) + Math.ceil(looks.prints.length / 2));
    const kindBytes = lookBytes + 16 + sets.reduce((sum, s) => sum + 9 + 4 * s.attributes, 0);
    let bits = Math.floor(Math.log2(Math.min(most, MOST_KINDS, TABLE_BYTES / kindBytes)));
    bits = Math.max(bits, Math.log2(FEWEST_KINDS));
    this.#capacity = 1 << bits;

    let end = 1024;
    const room = (bytes: number): number => {
      const at = end;
      end += up(bytes);
      return at;
    };
    this.#inputs = room(INPUT_BYTES * n);
    const fields = room(8 * looks.fields.length);
    const prints = room(4 * looks.prints.length);
    const heads = room(8 * n);
    const look = room(lookBytes);
    const slots = room(8 << bits);
    const known = room(lookBytes << bits);
    this.#weights = room(4 << bits);
    this.#masks = room(4 << bits);
    this.#places = sets.map((s) => ({
      presence: room(8 << bits),
      prints: room((4 * s.attributes) << bits),
      consent: room(1 << bits),
    }));
    this.#canary = room(4);
    this.#bodies = end;
    growTo(memory, end);

    const view = new DataView(memory.buffer);
    view.setUint32(this.#canary, CANARY, true);
    for (const [f, field] of looks.fields.entries())
      view.setBigUint64(
        fields + 8 * f,
        BigInt(field.ownerColumn) | (BigInt(field.set) << 16n) | (BigInt(field.column) << 32n),
        true,
      );
    for (const [c, column] of looks.prints.entries()) view.setUint32(prints + 4 * c, column, true);
    for (const [i, place] of this.#places.entries()) {
      const at = this.#inputs + INPUT_BYTES * i;
      view.setUint32(at + 24, sets[i]?.attributes ?? 0, true);
      view.setBigUint64(at + 32, looks.bits, true);
      view.setUint32(at + 40, place.presence, true);
      view.setUint32(at + 44, place.prints, true);
      view.setUint32(at + 48, place.consent, true);
    }
    exports.initKinds(
      this.#inputs,
      n,
      looks.owner,
      fields,
      looks.fields.length,
      prints,
      looks.prints.length,
      heads,
      look,
      slots,
      bits + 1,
      known,
      this.#weights,
      this.#masks,
      this.#capacity,
    );
  }

  /** Reads partition `p` of every set. @returns what is wrong; null: nothing */
  read(p: number): Faulty | null {
    let at = this.#bodies;
    growTo(
      this.#memory,
      this.#sets.reduce((sum, s) => sum + up(bytesOfBody(s, p)), at),
    );
    const view = new DataView(this.#memory.buffer);
    for (const [i, set] of this.#sets.entries()) {
      const bytes = bytesOfBody(set, p);
      const fault = readBody(set, p, new Uint8Array(this.#memory.buffer, at, bytes));
      if (fault !== null) return { set: i, fault };
      const rows = set.places[p]?.rows ?? 0;
      const input = this.#inputs + INPUT_BYTES * i;
      view.setUint32(input, rows, true);
      view.setUint32(input + 4, at, true);
      view.setUint32(input + 8, at + 16 * rows, true);
      view.setUint32(input + 12, at + 24 * rows, true);
      view.setUint32(input + 16, at + (24 + 4 * set.attributes) * rows, true);
      view.setUint32(input + 20, 0, true);
      at += up(bytes);
    }
    return null;
  }

  /** Counts the people of the partition read last; whenever the table is full, `take` gets its kinds. */
  count(take: (kinds: Kinds) => void): void {
    while (this.#exports.mergeKinds() === 1) take(this.empty());
  }

  /** Hands out a copy of the table and begins a new one. */
  empty(): Kinds {
    const { buffer } = this.#memory;
    if (new DataView(buffer).getUint32(this.#canary, true) !== CANARY)
      throw new RangeError("the kernel wrote beyond its table");
    const n = this.#exports.kinds.value;
    const words = (at: number, length: number): Uint32Array => new Uint32Array(buffer, at, length).slice();
    const parts = this.#sets.map((set, i): Partition => {
      const place = this.#places[i] as { presence: number; prints: number; consent: number };
      return {
        n,
        keys: new Uint32Array(0),
        presence: words(place.presence, 2 * n),
        prints: Array.from({ length: set.attributes }, (_, a) =>
          words(place.prints + 4 * a * this.#capacity, n),
        ),
        consent: new Uint8Array(buffer, place.consent, n).slice(),
      };
    });
    const kinds = { n, parts, masks: words(this.#masks, n), weights: words(this.#weights, n) };
    this.#exports.emptyKinds();
    return kinds;
  }
}
