import type { IdentifierKind } from "../../core/model.ts";
import type { Keys } from "../keys.ts";
import type { MemberSet, Partition } from "../member-set.ts";
import { type Advanced, advance } from "../presence.ts";
import { type Kernel, PAGE, startKernel } from "./instance.ts";
import type { WasmModule } from "./wasm.ts";

export type AdvanceTerms = {
  readonly previous: MemberSet | null;
  /** Per attribute, its column in the previous set or −1. */
  readonly columns: readonly number[];
  readonly keys: Keys;
  readonly identity: IdentifierKind;
};

/** Joins partition `p` of the previous set with the people who are present. What it gives holds until the next call. */
export type Advance = (p: number, present: Partition) => Promise<Advanced>;

/** Joins partition after partition, as presence.ts does. @param module null: by presence.ts itself */
export function advanceFrom(module: WasmModule | null, terms: AdvanceTerms): Advance {
  const { previous, columns } = terms;
  if (module !== null) {
    const kernel = new KernelAdvance(module, terms);
    return (p, present) => kernel.partition(p, present);
  }
  return async (p, present) => {
    const before = previous === null ? null : await previous.load(p);
    return advance(before, present, previous?.ordinal === null, columns);
  };
}

const SIDE_BYTES = 16;
const COLUMN_BYTES = 12;
const BEFORE = 1024;
const NOW = BEFORE + SIDE_BYTES;
const OUT = NOW + SIDE_BYTES;
const TABLE = OUT + SIDE_BYTES;

const up = (n: number): number => Math.ceil(n / 64) * 64;

/** The previous partition is read straight into the kernel's memory, and the result is a view of that memory. */
class KernelAdvance {
  readonly #kernel: Kernel;
  readonly #terms: AdvanceTerms;

  constructor(module: WasmModule, terms: AdvanceTerms) {
    this.#kernel = startKernel(module, terms.keys, terms.identity);
    this.#terms = terms;
  }

  async partition(p: number, present: Partition): Promise<Advanced> {
    const { previous, columns } = this.#terms;
    const { exports, memory } = this.#kernel;
    const length = previous?.bodyBytes(p) ?? 0;
    const prints = present.prints.length;
    let end = TABLE + COLUMN_BYTES * prints;
    const take = (bytes: number): number => {
      const at = up(end);
      end = at + bytes;
      return at;
    };
    const body = take(length);
    const keys = take(16 * present.n);
    const values = present.prints.map(() => take(4 * present.n));
    const consent = take(present.n);
    // a row of the body takes 25 bytes and its values
    const width = 25 + 4 * (previous?.attributes.length ?? 0);
    const most = present.n + Math.floor(length / width);
    const out = {
      keys: take(16 * most),
      presence: take(8 * most),
      prints: present.prints.map(() => take(4 * most)),
      consent: take(most),
    };
    this.#grow(end);

    // The read comes first: nothing else may make the memory longer while it goes on.
    const rows =
      previous === null ? 0 : await previous.bodyInto(p, new Uint8Array(memory.buffer, body, length));
    const words = new Uint32Array(memory.buffer);
    const bytes = new Uint8Array(memory.buffer);
    words.set(present.keys.subarray(0, 4 * present.n), keys >>> 2);
    present.prints.forEach((column, a) => {
      words.set(column.subarray(0, present.n), (values[a] as number) >>> 2);
    });
    bytes.set(present.consent.subarray(0, present.n), consent);
    words.set([rows, body, body + 16 * rows, 0], BEFORE >>> 2);
    words.set([present.n, keys, 0, consent], NOW >>> 2);
    words.set([most, out.keys, out.presence, out.consent], OUT >>> 2);
    columns.forEach((column, a) => {
      const before = column < 0 || rows === 0 ? 0 : body + (24 + 4 * column) * rows;
      words.set([before, values[a] as number, out.prints[a] as number], (TABLE + COLUMN_BYTES * a) >>> 2);
    });
    const back = previous?.ordinal === null ? 1 : 0;
    const n = exports.advance(BEFORE, NOW, back, prints, TABLE, OUT);
    const view = (at: number, length: number): Uint32Array => new Uint32Array(memory.buffer, at, length);
    return {
      part: {
        n,
        keys: view(out.keys, 4 * n),
        presence: view(out.presence, 2 * n),
        prints: out.prints.map((at) => view(at, n)),
        consent: new Uint8Array(memory.buffer, out.consent, n),
      },
      entries: exports.entered.value,
      exits: exports.left.value,
    };
  }

  #grow(bytes: number): void {
    const { memory } = this.#kernel;
    const missing = Math.ceil((bytes - memory.buffer.byteLength) / PAGE);
    if (missing > 0) memory.grow(missing);
  }
}
