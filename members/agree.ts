import { AuditorError } from "../core/errors.ts";
import type { Instant, RunId, SystemId } from "../core/model.ts";
import {
  type AgreedHead,
  AgreedRows,
  type AgreedState,
  agreedWriter,
  columnOf,
  columnsOf,
  headOf,
  secondsOf,
} from "./agreed-file.ts";
import { type CompareInput, type Panel, panelOf, type Seat } from "./compare-panel.ts";
import { printAt } from "./field-tally.ts";
import { EXTRA, Judge, MISSING, PRESENT } from "./judge.ts";
import type { Partition } from "./member-set.ts";
import { mergePartitions } from "./merge.ts";

export type CarryOptions = {
  readonly file: string;
  readonly runId: RunId;
  /** Copies that the audience still has, the owner not among them. Those not read now keep what they had. */
  readonly copies: readonly SystemId[];
};

/**
 * Carries what was last agreed on over one comparison: where owner and copy agree about a person, both with or both
 * without, that is the new agreement; where they differ, the last one stays. The same for each field of people whom
 * both have. One partition of each set in memory; the previous state is one more input of the merge.
 *
 * @param i complete readings only, of the lists that keep people out as well: whoever calls makes sure
 * @param previous null: none is kept, or it belongs to another owner, identity or key epoch
 * @throws as `compareSets`; permanent when the disk refuses
 */
export async function carryAgreed(
  i: CompareInput,
  previous: AgreedState | null,
  o: CarryOptions,
): Promise<AgreedHead> {
  const panel = panelOf(i);
  const source = i.segments.find((s) => s.system === i.owner)?.set;
  if (source === undefined) throw new RangeError("panelOf lets no comparison through without its owner");
  const last = fits(previous, i.owner, source) ? previous : null;
  const head = headNow(i, last, panel, source.asOf, o);
  const writer = await agreedWriter(o.file);
  try {
    const carry = new Carry(panel, last, head);
    let size = 0;
    for (let p = 0; p < source.partitions; p++) {
      const out = carry.partition(await panel.load(p), (await last?.load(p)) ?? null);
      size += out.agreed;
      await writer.write(out.part);
    }
    await writer.commit(headOf(head, source, size));
    return head;
  } catch (e) {
    await writer.abort();
    if (e instanceof AuditorError) throw e;
    throw new AuditorError(
      "permanent",
      o.file,
      "what was last agreed could not be written",
      "check the data folder and its free space, then audit again",
      { cause: e },
    );
  }
}

/** What was agreed under another owner, identity or key says nothing about these people. */
export const fits = (
  state: AgreedState | null,
  owner: SystemId,
  like: { readonly identity: string; readonly epoch: number },
): boolean => state?.owner === owner && state.identity === like.identity && state.epoch === like.epoch;

function headNow(
  i: CompareInput,
  last: AgreedState | null,
  panel: Panel,
  ownerAsOf: Instant,
  o: CarryOptions,
): AgreedHead {
  const copies = [...new Set(o.copies)].sort().flatMap((system) => {
    const now = i.segments.find((s) => s.system === system)?.set;
    if (now !== undefined) return [{ system, asOf: now.asOf < ownerAsOf ? now.asOf : ownerAsOf }];
    return last?.copies.filter((c) => c.system === system) ?? [];
  });
  return { owner: i.owner, runId: o.runId, copies, fields: panel.attributes };
}

/** One copy of the new state: its seat in this comparison, and its place in the last state; −1: none. */
type Place = {
  readonly seat: number;
  readonly last: number;
  readonly seconds: number;
  /** Per field, its column in the last state; −1: it was not kept. */
  readonly columns: readonly number[];
};

class Carry {
  readonly #panel: Panel;
  readonly #judge: Judge;
  readonly #head: AgreedHead;
  readonly #rows: AgreedRows;
  readonly #places: readonly Place[];
  readonly #source: number;
  /** One person's row of the new state, filled anew for each. */
  readonly #row: Uint32Array;
  #both = 0;
  #never = 0;
  #kept = false;

