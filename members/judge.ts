import type { Panel, Seat } from "./compare-panel.ts";
import {
  BOUNCED,
  consentByte,
  isOptOut,
  isStricter,
  MAILABLE,
  MAILABLE_KNOWN,
  STATE_BITS,
} from "./consent-byte.ts";
import { isFlipping } from "./flips.ts";
import type { Partition } from "./member-set.ts";
import { onesBelow } from "./ones-below.ts";

/** What holds of one person in one system. */
export const PRESENT = 1;
export const EXPECTED = 2;
export const MISSING = 4;
export const EXTRA = 8;
/** The missing or extra was there in the previous reading too. */
export const SETTLED = 16;
export const MAILABLE_OPTED_OUT = 32;
export const CONSENT_CONFLICT = 64;
export const FLIPPING = 128;
/** One of the owner's people who exists anywhere in this system. */
export const MATCHED = 256;
/** The opted-out person was opted out and here in the previous reading too. */
export const SETTLED_OPT_OUT = 512;
/** Of a suppression audience: mailable here and not on the owner's list, although some system calls them opted out. */
export const OPTED_OUT_ELSEWHERE = 1024;
/** Of a suppression audience: held back here, while the owner has a record of them that says yes. */
export const OVER_SUPPRESSED = 2048;

const SUBSCRIBED = consentByte("subscribed", null, false);

/**
 * Judges one person at a time: `look` takes the row numbers of a merge, `flags` answers per system. No allocation,
 * since it runs once for every person of every system.
 */
export class Judge {
  readonly #panel: Panel;
  #parts: readonly Partition[] = [];
  #at: Int32Array;
  /** Per input: present in this reading, in the one before, and the consent byte. */
  readonly now: Uint8Array;
  readonly #before: Uint8Array;
  readonly #byte: Uint8Array;
  /** Inputs with a history of at least two readings: only they can tell what was before. */
  readonly #old: readonly boolean[];
  #excluded = false;
  #excludedBefore = false;
  /** On an excluded list whose people opted out. */
  #refused = false;
  #refusedBefore = false;
  /** Systems, by seat, that call the person opted out. */
  #optOuts = 0;

  constructor(panel: Panel) {
    this.#panel = panel;
    const n = panel.inputs.length;
    this.#at = new Int32Array(n);
    this.now = new Uint8Array(n);
    this.#before = new Uint8Array(n);
    this.#byte = new Uint8Array(n);
    this.#old = panel.inputs.map((set) => set.reads >= 2);
  }

  open(parts: readonly Partition[]): void {
    this.#parts = parts;
  }

