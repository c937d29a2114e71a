import type { IdentifierKind } from "../../core/model.ts";
import type { Keys } from "../keys.ts";
import { type Kernel, PAGE, startKernel } from "./instance.ts";
import { placeAt, recordBytes } from "./row-places.ts";
import type { WasmModule } from "./wasm.ts";

/** `kind` of a note: who lacks whom, or rows of one person. As assembly/differing.ts has them. */
export const NOTE = { missing: 0, extra: 1, mismatched: 2, repeated: 3 } as const;

/** Offsets are bytes from the beginning of the file. */
export type Note = {
  readonly kind: number;
  /** The set that lacks somebody, has them too many, has another value, or has them twice. */
  readonly set: number;
  /** The attribute that differs; of a repeated row its number, from 0 and without the header. */
  readonly detail: number;
  /** Row at the owner; of a repeated row, the first of its person. */
  readonly owner: number;
  /** Row in the set. */
  readonly here: number;
};

const NOTE_BYTES = 32;
/** Notes that are made at once, and the rows of one person that are named at most. */
const ROOM = 1 << 24;
const SETS = 1024;
const up = (n: number): number => Math.ceil(n / 64) * 64;

/** Names the people behind the counts of a merge, as places in their files. */
export class NamePeople {
  readonly #kernel: Kernel;
  readonly #sets: number;
  readonly #owner: number;
  readonly #prints: number;
  readonly #firsts: number;
  readonly #notes: number;
  readonly #room: number;
  #crowded = false;

  constructor(
    module: WasmModule,
    keys: Keys,
    identity: IdentifierKind,
    sets: number,
    owner: number,
    prints: number,
  ) {
    this.#kernel = startKernel(module, keys, identity);
    this.#sets = sets;
    this.#owner = owner;
    this.#prints = prints;
    this.#firsts = up(SETS + 8 * sets);
    this.#notes = up(this.#firsts + 4 * sets);
    this.#room = ROOM + NOTE_BYTES * sets * (prints + 1);
    this.#grow(this.#notes + this.#room);
  }

  #grow(bytes: number): void {
    const { memory } = this.#kernel;
    const missing = Math.ceil((bytes - memory.buffer.byteLength) / PAGE);
    if (missing > 0) memory.grow(missing);
  }

  /** Somebody had more rows than can be named: of repeated rows, not all were given. */
  get crowded(): boolean {
    return this.#crowded;
  }

  /**
   * @param records the same partition of each set, sorted, with places (`CsvLayout.places`)
   * @param onNote by person in order of keys; of one person by set, and by attribute
   */
  add(records: readonly ArrayBuffer[], onNote: (note: Note) => void): void {
    const { exports, memory } = this.#kernel;
    const begin = up(this.#notes + this.#room);
    this.#grow(records.reduce((at, r) => at + up(r.byteLength), begin));
    const bytes = new Uint8Array(memory.buffer);
    const sets = new Uint32Array(memory.buffer, SETS, 2 * this.#sets);
    let at = begin;
    records.forEach((r, s) => {
      bytes.set(new Uint8Array(r), at);
      sets.set([at, at + r.byteLength], 2 * s);
      at += up(r.byteLength);
    });
    for (;;) {
      const written = exports.differing(
        SETS,
        this.#sets,
        this.#owner,
        this.#prints,
        recordBytes(this.#prints, true),
        placeAt(this.#prints),
        this.#firsts,
        this.#notes,
        this.#room,
      );
      if (exports.crowded.value !== 0) this.#crowded = true;
      this.#tell(written, onNote);
      if (sets.every((_, i) => i % 2 === 1 || sets[i] === sets[i + 1])) return;
    }
  }

  #tell(bytes: number, onNote: (note: Note) => void): void {
    const { memory } = this.#kernel;
    const words = new Uint32Array(memory.buffer, this.#notes, bytes / 4);
    const offsets = new Float64Array(memory.buffer, this.#notes, bytes / 8);
    for (let n = 0; n < bytes / NOTE_BYTES; n++) {
      onNote({
        kind: words[8 * n] as number,
        set: words[8 * n + 1] as number,
        detail: words[8 * n + 2] as number,
        owner: offsets[4 * n + 2] as number,
        here: offsets[4 * n + 3] as number,
      });
    }
  }
}
