import { BEFORE, FLIPPING, HERE, type HistoryLine } from "./history-line.ts";
import { toldBy } from "./history-target.ts";
import { tableOf } from "./packed.ts";
import { SENDERS, SYSTEMS, type SystemName } from "./truth.ts";

/**
 * All that the rules of a comparison ask about one person on one day, as bits: people who look alike are judged once.
 *
 *     0–14   the audience, three bits per system: here, before, flipping
 *     15–24  the base, two bits per system: here, before
 *     25–29  one bit per system: can be mailed from there (those that send), opted out there (the others)
 *     30–31  must not be contacted: now, before
 */
export type Look = number;
const [BASE_AT, SAYS_AT, OUT_AT] = [15, 25, 30];
/** Here or flipping somewhere; nobody else is counted by any rule. */
const COUNTED = 0b101101101101101;

export type Seen = {
  readonly here: boolean;
  readonly before: boolean;
  readonly flipping: boolean;
  readonly based: boolean;
  readonly basedBefore: boolean;
  /** Can be mailed from there. */
  readonly mailable: boolean;
  readonly optedOut: boolean;
};

export function seenIn(system: SystemName, look: Look): Seen {
  const s = SYSTEMS.indexOf(system);
  const [sends, says] = [SENDERS.includes(system), ((look >> (SAYS_AT + s)) & 1) !== 0];
  const [segment, base] = [look >> (3 * s), look >> (BASE_AT + 2 * s)];
  return {
    here: (segment & HERE) !== 0,
    before: (segment & BEFORE) !== 0,
    flipping: (segment & FLIPPING) !== 0,
    based: (base & HERE) !== 0,
    basedBefore: (base & BEFORE) !== 0,
    mailable: sends && says,
    optedOut: sends !== says,
  };
}

export const isOut = (look: Look): boolean => ((look >> OUT_AT) & HERE) !== 0;
export const wasOut = (look: Look): boolean => ((look >> OUT_AT) & BEFORE) !== 0;

export type Seat = { readonly system: SystemName; readonly segment: HistoryLine; readonly base: HistoryLine };

const SAYS = SYSTEMS.map((system) =>
  tableOf((p) => {
    const told = toldBy(system, p);
    return SENDERS.includes(system) ? told.mailable === true : told.consent !== "subscribed";
  }),
);

/** The part of a look that is the same in all audiences, for every day of the person who passed the lines last. */
export class Surroundings {
  readonly bits: Int32Array;
  readonly #bases: readonly HistoryLine[];
  readonly #excluded: HistoryLine | null;

  constructor(lines: readonly HistoryLine[], days: number) {
    this.bits = new Int32Array(days);
    this.#bases = lines.filter((l) => l.target.audience === null);
    this.#excluded =
      lines.find((l) => l.target.audience === "do_not_contact" && l.target.system === "hubspot") ?? null;
  }

  pass(records: Readonly<Record<SystemName, Uint16Array>>, days: readonly number[]): void {
    const { bits } = this;
    const excluded = this.#excluded?.look;
    for (const d of days) bits[d] = excluded ? ((excluded[d] ?? 0) & ~FLIPPING) << OUT_AT : 0;
    for (const { target, look, shown } of this.#bases) {
      const s = SYSTEMS.indexOf(target.system);
      const [says, told] = [SAYS[s] ?? look, records[target.system]];
      for (const d of days) {
        const base = (look[d] ?? 0) & ~FLIPPING;
        const said = says[told[shown[d] ?? 0] ?? 0] ?? 0;
        bits[d] = (bits[d] ?? 0) | (base << (BASE_AT + 2 * s)) | (said << (SAYS_AT + s));
      }
    }
  }
}

/** How many people look how on each day, in one audience. */
export class Looks {
  /** Per look and day: how many more people than the day before. */
  readonly #more = new Map<Look, Int32Array>();
  readonly #days: number;
  readonly #segments: readonly { readonly at: number; readonly look: Uint8Array }[];

  constructor(seats: readonly Seat[], days: number) {
    this.#days = days;
    this.#segments = seats.map((s) => ({ at: 3 * SYSTEMS.indexOf(s.system), look: s.segment.look }));
  }

  /** @param days on which the person who passed last may look different from the day before */
  pass(surroundings: Int32Array, days: readonly number[]): void {
    let before = 0;
    for (const d of days) {
      let look = 0;
      for (const segment of this.#segments) look |= (segment.look[d] ?? 0) << segment.at;
      look = look & COUNTED ? look | (surroundings[d] ?? 0) : 0;
      if (look === before) continue;
      if (before !== 0) this.#count(before, d, -1);
      if (look !== 0) this.#count(look, d, 1);
      before = look;
    }
  }

  #count(look: Look, d: number, people: number): void {
    let more = this.#more.get(look);
    if (!more) {
      more = new Int32Array(this.#days);
      this.#more.set(look, more);
    }
    more[d] = (more[d] ?? 0) + people;
  }

  /** Looks of one day after the other, with how many people look so. */
  *days(): Generator<ReadonlyMap<Look, number>> {
    const now = new Map<Look, number>();
    for (let d = 0; d < this.#days; d++) {
      for (const [look, more] of this.#more) {
        const people = (now.get(look) ?? 0) + (more[d] ?? 0);
        if (people === 0) now.delete(look);
        else now.set(look, people);
      }
      yield now;
    }
  }
}
