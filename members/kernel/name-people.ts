import type { ComparePlan } from "./compare-plan.ts";
import { eachNote, type Note, type Noted } from "./notes.ts";
import type { WasmMemory } from "./wasm.ts";

/** Whoever is told the people behind the counts. */
export type Naming = {
  /**
   * Called when all was read, before anybody is named.
   *
   * @returns false: the reference has to name them
   */
  start(reads: readonly { readonly records: number; readonly invalid: number }[]): Promise<boolean>;
  /** In order of the first byte of their keys; within it, of the keys. */
  add(note: Note): void;
  /** Everybody whose key begins with one byte was told. Nobody else is until this is done. */
  endByte(): Promise<void>;
  /** @param repeatedRows were all of them told? */
  end(files: readonly NamedFile[], repeatedRows: boolean): Promise<void>;
};

/** What else is known of a file's rows. */
export type NamedFile = {
  /** Rows that name nobody: offset and number by turns; null: more than are held. */
  readonly unusable: Float64Array | null;
  /** As `rowNumber` takes it. */
  readonly rowIndex: Float64Array | null;
};

const BYTES = 256;

/** Tells notes in order of partitions, whichever thread is done first. */
export class NamesInOrder {
  readonly #naming: Naming;
  readonly #memory: WasmMemory;
  readonly #plan: ComparePlan;
  readonly #waiting = new Map<number, ArrayBuffer[]>();
  readonly #ended = new Set<number>();
  #next = 0;
  #failed = false;
  #telling: Promise<void> = Promise.resolve();
  #settle: { done(): void; failed(e: unknown): void } = { done: () => undefined, failed: () => undefined };
  /** Rejected when telling fails. */
  readonly finished: Promise<void>;
  crowded = false;

  constructor(naming: Naming, memory: WasmMemory, plan: ComparePlan) {
    this.#naming = naming;
    this.#memory = memory;
    this.#plan = plan;
    this.finished = new Promise((done, failed) => {
      this.#settle = { done, failed };
    });
  }

  /** Never rejects; done when everything that can be told was. */
  add({ partition, notes, crowded, last }: Noted): Promise<void> {
    if (crowded) this.crowded = true;
    if (notes !== null) this.#waiting.set(partition, [...(this.#waiting.get(partition) ?? []), notes]);
    if (!last) return this.#telling;
    this.#ended.add(partition);
    this.#telling = this.#telling.then(() => this.#tell()).catch((e: unknown) => this.#fail(e));
    return this.#telling;
  }

  #fail(error: unknown): void {
    this.#failed = true;
    this.#settle.failed(error);
  }

  async #tell(): Promise<void> {
    if (this.#failed) return;
    const { partitions, named } = this.#plan;
    for (; this.#ended.delete(this.#next); this.#next++) {
      for (const notes of this.#waiting.get(this.#next) ?? []) eachNote(notes, (n) => this.#naming.add(n));
      this.#waiting.delete(this.#next);
      if ((this.#next + 1) % (partitions / BYTES) === 0) await this.#naming.endByte();
      const words = new Int32Array(this.#memory.buffer);
      Atomics.store(words, named >>> 2, this.#next + 1);
      Atomics.notify(words, named >>> 2);
    }
    if (this.#next === partitions) this.#settle.done();
  }
}
