/** Most categories that are told apart; the rest are one, called "other". */
export const MOST_CATEGORIES = 64;
export const OTHER = "other";
/** A newcomer takes the place of the smallest category when it has at least this share and is larger. */
const WORTH_A_PLACE = 0.01;

/** What must be done to every vector before the shares of a point fit it. */
export type Moves = { readonly added: number; readonly merged: readonly number[] };

/** Names of categories and their places in vectors. Place 0 is "other". */
export class CategoryTable {
  readonly names: string[];
  readonly #places: Map<string, number>;

  constructor(names: readonly string[] = [OTHER]) {
    this.names = [...names];
    this.#places = new Map(names.map((name, i) => [name, i]));
  }

  /**
   * Gives newcomers places, the largest first; with none free the smallest category joins "other".
   *
   * @param level usual share of each place
   */
  admit(
    counts: readonly (readonly [string, number])[],
    total: number,
    level: (place: number) => number,
  ): Moves {
    const strangers = counts.filter(([name, n]) => n > 0 && !this.#places.has(name));
    strangers.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    let added = 0;
    const merged: number[] = [];
    for (const [name, n] of strangers.slice(0, MOST_CATEGORIES)) {
      let place = this.names.length;
      if (place < MOST_CATEGORIES) added++;
      else {
        place = this.#smallest(level, merged);
        if (place < 0 || n / total < WORTH_A_PLACE || n / total <= level(place)) break;
        this.#places.delete(this.names[place] as string);
        merged.push(place);
      }
      this.names[place] = name;
      this.#places.set(name, place);
    }
    return { added, merged };
  }

  #smallest(level: (place: number) => number, taken: readonly number[]): number {
    let best = -1;
    for (let i = 1; i < this.names.length; i++)
      if (!taken.includes(i) && (best < 0 || level(i) < level(best))) best = i;
    return best;
  }

  shares(counts: readonly (readonly [string, number])[], total: number): number[] {
    const shares = new Array<number>(this.names.length).fill(0);
    for (const [name, n] of counts) {
      const place = this.#places.get(name) ?? 0;
      shares[place] = (shares[place] as number) + n / total;
    }
    return shares;
  }
}
