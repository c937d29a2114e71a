import type { AttributeStates, IdentifierKind, MemberRow } from "../core/model.ts";
import { STATE_NAMES, stateJudge, type ValidValues } from "./attribute-state.ts";
import { fingerprinter } from "./fingerprint.ts";
import type { Keys } from "./keys.ts";

/** Values of one attribute repeat; this many distinct ones are remembered with their fingerprint and state. */
const REMEMBERED = 2048;
const VALID = STATE_NAMES.indexOf("valid");

/** Reads one attribute of rows. A reader per attribute, since each remembers its own values. */
export class ValueReader {
  readonly #name: string;
  readonly #fingerprint: (value: string | null | undefined) => number;
  readonly #judge: (value: string | null | undefined) => keyof AttributeStates;
  /** Value → its place in the two columns. */
  readonly #known = new Map<string | null | undefined, number>();
  readonly #prints = new Uint32Array(REMEMBERED + 1);
  readonly #states = new Uint8Array(REMEMBERED + 1);
  readonly #counts = new Float64Array(REMEMBERED + 1);
  /** Of the row read last. */
  print = 0;
  /** Index into STATE_NAMES. */
  state = 0;

  constructor(name: string, rule: ValidValues | null, keys: Keys) {
    this.#name = name;
    this.#fingerprint = fingerprinter(keys);
    this.#judge = stateJudge(rule);
  }

  /** Values by fingerprint, as far as they are remembered. */
  named(): Map<number, string> {
    const named = new Map<number, string>();
    for (const [value, place] of this.#known)
      if (typeof value === "string") named.set(this.#prints[place] as number, value.trim());
    return named;
  }

  read(row: MemberRow): void {
    // A hostile or unlucky name ("constructor") must not reach the prototype.
    this.count(
      this.look(Object.hasOwn(row.attributes, this.#name) ? row.attributes[this.#name] : undefined),
      1,
    );
  }

  /** Are as many values remembered as there may be? Whatever else comes has no name. */
  get full(): boolean {
    return this.#known.size === REMEMBERED;
  }

  /** Counts records by the place of their value. */
  count(place: number, records: number): void {
    this.#counts[place] = (this.#counts[place] as number) + records;
  }

  /** Sets `print` and `state` to those of a value. @returns its place, for `count` */
  look(value: string | null | undefined): number {
    let place = this.#known.get(value);
    if (place === undefined) {
      place = Math.min(this.#known.size, REMEMBERED); // the last place is for values that are not remembered
      this.#prints[place] = this.#fingerprint(value);
      this.#states[place] = STATE_NAMES.indexOf(this.#judge(value));
      if (place < REMEMBERED) this.#known.set(ownCopy(value), place);
    }
    this.print = this.#prints[place] as number;
    this.state = this.#states[place] as number;
    return place;
  }

  /**
   * Records by value, trimmed, for an attribute that has a few values: the most frequent ones. Of values that its rule
   * does not list those are left out that few records have, or that are no name: they might be somebody's own words.
   */
  values(o: {
    readonly least: number;
    readonly most: number;
    readonly letters: number;
  }): Record<string, number> {
    const counts = new Map<string, number>();
    const listed = new Set<string>();
    for (const [value, place] of this.#known) {
      const text = value?.trim() ?? "";
      if (text === "" || text.length > o.letters || place === REMEMBERED) continue;
      counts.set(text, (counts.get(text) ?? 0) + (this.#counts[place] as number));
      if (this.#states[place] === VALID) listed.add(text);
    }
    const usual = [...counts].filter(([text, n]) => n >= o.least || listed.has(text));
    usual.sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
    return Object.fromEntries(usual.slice(0, o.most));
  }
}

/** A value cut from a block of a file would keep the whole block in memory. */
const ownCopy = (value: string | null | undefined): string | null | undefined =>
  typeof value === "string" ? Buffer.from(value, "utf16le").toString("utf16le") : value;

/** Tells spellings of one identifier apart ("Ann@x.com", "ann@x.com"): FNV-1a from a keyed start, never stored. */
export function spellingHasher(keys: Keys): (raw: string) => number {
  const start = new DataView(keys.fingerprint.buffer, keys.fingerprint.byteOffset).getInt32(0, true);
  return (raw) => {
    let h = start;
    for (let i = 0; i < raw.length; i++) h = Math.imul(h ^ raw.charCodeAt(i), 0x01000193);
    return h;
  };
}

/** Own property only, and only text. */
export const identifierOf = (row: MemberRow, kind: IdentifierKind): string | null => {
  const raw = row.identifiers[kind];
  return typeof raw === "string" ? raw : null;
};
