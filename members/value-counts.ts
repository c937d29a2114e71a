import { PRINT_NULL } from "./fingerprint.ts";

/** Attributes of more values are not counted: they name people rather than groups. */
export const MOST_VALUES = 50;
/** Values of an attribute whose rule lists its values; what goes beyond is pooled. */
const MOST_LISTED = 63;
/** Fewer people than this are never kept under the value's own name. */
export const FEWEST_PEOPLE = 10;
/** Longer text is no category. */
const LONGEST = 64;
export const OTHER_VALUES = "other";
/** Nobody gave a value, or the system has no such field. */
export const NO_VALUE = "";

/** Addresses and numbers of people are no category, however few there are. */
const PERSONAL = /@|\d[\d\s()./-]{6,}/;

/** Counts people per value of one attribute, by fingerprint. Bounded: gives up where there are too many. */
export class ValueCounts {
  readonly #listed: boolean;
  readonly #people = new Map<number, number>();
  #beyond = 0;

  /** @param listed the attribute's rule lists its values */
  constructor(listed: boolean) {
    this.#listed = listed;
  }

  add(print: number): void {
    // Absent and empty are one: without a value.
    const of = print < PRINT_NULL ? PRINT_NULL : print;
    const n = this.#people.get(of);
    if (n !== undefined) this.#people.set(of, n + 1);
    else if (this.#people.size < 4 * MOST_VALUES) this.#people.set(of, 1);
    else this.#beyond++;
  }

  /**
   * People per value as it may be kept: values that few people have are pooled as "other", "" is nobody's value.
   *
   * @param named values by fingerprint, as far as they were remembered
   * @returns null when there are too many values, or they look like people's own
   */
  result(named: ReadonlyMap<number, string>): Record<string, number> | null {
    const values = [...this.#people].filter(([print]) => print !== PRINT_NULL).sort((a, b) => b[1] - a[1]);
    if (!this.#listed && (values.length > MOST_VALUES || this.#beyond > 0)) return null;
    const counts = new Map<string, number>();
    let other = this.#beyond;
    for (const [i, [print, n]] of values.entries()) {
      const value = named.get(print);
      const fits = value !== undefined && value.length <= LONGEST && !PERSONAL.test(value);
      if (!fits && !this.#listed) return null;
      if (!fits || n < FEWEST_PEOPLE || i >= MOST_LISTED) other += n;
      else counts.set(value, n);
    }
    const none = this.#people.get(PRINT_NULL) ?? 0;
    if (none >= FEWEST_PEOPLE) counts.set(NO_VALUE, none);
    else other += none;
    if (other > 0) counts.set(OTHER_VALUES, (counts.get(OTHER_VALUES) ?? 0) + other);
    return Object.fromEntries(counts);
  }
}
