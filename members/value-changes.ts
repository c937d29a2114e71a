import type { Telling } from "../core/attribution.ts";
import { BOUNCED, CONSENT_NAMES, MAILABLE, MAILABLE_KNOWN, STATE_BITS } from "./consent-byte.ts";
import { fingerprinter, PRINT_NULL } from "./fingerprint.ts";
import type { Keys } from "./keys.ts";
import type { MemberSet, Partition } from "./member-set.ts";
import { RECORD_COLUMN } from "./set-builder.ts";

/** Who is counted: left or came into the segment, was in it before and after, or anybody else in the system. */
export const LEFT = 0;
export const CAME = 1;
export const STAYED = 2;
export const OTHER = 3;

/** One bit each in a mask of what changed. */
const MOST_COLUMNS = 20;
/** Values of one attribute that are told apart. */
const MOST_VALUES = 60;

/** Where an attribute stands in the set now and in the one before; `valued`: it has values that are told apart. */
export type ComparedColumn = { readonly now: number; readonly before: number; readonly valued: boolean };

type Column = {
  readonly name: string;
  readonly now: (part: Partition, row: number) => number;
  readonly before: (part: Partition, row: number) => number;
  /** Print → its place among the counts. */
  readonly places: ReadonlyMap<number, number>;
  readonly values: readonly string[];
  /** Per group: people, changed, then for empty and each value: people and, of them, changed. */
  readonly counts: readonly Uint32Array[];
};

const [CHANGED, STATES] = [0, 1];

/**
 * Counts values of people who are in the whole system in both readings, in one pass: how many of each group have an
 * attribute empty, have one of its configured values, or have another one than before.
 */
export class ValueChanges {
  readonly #columns: readonly Column[];
  /** Besides, it looks at the consent bytes. */
  readonly compared: readonly ComparedColumn[];
  readonly #people = new Uint32Array(4);

