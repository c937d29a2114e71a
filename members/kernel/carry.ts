import { setImmediate } from "node:timers/promises";
import {
  agreementOf,
  type Carried,
  type CarryTerms,
  PeopleCarry,
  type Place,
  placesOf,
} from "../agree-people.ts";
import { AgreedRows, columnOf, columnsOf, secondsOf } from "../agreed-file.ts";
import type { Seat } from "../compare-panel.ts";
import { Judge } from "../judge.ts";
import { rowOfKind } from "../looks.ts";
import type { Partition } from "../member-set.ts";
import { bodyError, type SetBodies } from "../set-bodies.ts";
import { isFor, type StoredKernel } from "./each-kind.ts";
import { up } from "./kind-layout.ts";
import { type Body, type Kinds, MOST_STORED_SETS } from "./kind-memory.ts";
import { KindMerge } from "./kind-merge.ts";

/** Carries partition `p` on; to be asked for one after the other. What it gives holds until the next call. */
export type Carry = (p: number) => Promise<Carried>;

/** @param kernel null: the reference does it, with the same result */
export function carryFrom(kernel: StoredKernel | null, terms: CarryTerms): Carry {
  const { panel, last } = terms;
  if (isFor(kernel, panel.inputs)) {
    const carry = new KindCarry(kernel, terms);
    return async (p) => {
      await setImmediate();
      return carry.partition(p);
    };
  }
  const carry = new PeopleCarry(terms);
  return async (p) => carry.partition(await panel.load(p), (await last?.load(p)) ?? null);
}

/** Bytes of assembly/carry.ts. */
const COPY_BYTES = 32;
const FIELD_BYTES = 16;

type Columns = { readonly keys: number; readonly presence: number; readonly prints: readonly number[] };

/**
 * Merges the sets and what was last agreed in the kernel, has each kind of people judged by the reference, and writes their rows
 * in the kernel. Memory: one partition of each set and of the result.
 */
class KindCarry {
  readonly #terms: CarryTerms;
  readonly #judge: Judge;
  readonly #places: readonly Place[];
  readonly #bodies: readonly SetBodies[];
  readonly #merge: KindMerge;
  readonly #at: Int32Array;

  constructor(kernel: StoredKernel, terms: CarryTerms) {
    const { panel, last } = terms;
    this.#terms = terms;
    this.#judge = new Judge(panel);
    this.#places = placesOf(terms, new AgreedRows(last));
    this.#bodies = [...panel.inputs, ...(last === null ? [] : [last])].map((set) => set.bodies());
    this.#at = new Int32Array(this.#bodies.length);
    const looks = {
      owner: this.#source,
      // who is there now, and the values that a `where` asks for, decide; of what was last agreed every row is carried on
      bits: 1n,
      own: { [panel.inputs.length]: 0n },
      fields: [],
      prints: [...new Set(panel.seats.flatMap(({ where }) => where.map(({ column }) => column)))],
    };
    this.#merge = new KindMerge(kernel.module, this.#bodies, looks, kernel.mostKinds);
  }

