import type { Partition } from "../member-set.ts";
import type { SetBodies } from "../set-bodies.ts";
import { type Looks, MOST_KINDS } from "./kind-layout.ts";
import { type Faulty, KindMemory, type Kinds } from "./kind-memory.ts";
import type { WasmModule } from "./wasm.ts";

/**
 * Merges stored sets partition by partition and counts people who look alike together. Memory: one partition of each set,
 * and a table of at most 32 MB, which is handed out whenever it is full.
 */
export class KindMerge {
  readonly memory: KindMemory;
  /** Kinds that the host has seen. */
  #seen = 0;

  /** @param most kinds in the table; fewer where they need more than 32 MB */
  constructor(module: WasmModule, sets: readonly SetBodies[], looks: Looks, most = MOST_KINDS) {
    this.memory = new KindMemory(module, sets, looks, most);
  }

  /** See `KindMemory.read`. */
  read(p: number, toPick = false): Faulty | null {
    return this.memory.read(p, toPick);
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
   * @param full gets the kinds of a table that is full; those of the last one are in `empty`
   */
  pick(
    wants: (kinds: Kinds, kind: number) => boolean,
    visit: (parts: readonly Partition[], at: Int32Array) => void,
    full: (kinds: Kinds) => void = () => undefined,
  ): void {
    const { exports, layout } = this.memory;
    const { wanted, picked, mostPicked } = layout;
    const parts = this.memory.parts();
    const n = parts.length;
    this.rounds((kinds, from, more) => {
      const answers = new Uint8Array(this.memory.buffer, wanted, kinds.n);
      for (let kind = from; kind < kinds.n; kind++) answers[kind] = wants(kinds, kind) ? 1 : 0;
      for (let people = mostPicked; people === mostPicked; ) {
        people = exports.pickPeople(wanted, picked, mostPicked);
        for (let k = 0; k < people; k++)
          visit(parts, new Int32Array(this.memory.buffer, picked + 4 * n * k, n));
      }
      if (more) full(kinds);
    });
  }

  /**
   * Counts the people of the partition read last, of which the log then tells; more than once when the table is full before.
   *
   * @param take empties the log. `kinds`: the table itself; `from`: the first kind that was not in it the last time; `more`: it
   *   will be called again
   */
  rounds(take: (kinds: Kinds, from: number, more: boolean) => void): void {
    for (let more = true; more; ) {
      more = this.#merge();
      const kinds = this.memory.table();
      take(kinds, this.#seen, more);
      this.#seen = kinds.n;
      if (more) this.#clear();
    }
  }

  /** Hands out a copy of the table and begins a new one. */
  empty(): Kinds {
    const { n, parts, masks, weights } = this.memory.table();
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
    const full = this.memory.exports.mergeKinds(this.memory.layout.heads) === 1;
    this.memory.check();
    return full;
  }

  #clear(): void {
    this.memory.exports.emptyKinds();
    this.#seen = 0;
  }
}