  /** @param values attribute → the values that its rule lists, for naming them */
  constructor(
    now: MemberSet,
    before: MemberSet,
    values: Readonly<Record<string, readonly string[]>>,
    keys: Keys,
  ) {
    const print = fingerprinter(keys);
    const tracked = now.attributes
      .flatMap((name, a) => {
        const b = before.attributes.indexOf(name);
        if (name === RECORD_COLUMN || b < 0) return [];
        const known = (Object.hasOwn(values, name) ? (values[name] ?? []) : []).slice(0, MOST_VALUES);
        return [{ name, now: a, before: b, known, valued: known.length > 0 }];
      })
      .slice(0, MOST_COLUMNS - CONSENT_COLUMNS.length);
    this.compared = tracked;
    this.#columns = [
      ...tracked.map((c) => column(c.name, printAt(c.now), printAt(c.before), c.known, c.known.map(print))),
      ...CONSENT_COLUMNS.map(fresh),
    ];
  }

  /**
   * @param people so many who look like this
   * @returns a mask of what changed, one bit a column
   */
  count(
    group: number,
    now: Partition,
    row: number,
    before: Partition,
    rowBefore: number,
    people: number,
  ): number {
    this.#people[group] = (this.#people[group] as number) + people;
    let mask = 0;
    for (let c = 0; c < this.#columns.length; c++) {
      const column = this.#columns[c] as Column;
      const print = column.now(now, row);
      const changed = print === column.before(before, rowBefore) ? 0 : people;
      const counts = column.counts[group] as Uint32Array;
      if (changed !== 0) {
        counts[CHANGED] = (counts[CHANGED] as number) + changed;
        mask |= 1 << c;
      }
      const place = column.places.get(print);
      if (place === undefined) continue;
      const at = STATES + 2 * place;
      counts[at] = (counts[at] as number) + people;
      counts[at + 1] = (counts[at + 1] as number) + changed;
    }
    return mask;
  }

  /** Whom to compare with: those who stayed, or everybody else when hardly anybody did. */
  #control(group: number): number {
    const [moved, stayed] = [this.#people[group] as number, this.#people[STAYED] as number];
    return stayed >= Math.max(20, moved / 10) || (this.#people[OTHER] as number) < stayed ? STAYED : OTHER;
  }

  /**
   * Columns whose change says something about the move: at least twice as frequent as among the others. A field that
   * was filled for everybody in the same night explains nobody's.
   */
  tellingMask(group: number): number {
    const control = this.#control(group);
    let mask = 0;
    this.#columns.forEach((column, c) => {
      const moved = (column.counts[group] as Uint32Array)[CHANGED] as number;
      const others = (column.counts[control] as Uint32Array)[CHANGED] as number;
      const share = moved / Math.max(1, this.#people[group] as number);
      if (moved > 0 && share >= (2 * others) / Math.max(1, this.#people[control] as number)) mask |= 1 << c;
    });
    return mask;
  }

  /**
   * What at least half of them have in common and the others mostly do not; the greatest difference in shares. A state
   * says more than "changed", so that has to differ clearly more.
   */
  telling(group: number): Telling | null {
    const control = this.#control(group);
    const [of, ofOthers] = [this.#people[group] as number, this.#people[control] as number];
    if (of === 0) return null;
    let best: { score: number; telling: Telling } | null = null;
    const consider = (column: Column, state: Telling["state"], value: string | null, at: number) => {
      const people = (column.counts[group] as Uint32Array)[at] as number;
      const others = (column.counts[control] as Uint32Array)[at] as number;
      const changed =
        state === "changed" ? people : ((column.counts[group] as Uint32Array)[at + 1] as number);
      const distance = people / of - others / Math.max(1, ofOthers);
      const score = state === "changed" ? distance - 0.1 : distance;
      if (
        people < LEAST_PEOPLE ||
        people * 2 < of ||
        distance < LEAST_DISTANCE ||
        (best !== null && score <= best.score)
      )
        return;
      best = {
        score,
        telling: { attribute: column.name, state, value, people, of, changed, others, ofOthers },
      };
    };
    for (const column of this.#columns) {
      consider(column, "empty", null, STATES);
      column.values.forEach((value, v) => {
        consider(column, "value", value, STATES + 2 * (v + 1));
      });
      consider(column, "changed", null, CHANGED);
    }
    return (best as { telling: Telling } | null)?.telling ?? null;
  }
}

/** Fewer have something in common by chance. */
const LEAST_PEOPLE = 5;
/** Shares that differ less than this are no explanation. */
const LEAST_DISTANCE = 0.3;

/** A field that is not there and one that is empty are the same here. */
const printAt =
  (a: number) =>
  (part: Partition, row: number): number =>
    Math.max(PRINT_NULL, (part.prints[a] as Uint32Array)[row] as number);

type Shape = Omit<Column, "counts">;

const fresh = (shape: Shape): Column => ({
  ...shape,
  counts: [LEFT, CAME, STAYED, OTHER].map(() => new Uint32Array(STATES + 2 * (shape.values.length + 1))),
});

function column(
  name: string,
  now: Column["now"],
  before: Column["before"],
  values: readonly string[],
  prints: readonly number[],
): Column {
  return fresh(shapeOf(name, now, before, values, prints));
}

function shapeOf(
  name: string,
  now: Column["now"],
  before: Column["before"],
  values: readonly string[],
  prints: readonly number[],
): Shape {
  const places = new Map<number, number>([[PRINT_NULL, 0]]);
  prints.forEach((print, v) => {
    if (!places.has(print)) places.set(print, v + 1);
  });
  return { name, now, before, places, values };
}

/** What a set keeps of consent, told like any attribute; unknown is "empty". */
const fromByte = (name: string, values: readonly string[], place: (byte: number) => number): Shape => {
  const read = (part: Partition, row: number): number => PRINT_NULL + place(part.consent[row] as number);
  return shapeOf(
    name,
    read,
    read,
    values,
    values.map((_, v) => PRINT_NULL + v + 1),
  );
};

const CONSENT_COLUMNS: readonly Shape[] = [
  fromByte("consent", CONSENT_NAMES, (byte) => byte & STATE_BITS),
  fromByte("mailable", ["no", "yes"], (byte) =>
    (byte & MAILABLE_KNOWN) === 0 ? 0 : (byte & MAILABLE) === 0 ? 1 : 2,
  ),
  fromByte("bounced", ["no", "yes"], (byte) => ((byte & BOUNCED) === 0 ? 1 : 2)),
];