  get #source(): number {
    const { seats, owner } = this.#terms.panel;
    return (seats[owner] as Seat).set;
  }

  /** @throws AuditorError bad_data when a file is damaged */
  partition(p: number): Carried {
    const faulty = this.#merge.read(p, true);
    if (faulty !== null) throw bodyError(this.#bodies[faulty.set]?.path ?? "", faulty.fault);
    const pieces: Carried[] = [];
    this.#merge.rounds((kinds, from, more) => {
      this.#judgeFrom(kinds, from);
      const carried = this.#carry();
      pieces.push(pieces.length > 0 || more ? copyOf(carried) : carried);
    });
    return pieces.length === 1 ? (pieces[0] as Carried) : joined(pieces);
  }

  #judgeFrom(kinds: Kinds, from: number): void {
    const { panel } = this.#terms;
    const { buffer, layout } = this.#merge.memory;
    const verdicts = new Uint32Array(buffer, layout.verdicts, 2 * kinds.n);
    this.#judge.open(kinds.parts);
    for (let kind = from; kind < kinds.n; kind++) {
      this.#judge.look(rowOfKind(kinds, kind, this.#at));
      let both = 0;
      let neither = 0;
      for (const [c, { seat }] of this.#places.entries()) {
        const agreement = seat < 0 ? null : agreementOf(panel, this.#judge, seat);
        if (agreement === "in") both |= 1 << c;
        if (agreement === "out") neither |= 1 << c;
      }
      verdicts[2 * kind] = both;
      verdicts[2 * kind + 1] = neither;
    }
  }

  /** Writes the rows of the people of the log. */
  #carry(): Carried {
    const { memory } = this.#merge;
    const { head, last, panel } = this.#terms;
    const { exports } = memory;
    const most = exports.logged();
    const copies = this.#places.length;
    const fields = head.fields.length;
    const sizes = [COPY_BYTES * copies, FIELD_BYTES * copies * fields, 16 * most, 8 * most];
    const starts = [0];
    for (const size of [...sizes, ...columnsOf(head).map(() => 4 * most)])
      starts.push(up((starts.at(-1) as number) + size));
    const base = memory.reserve(starts.at(-1) as number);
    const [copiesAt, fieldsAt, keys, presence, ...prints] = starts.map((start) => base + start) as [
      number,
      number,
      number,
      number,
      ...number[],
    ];
    const columns = { keys, presence, prints };
    this.#describe(copiesAt, fieldsAt, columns);
    const n = exports.carryPeople(
      memory.layout.verdicts,
      last === null ? MOST_STORED_SETS : panel.inputs.length,
      copiesAt,
      copies,
      fieldsAt,
      fields,
      keys,
      presence,
    );
    const words = (at: number, length: number) => new Uint32Array(memory.buffer, at, length);
    return {
      part: {
        n,
        keys: words(keys, 4 * n),
        presence: words(presence, 2 * n),
        prints: columnsOf(head).map((_, c) => words(prints[c] as number, n)),
        consent: new Uint8Array(n),
      },
      agreed: exports.agreed.value,
    };
  }

  /** Tells the kernel where everything of this partition stands. */
  #describe(copiesAt: number, fieldsAt: number, out: Columns): void {
    const { panel, last, head } = this.#terms;
    const view = new DataView(this.#merge.memory.buffer);
    const bodies = this.#merge.memory.bodies();
    const lastBody = last === null ? null : (bodies[panel.inputs.length] as Body);
    const owner = bodies[this.#source] as Body;
    const fields = head.fields.length;
    for (const [c, place] of this.#places.entries()) {
      const seat = panel.seats[place.seat];
      const here = seat === undefined ? null : (bodies[seat.set] as Body);
      const first = columnOf(fields, c);
      const before = last === null || place.last < 0 ? null : last.copies[place.last];
      const at = copiesAt + COPY_BYTES * c;
      view.setUint32(at, here?.input ?? 0, true);
      view.setInt32(at + 4, place.last, true);
      view.setUint32(at + 8, place.seconds, true);
      view.setUint32(at + 12, before == null ? 0 : secondsOf(before.asOf), true);
      const seconds = last === null || place.last < 0 ? -1 : columnOf(last.fields.length, place.last);
      view.setUint32(at + 16, lastBody?.prints[seconds] ?? 0, true);
      view.setUint32(at + 20, out.prints[first] as number, true);
      for (let f = 0; f < fields; f++) {
        const field = fieldsAt + FIELD_BYTES * (c * fields + f);
        view.setUint32(field, owner.prints[f] ?? 0, true);
        view.setUint32(field + 4, here?.prints[seat?.columns[f] ?? -1] ?? 0, true);
        view.setUint32(field + 8, lastBody?.prints[place.columns[f] ?? -1] ?? 0, true);
        view.setUint32(field + 12, out.prints[first + 1 + f] as number, true);
      }
    }
  }
}

const copyOf = ({ part, agreed }: Carried): Carried => ({
  part: {
    n: part.n,
    keys: part.keys.slice(),
    presence: part.presence.slice(),
    prints: part.prints.map((column) => column.slice()),
    consent: part.consent,
  },
  agreed,
});

/** Pieces of one partition, in the order of their keys. */
function joined(pieces: readonly Carried[]): Carried {
  const n = pieces.reduce((sum, { part }) => sum + part.n, 0);
  const whole = (column: (part: Partition) => Uint32Array, width: number): Uint32Array => {
    const words = new Uint32Array(width * n);
    let at = 0;
    for (const { part } of pieces) {
      words.set(column(part), at);
      at += width * part.n;
    }
    return words;
  };
  const [first] = pieces;
  return {
    part: {
      n,
      keys: whole((part) => part.keys, 4),
      presence: whole((part) => part.presence, 2),
      prints: (first?.part.prints ?? []).map((_, c) => whole((part) => part.prints[c] as Uint32Array, 1)),
      consent: new Uint8Array(n),
    },
    agreed: pieces.reduce((sum, { agreed }) => sum + agreed, 0),
  };
}