  constructor(panel: Panel, last: AgreedState | null, head: AgreedHead) {
    this.#panel = panel;
    this.#judge = new Judge(panel);
    this.#head = head;
    this.#rows = new AgreedRows(last);
    this.#source = (panel.seats[panel.owner] as Seat).set;
    this.#row = new Uint32Array(columnsOf(head).length);
    this.#places = head.copies.map(({ system, asOf }) => ({
      seat: panel.seats.findIndex((s) => s.system === system),
      last: this.#rows.copy(system),
      seconds: secondsOf(asOf),
      columns: head.fields.map((field) => this.#rows.column(this.#rows.copy(system), field)),
    }));
  }

  partition(
    parts: readonly Partition[],
    last: Partition | null,
  ): { readonly part: Partition; readonly agreed: number } {
    const most = parts.reduce((n, part) => n + part.n, last?.n ?? 0);
    const keys = new Uint32Array(4 * most);
    const presence = new Uint32Array(2 * most);
    const prints = Array.from(this.#row, () => new Uint32Array(most));
    let n = 0;
    let agreed = 0;
    this.#judge.open(parts);
    this.#rows.open(last);
    mergePartitions([...parts, last], (key, at) => {
      this.#judge.look(at);
      this.#person(parts, at);
      if (!this.#kept) return;
      // written out: a call of `set` costs more than four words
      keys[4 * n] = key[0] as number;
      keys[4 * n + 1] = key[1] as number;
      keys[4 * n + 2] = key[2] as number;
      keys[4 * n + 3] = key[3] as number;
      presence[2 * n] = this.#both;
      presence[2 * n + 1] = this.#never;
      for (let c = 0; c < prints.length; c++) (prints[c] as Uint32Array)[n] = this.#row[c] as number;
      if (this.#both !== 0) agreed++;
      n++;
    });
    return { part: { n, keys, presence, prints, consent: new Uint8Array(n) }, agreed };
  }

  #person(parts: readonly Partition[], at: Int32Array): void {
    const row = at[parts.length] as number;
    this.#row.fill(0);
    this.#both = 0;
    this.#never = 0;
    this.#kept = false;
    for (let c = 0; c < this.#places.length; c++) {
      const place = this.#places[c] as Place;
      const now = place.seat < 0 ? null : this.#agreement(place.seat);
      if (now === "out") continue;
      const before = now ?? this.#rows.agreement(place.last, row);
      if (before === "in") this.#both |= 1 << c;
      else if (before !== "out") this.#never |= 1 << c;
      const seconds = now === "in" ? place.seconds : this.#rows.seconds(place.last, row);
      // not looked at this time: whoever was nowhere at the last look needs no row to say so
      if (place.seat < 0 && before === "out" && seconds === place.seconds) continue;
      const first = columnOf(this.#head.fields.length, c);
      this.#row[first] = seconds;
      if (before !== "out") this.#fields(parts, at, place, row, first + 1, now === "in");
      this.#kept = true;
    }
  }

  #fields(
    parts: readonly Partition[],
    at: Int32Array,
    place: Place,
    row: number,
    first: number,
    both: boolean,
  ): void {
    const seat = both ? (this.#panel.seats[place.seat] as Seat) : null;
    for (let a = 0; a < place.columns.length; a++) {
      let print = 0;
      if (seat !== null) {
        const owner = printAt(parts[this.#source] as Partition, a, at[this.#source] as number);
        const column = seat.columns[a] as number;
        if (owner === printAt(parts[seat.set] as Partition, column, at[seat.set] as number)) print = owner;
      }
      // 0: they differ or one of them has no such field, and what was agreed before stays
      this.#row[first + a] = print !== 0 ? print : this.#rows.printIn(place.columns[a] as number, row);
    }
  }

  /** null: they differ, or it cannot be told. */
  #agreement(s: number): "in" | "out" | null {
    const flags = this.#judge.flags(s);
    if (flags & (EXTRA | MISSING)) return null;
    if (flags & PRESENT) return "in";
    // of a suppression list nobody knows who should be on it where the system cannot be read as a whole
    const blind = this.#panel.suppression && (this.#panel.seats[s] as Seat).base < 0;
    return blind && this.#judge.now[this.#source] === 1 ? null : "out";
  }
}