  look(at: Int32Array): void {
    this.#at = at;
    // the merge may have one input more: what was last agreed
    for (let i = 0; i < this.now.length; i++) {
      const row = at[i] as number;
      const part = this.#parts[i] as Partition;
      const word = row < 0 ? 0 : (part.presence[2 * row] as number);
      this.now[i] = word & 1;
      this.#before[i] = (word >>> 1) & 1;
      this.#byte[i] = word & 1 ? (part.consent[row] as number) : 0;
    }
    this.#excluded = false;
    this.#excludedBefore = false;
    this.#refused = false;
    this.#refusedBefore = false;
    for (const { input, optOut } of this.#panel.excluded) {
      if (this.now[input] === 0) continue;
      const before = this.#wasIn(input);
      this.#excluded = true;
      if (before) this.#excludedBefore = true;
      if (!optOut) continue;
      this.#refused = true;
      if (before) this.#refusedBefore = true;
    }
    this.#optOuts = 0;
    const { seats } = this.#panel;
    for (let s = 0; s < seats.length; s++)
      if (isOptOut(this.#strictest(seats[s] as Seat))) this.#optOuts |= 1 << s;
  }

  /** Consent byte of the segment's row or the base's, whichever is stricter; 0 without a row. */
  #strictest(seat: Seat): number {
    const segment = this.#byte[seat.set] as number;
    const base = seat.base < 0 ? 0 : (this.#byte[seat.base] as number);
    return isStricter(base, segment) ? base : segment;
  }

  /** Mailable bits of either row. */
  #mail(seat: Seat): number {
    const base = seat.base < 0 ? 0 : (this.#byte[seat.base] as number);
    return ((this.#byte[seat.set] as number) | base) & (MAILABLE | MAILABLE_KNOWN);
  }

  /** 0 no record, else the consent byte with the mailable bits of both rows. */
  consentAt(s: number): number {
    const seat = this.#panel.seats[s] as Seat;
    return (this.#strictest(seat) & STATE_BITS) | this.#mail(seat);
  }

  /** Has the person a record in this system now? */
  hasRecord(s: number): boolean {
    const seat = this.#panel.seats[s] as Seat;
    return this.now[seat.set] === 1 || (seat.base >= 0 && this.now[seat.base] === 1);
  }

  /** Seat of the strictest opt-out, the owner's first, else −1; `not` is left out. */
  optOutSeat(not: number): number {
    let best = -1;
    const { seats, owner } = this.#panel;
    for (let k = 0; k < seats.length; k++) {
      const s = k === 0 ? owner : k <= owner ? k - 1 : k;
      if (s === not || (this.#optOuts & (1 << s)) === 0) continue;
      if (best < 0 || isStricter(this.#strictest(seats[s] as Seat), this.#strictest(seats[best] as Seat)))
        best = s;
    }
    return best;
  }

  #says(seat: Seat): number {
    return this.#strictest(seat) & STATE_BITS;
  }

  /** By a word of consent, or without any reason; not only because mail does not arrive. */
  #heldBack(seat: Seat): boolean {
    return isOptOut(this.#strictest(seat)) || ((this.#byte[seat.set] as number) & BOUNCED) === 0;
  }

  /** Readings in a row, this one included, in which the owner's list has had this person: 0 to 32. */
  listedReads(): number {
    return onesBelow(this.#word((this.#panel.seats[this.#panel.owner] as Seat).set));
  }

  #fits(seat: Seat): boolean {
    const input = this.#panel.seats[this.#panel.owner] as Seat;
    const row = this.#at[input.set] as number;
    const { prints } = this.#parts[input.set] as Partition;
    return seat.where.every(({ column, allowed }) =>
      allowed.includes((prints[column] as Uint32Array)[row] as number),
    );
  }

  flags(s: number): number {
    const { seats, owner, suppression } = this.#panel;
    const seat = seats[s] as Seat;
    const source = (seats[owner] as Seat).set;
    const here = this.now[seat.set] === 1;
    const owned = this.now[source] === 1;
    const based = seat.base >= 0 && this.now[seat.base] === 1;
    const mailable = (this.#mail(seat) & MAILABLE) !== 0;
    let f = here ? PRESENT : 0;
    if (owned && based) f |= MATCHED;

    if (s === owner) {
      if (owned) f |= EXPECTED;
    } else {
      const belongs = owned && !this.#excluded && (seat.where.length === 0 || this.#fits(seat));
      if (belongs && (!suppression || based)) f |= here ? EXPECTED : EXPECTED | MISSING;
      if (here && !belongs) f |= EXTRA;
      if (f & (MISSING | EXTRA) && this.#settled(seat, source, here, owned)) f |= SETTLED;
    }

    const optedOut = suppression ? owned && (based || here) : this.#refused && here;
    if (mailable && optedOut) {
      f |= MAILABLE_OPTED_OUT;
      const outBefore = suppression ? this.#before[source] === 1 && this.#old[source] : this.#refusedBefore;
      const hereBefore = this.#wasIn(seat.set) || (suppression && seat.base >= 0 && this.#wasIn(seat.base));
      if (outBefore && hereBefore) f |= SETTLED_OPT_OUT;
    } else if (mailable && here && (this.#optOuts & ~(1 << s)) !== 0) {
      f |= CONSENT_CONFLICT;
    }

    if (suppression && !owned) {
      if (mailable && (here || based) && this.#optOuts !== 0) f |= OPTED_OUT_ELSEWHERE;
      if (s !== owner && here && this.#heldBack(seat) && this.#says(seats[owner] as Seat) === SUBSCRIBED)
        f |= OVER_SUPPRESSED;
    }

    const row = this.#at[seat.set] as number;
    if (row >= 0) {
      const { presence } = this.#parts[seat.set] as Partition;
      if (isFlipping(presence[2 * row] as number, presence[2 * row + 1] as number, seat.flips)) f |= FLIPPING;
    }
    return f;
  }

  /** Is the person on any list that keeps people out? */
  get keptOut(): boolean {
    return this.#excluded;
  }

  /** Was the person in these two inputs in the reading before too? */
  bothBefore(a: number, b: number): boolean {
    return this.#wasIn(a) && this.#wasIn(b);
  }

  /**
   * Readings in a row in which the owner had this person and the system did not, this one included: 1 to 32. For
   * people that `flags` calls missing. A reading is the finest grain there is: the change fell between two of them.
   */
  pendingReads(s: number): number {
    const { seats, owner, inputs } = this.#panel;
    const seat = seats[s] as Seat;
    const had = onesBelow(this.#word((seats[owner] as Seat).set));
    const lacked = onesBelow(~this.#word(seat.set));
    return Math.min(had, lacked, inputs[seat.set]?.reads ?? 1);
  }

  /** The latest 32 presence bits of this person in this system. */
  word(s: number): number {
    return this.#word((this.#panel.seats[s] as Seat).set);
  }

  ownerWord(): number {
    return this.word(this.#panel.owner);
  }

  /** Readings that the system's presence bits tell of. */
  reads(s: number): number {
    return this.#panel.inputs[(this.#panel.seats[s] as Seat).set]?.reads ?? 1;
  }

  ownerReads(): number {
    return this.reads(this.#panel.owner);
  }

  /** Is whether this person belongs here the owner's word alone, now and as far back as is known? */
  plain(s: number): boolean {
    return (
      (this.#panel.seats[s] as Seat).where.length === 0 &&
      this.#panel.excluded.every(({ input }) => (this.#at[input] as number) < 0)
    );
  }

  /** Readings in a row, this one included, in which this person was excluded; 0: is not. */
  excludedReads(): number {
    return this.#panel.excluded.reduce(
      (most, { input }) =>
        Math.max(most, Math.min(onesBelow(this.#word(input)), this.#panel.inputs[input]?.reads ?? 1)),
      0,
    );
  }

  /** The latest 32 presence bits; 0 without a row. */
  #word(input: number): number {
    const row = this.#at[input] as number;
    return row < 0 ? 0 : ((this.#parts[input] as Partition).presence[2 * row] as number);
  }

  #wasIn(input: number): boolean {
    return this.#before[input] === 1 && this.#old[input] === true;
  }

  /** Was the difference there in the previous reading? What cannot be known counts as no. */
  #settled(seat: Seat, source: number, here: boolean, owned: boolean): boolean {
    if (!this.#old[seat.set] || !this.#old[source]) return false;
    const hereBefore = this.#before[seat.set] === 1;
    const ownedBefore = this.#before[source] === 1;
    if (!here) return !hereBefore && ownedBefore && (!this.#panel.suppression || this.#wasIn(seat.base));
    if (!hereBefore) return false;
    if (this.#excluded) return this.#excludedBefore;
    // The owner's person outside `where`: the value may have changed just now, the presence did not.
    return owned ? ownedBefore : !ownedBefore;
  }
}
