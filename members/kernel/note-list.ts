import type { Note } from "./notes.ts";

/** Notes that wait, without an object each: of hundreds of thousands the collector would move every one about. */
export class NoteList {
  #words = new Uint32Array(3 * 64);
  #offsets = new Float64Array(2 * 64);
  length = 0;

  #grow(length: number): void {
    if (3 * length <= this.#words.length) return;
    const [words, offsets] = [new Uint32Array(6 * length), new Float64Array(4 * length)];
    words.set(this.#words);
    offsets.set(this.#offsets);
    this.#words = words;
    this.#offsets = offsets;
  }

  push({ kind, set, detail, owner, here }: Note): void {
    const n = this.length++;
    this.#grow(n + 1);
    this.#words[3 * n] = kind;
    this.#words[3 * n + 1] = set;
    this.#words[3 * n + 2] = detail;
    this.#offsets[2 * n] = owner;
    this.#offsets[2 * n + 1] = here;
  }

  append(more: NoteList): void {
    this.#grow(this.length + more.length);
    this.#words.set(more.#words.subarray(0, 3 * more.length), 3 * this.length);
    this.#offsets.set(more.#offsets.subarray(0, 2 * more.length), 2 * this.length);
    this.length += more.length;
  }

  at(n: number): Note {
    return {
      kind: this.#words[3 * n] as number,
      set: this.#words[3 * n + 1] as number,
      detail: this.#words[3 * n + 2] as number,
      owner: this.#offsets[2 * n] as number,
      here: this.#offsets[2 * n + 1] as number,
    };
  }

  clear(): void {
    this.length = 0;
  }
}
