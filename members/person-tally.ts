import type { AttributeStates } from "../core/model.ts";
import { STATE_NAMES } from "./attribute-state.ts";
import { ClashTally } from "./clash-tally.ts";
import { BOUNCED, consentOf, isStricter, MAILABLE, MAILABLE_KNOWN, mergeConsent } from "./consent-byte.ts";
import type { Partition } from "./member-set.ts";
import {
  CONSENT_AT,
  PRINTS_AT,
  type RowShape,
  SPELLING_AT,
  STATES_PER_WORD,
  UPDATED_AT,
} from "./row-shape.ts";
import { PARTITION_BITS } from "./set-layout.ts";
import { sameKey, sortRows } from "./sort-rows.ts";
import { mergedText, spoolRow } from "./spool.ts";
import type { ValueCounts } from "./value-counts.ts";

const VALID = STATE_NAMES.indexOf("valid");

export type People = { readonly part: Partition; readonly texts: readonly Uint8Array[] };

/** Makes people of records, partition by partition, and counts them. */
export class PersonTally {
  readonly #names: readonly string[];
  readonly #shape: RowShape;
  readonly #states: Uint32Array;
  /** Columns of the attributes that every member has to have. */
  readonly #required: readonly number[];
  /** Per attribute; null: its values are not counted. */
  readonly #values: readonly (ValueCounts | null)[];
  readonly #nobody: People;
  /** null: rows have no second identifier. */
  readonly clashes: ClashTally | null;
  #known = 0;
  #mailable = 0;
  size = 0;
  /** People with a valid value in each of the required attributes. */
  complete = 0;
  bounced = 0;
  duplicateByCase = 0;

  constructor(
    names: readonly string[],
    shape: RowShape,
    values: readonly (ValueCounts | null)[],
    required: readonly string[] = [],
  ) {
    this.#values = values;
    this.#names = names;
    this.#required = names.flatMap((name, a) => (required.includes(name) ? [a] : []));
    this.#shape = shape;
    this.clashes = shape.secondAt === null ? null : new ClashTally(shape.secondAt);
    this.#states = new Uint32Array(names.length * STATE_NAMES.length);
    const none = new Uint32Array(0);
    this.#nobody = {
      part: { n: 0, keys: none, presence: none, prints: names.map(() => none), consent: new Uint8Array(0) },
      texts: [],
    };
  }

  /** People who can be mailed; null when the system says it of nobody. */
  get mailable(): number | null {
    return this.#known === 0 ? null : this.#mailable;
  }

  attributes(): Record<string, AttributeStates> {
    return Object.fromEntries(
      this.#names.map((name, a) => {
        const count = (s: keyof AttributeStates): number =>
          this.#states[a * STATE_NAMES.length + STATE_NAMES.indexOf(s)] as number;
        return [
          name,
          {
            valid: count("valid"),
            null: count("null"),
            empty: count("empty"),
            placeholder: count("placeholder"),
            invalid: count("invalid"),
            missing: count("missing"),
          },
        ];
      }),
    );
  }

  /** The people of one partition, sorted by key. `rows`: its records in arrival order. */
  people(rows: Uint32Array, chunks: readonly Buffer[], withTexts: boolean): People {
    if (rows.length === 0) return this.#nobody;
    const { stride } = this.#shape;
    const records = rows.length / stride;
    const order = sortRows(rows, records, stride, PARTITION_BITS);
    const keys = new Uint32Array(4 * records);
    const prints = this.#names.map(() => new Uint32Array(records));
    const consent = new Uint8Array(records);
    const texts: Uint8Array[] = [];
    let n = 0;
    for (let i = 0; i < records; ) {
      let next = i + 1;
      while (next < records && sameKey(rows, order[i] as number, order[next] as number)) next++;
      this.clashes?.person(rows, order, i, next);
      const { newest, strictest, byte } =
        next === i + 1 ? this.#one(rows, order[i] as number) : this.#several(rows, order.subarray(i, next));
      for (let k = 0; k < 4; k++) keys[4 * n + k] = rows[newest + k] as number;
      for (let a = 0; a < prints.length; a++)
        (prints[a] as Uint32Array)[n] = rows[newest + PRINTS_AT + a] as number;
      consent[n] = byte;
      this.#count(rows, newest, byte);
      if (withTexts) texts.push(this.#text(rows, chunks, newest, strictest));
      n++;
      i = next;
    }
    const part = { n, keys: keys.subarray(0, 4 * n), presence: new Uint32Array(0), prints, consent };
    return { part, texts };
  }

  #one(rows: Uint32Array, at: number): { newest: number; strictest: number; byte: number } {
    return { newest: at, strictest: at, byte: rows[at + CONSENT_AT] as number };
  }

  #several(rows: Uint32Array, group: Uint32Array): { newest: number; strictest: number; byte: number } {
    let newest = group[0] as number;
    let strictest = newest;
    let byte = rows[newest + CONSENT_AT] as number;
    const spellings = new Set([rows[newest + SPELLING_AT]]);
    for (const at of group.subarray(1)) {
      if ((rows[at + UPDATED_AT] as number) > (rows[newest + UPDATED_AT] as number)) newest = at;
      if (isStricter(rows[at + CONSENT_AT] as number, rows[strictest + CONSENT_AT] as number)) strictest = at;
      byte = mergeConsent(byte, rows[at + CONSENT_AT] as number);
      spellings.add(rows[at + SPELLING_AT]);
    }
    this.duplicateByCase += spellings.size - 1;
    return { newest, strictest, byte };
  }

  #count(rows: Uint32Array, at: number, byte: number): void {
    this.size++;
    if (byte & MAILABLE_KNOWN) this.#known++;
    if (byte & MAILABLE) this.#mailable++;
    if (byte & BOUNCED) this.bounced++;
    for (let a = 0; a < this.#names.length; a++) {
      const slot = a * STATE_NAMES.length + this.#state(rows, at, a);
      this.#states[slot] = (this.#states[slot] as number) + 1;
      this.#values[a]?.add(rows[at + PRINTS_AT + a] as number);
    }
    if (this.#required.every((a) => this.#state(rows, at, a) === VALID)) this.complete++;
  }

  /** Index of the state of attribute `a`. */
  #state(rows: Uint32Array, at: number, a: number): number {
    const word = rows[at + this.#shape.statesAt + Math.floor(a / STATES_PER_WORD)] as number;
    return (word >>> (3 * (a % STATES_PER_WORD))) & 7;
  }

  #text(rows: Uint32Array, chunks: readonly Buffer[], newest: number, strictest: number): Uint8Array {
    const text = (at: number): Buffer => {
      const place = at + (this.#shape.payloadAt as number);
      const from = rows[place + 1] as number;
      return (chunks[rows[place] as number] as Buffer).subarray(from, from + (rows[place + 2] as number));
    };
    if (newest === strictest) return text(newest);
    const { consentAt, method, optOuts } = spoolRow(text(strictest).toString("utf8"));
    const { optOuts: _, ...row } = spoolRow(text(newest).toString("utf8"));
    return Buffer.from(
      mergedText({
        ...row,
        consent: consentOf(rows[strictest + CONSENT_AT] as number),
        consentAt,
        method,
        ...(optOuts === undefined ? {} : { optOuts }),
      }),
      "utf8",
    );
  }
}
