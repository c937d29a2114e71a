import { FLIP_RETURNS, FLIP_WINDOW, isFlipping, returnWithin } from "../../members/flips.ts";
import { belongs, type HistoryTarget } from "./history-target.ts";
import { type Packed, tableOf } from "./packed.ts";

/** Bits of a look: what one reading, and the ones before it, say about a person. Zero: nothing, or not read that day. */
export const HERE = 1;
export const BEFORE = 2;
export const FLIPPING = 4;
/** One reading a day. */
const HOURS = 24;
const WITHIN = returnWithin(HOURS);

/** People who are here, and of them those who can be mailed and those without a first name. */
export type Counts = { size: number; mailable: number; nameless: number };

/** Days of a line that show no complete reading. */
export const NOT_READ = -1;

/**
 * One target through all days. People pass by one after the other; each is counted on every day, and their presence is
 * kept: 64 bits each, the newest reading lowest.
 */
export class HistoryLine {
  readonly target: HistoryTarget;
  /** Which day's records each day shows, as an index; an export that nobody renews shows an old one. */
  readonly shown: Int32Array;
  /** Complete readings up to each day. */
  readonly reads: Int32Array;
  readonly entries: Int32Array;
  readonly exits: Int32Array;
  /** Presence of everybody: the low and the high half of person `i` at 2i and 2i + 1, as in a set file. */
  readonly presence: Uint32Array;
  /** The person who passed last, on each day. */
  readonly look: Uint8Array;
  /** Somebody who is always here. */
  readonly always: Uint8Array;
  readonly #moving: readonly Counts[];
  readonly #steady: Counts = { size: 0, mailable: 0, nameless: 0 };
  readonly #belongs: Uint8Array;
  readonly #mailable: Uint8Array;
  readonly #alwaysLo: number;
  readonly #alwaysHi: number;

  /** @param people numbers 0 up to this pass by, one after the other */
  constructor(target: HistoryTarget, shown: Int32Array, people: number) {
    this.target = target;
    this.shown = shown;
    let n = 0;
    this.reads = shown.map((day) => (day === NOT_READ ? n : ++n));
    [this.entries, this.exits] = [new Int32Array(shown.length), new Int32Array(shown.length)];
    this.presence = new Uint32Array(2 * people);
    this.look = new Uint8Array(shown.length);
    this.always = Uint8Array.from(shown, (day, d) =>
      day === NOT_READ ? 0 : (this.reads[d] ?? 0) > 1 ? HERE | BEFORE : HERE,
    );
    this.#moving = Array.from(shown, () => ({ size: 0, mailable: 0, nameless: 0 }));
    this.#belongs = tableOf(belongs(target));
    this.#mailable = tableOf(belongs({ audience: "newsletter_opt_in", system: "klaviyo" }));
    this.#alwaysLo = lowBits(n);
    this.#alwaysHi = lowBits(n - 32);
  }

  /** Day of the last complete reading, as an index. */
  get lastRead(): number {
    return this.shown.findLastIndex((day) => day !== NOT_READ);
  }

  counts(d: number): Counts {
    const { size, mailable, nameless } = this.#moving[d] ?? this.#steady;
    const steady = this.#steady;
    return {
      size: size + steady.size,
      mailable: mailable + steady.mailable,
      nameless: nameless + steady.nameless,
    };
  }

  /** A person with the same record on all days. */
  passSteady(i: number, record: Packed, nameless: boolean): void {
    if (!this.#belongs[record]) {
      this.look.fill(0);
      return;
    }
    this.look.set(this.always);
    this.presence[2 * i] = this.#alwaysLo;
    this.presence[2 * i + 1] = this.#alwaysHi;
    count(this.#steady, this.#mailable[record], nameless);
  }

  /** @param records of person `i` in the line's system, one per day */
  pass(i: number, records: Uint16Array, nameless: boolean): void {
    const { shown, look } = this;
    let lo = 0;
    let hi = 0;
    let changes = 0;
    for (let d = 0; d < shown.length; d++) {
      const day = shown[d] ?? NOT_READ;
      if (day === NOT_READ) {
        look[d] = 0;
        continue;
      }
      const record = records[day] ?? 0;
      const was = lo & 1;
      const is = this.#belongs[record] ?? 0;
      hi = (hi << 1) | (lo >>> 31);
      lo = (lo << 1) | is;
      if (is !== was) {
        changes++;
        const moved = is ? this.entries : this.exits;
        moved[d] = (moved[d] ?? 0) + 1;
      }
      const counts = this.#moving[d];
      if (is && counts) count(counts, this.#mailable[record], nameless);
      const bits = Math.min(FLIP_WINDOW, this.reads[d] ?? 0);
      const flipping =
        changes >= 2 * FLIP_RETURNS && isFlipping(lo, hi, { bits, within: WITHIN, hours: HOURS });
      look[d] = is | (was << 1) | (flipping ? FLIPPING : 0);
    }
    this.presence[2 * i] = lo;
    this.presence[2 * i + 1] = hi;
  }
}

function count(counts: Counts, mailable: number | undefined, nameless: boolean): void {
  counts.size++;
  if (mailable) counts.mailable++;
  if (nameless) counts.nameless++;
}

const lowBits = (n: number): number => (n >= 32 ? 0xffffffff : n <= 0 ? 0 : 2 ** n - 1);
