import { type Crowd, crowdId, crowdIndexOfId } from "./crowd.ts";

/** One place in an ordered list: the key that orders it (ties broken by id) and the record. */
export type Entry = { readonly key: string; readonly id: string };

const order = (a: Entry, b: Entry): number =>
  a.key < b.key ? -1 : a.key > b.key ? 1 : a.id < b.id ? -1 : a.id > b.id ? 1 : 0;

/** Records in an order that holds while others come and go, with a crowd after them. */
export class Sequence {
  readonly #own: readonly Entry[];
  readonly #crowd: Crowd | null;

  constructor(own: Iterable<Entry>, crowd: Crowd | null) {
    this.#own = [...own].sort(order);
    this.#crowd = crowd;
  }

  /** Ids after (or, backwards, before) a cursor, at most `count`, and the cursor behind the last; null: no more. */
  page(
    cursor: string | null,
    count: number,
    backwards: boolean,
  ): { readonly ids: readonly string[]; readonly next: string | null } {
    const step = backwards ? -1 : 1;
    const ids: string[] = [];
    let last = -1;
    for (let i = this.#start(cursor, backwards); i >= 0 && i < this.#length; i += step) {
      const id = this.#at(i);
      if (id === null) continue;
      if (ids.length === count) return { ids, next: this.#cursor(last) };
      ids.push(id);
      last = i;
    }
    return { ids, next: null };
  }

  get #length(): number {
    return this.#own.length + (this.#crowd?.count ?? 0);
  }

  #at(i: number): string | null {
    const own = this.#own[i];
    if (own) return own.id;
    const number = i - this.#own.length;
    return this.#crowd?.left.has(number) ? null : crowdId(number);
  }

  #start(cursor: string | null, backwards: boolean): number {
    if (cursor === null) return backwards ? this.#length - 1 : 0;
    const [key = "", id = ""] = cursor.split("\n");
    const number = key === "" ? crowdIndexOfId(this.#crowd, id) : null;
    if (number !== null) return this.#own.length + number + (backwards ? -1 : 1);
    let [low, high] = [0, this.#own.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const entry = this.#own[middle];
      const comes = entry ? order(entry, { key, id }) : 1;
      if (backwards ? comes < 0 : comes <= 0) low = middle + 1;
      else high = middle;
    }
    return backwards ? low - 1 : low;
  }

  #cursor(i: number): string {
    const own = this.#own[i];
    return own ? `${own.key}\n${own.id}` : `\n${crowdId(i - this.#own.length)}`;
  }
}

/** Milliseconds as text that sorts like the number. */
export const timeKey = (ms: number): string => String(ms).padStart(15, "0");
