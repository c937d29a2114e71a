import { LISTS, type ListName, PLANS, type Population } from "./population.ts";
import { unit } from "./random.ts";
import type { AudienceName, Planted, SystemName } from "./truth.ts";

/** One person's record in one system on one day, as bits: equal numbers mean that nothing has to be written. */
export type Packed = number;

const EXISTS = 1;
const OPTED_OUT = 2;
const COMPLAINED = 4;
const MAILABLE = 8;
const PLAN_AT = 4;
const LISTS_AT = 8;

export const exists = (p: Packed): boolean => (p & EXISTS) !== 0;
export const consentIn = (p: Packed) =>
  p & COMPLAINED ? "complained" : p & OPTED_OUT ? "unsubscribed" : "subscribed";
export const isMailable = (p: Packed): boolean => (p & MAILABLE) !== 0;
export const planIn = (p: Packed) => PLANS[(p >> PLAN_AT) & 7] ?? "free";
export const inList = (p: Packed, list: ListName): boolean =>
  (p & (1 << (LISTS_AT + LISTS.indexOf(list)))) !== 0;

/** Share of people whose changes of a list arrive a day later. Within every latency budget, so no finding. */
const LATE = 0.06;

/** What each system shows of the population on a day: the truth, the delays of its syncs, and the planted faults. */
export class Copies {
  readonly #population: Population;
  readonly #seed: number;
  readonly #faults: readonly Planted[];

  constructor(population: Population, seed: number, faults: readonly Planted[]) {
    this.#population = population;
    this.#seed = seed;
    this.#faults = faults;
  }

  /** The fault of this kind that is at work on this day. */
  active(kind: Planted["kind"], day: number): Planted | undefined {
    return this.#faults.find((f) => f.kind === kind && day >= f.from && (f.to === null || day <= f.to));
  }

  /** Everybody's record in a system; index is the person's number. */
  day(system: SystemName, day: number): Uint16Array {
    const packed = new Uint16Array(this.#population.count(day));
    for (let i = 0; i < packed.length; i++) packed[i] = this.#record(system, i, day);
    if (system === "ghost") this.#mailAgain(packed, day);
    const duel = this.active("duel", day);
    if (duel?.system === system) this.#duel(packed, duel, day);
    return packed;
  }

  #record(system: SystemName, i: number, day: number): Packed {
    const p = this.#population;
    const late = (list: number): number => (unit(this.#seed, i, list, 50 + system.length) < LATE ? 1 : 0);
    // The warehouse hears of an opt-out by a nightly sync; where mail is sent and where it was said, it holds at once.
    const consent = p.consent(i, system === "warehouse" ? day - late(20) : day);
    const out = consent !== "subscribed";
    let bits = EXISTS | (PLANS.indexOf(p.plan(i, day)) << PLAN_AT);
    if (out) bits |= consent === "complained" ? OPTED_OUT | COMPLAINED : OPTED_OUT;
    else bits |= MAILABLE;
    for (const [n, list] of LISTS.entries()) {
      if (system === "warehouse") {
        if (p.in(list, i, day)) bits |= 1 << (LISTS_AT + n);
      } else if (
        p.consent(i, day) === "subscribed" &&
        p.in(list, i, day - late(n)) &&
        !this.#lost(system, list, i, day)
      ) {
        bits |= 1 << (LISTS_AT + n);
      }
    }
    return bits;
  }

  /** Taken out of a copy by a fault: half of the list overnight, or one more percent each day. */
  #lost(system: SystemName, list: AudienceName, i: number, day: number): boolean {
    const halved = this.active("halved", day);
    if (halved?.system === system && halved.audience === list && unit(this.#seed, i, 60) < 0.5) return true;
    const leak = this.active("slow_leak", day);
    return (
      leak?.system === system &&
      leak.audience === list &&
      unit(this.#seed, i, 61) < 0.01 * (day - leak.from + 1)
    );
  }

  /** Opted-out people whose newsletters are on again, as after a careless re-import. */
  #mailAgain(packed: Uint16Array, day: number): void {
    const fault = this.active("opted_out_mailable", day);
    if (!fault) return;
    let left = fault.people ?? 0;
    for (let i = 0; i < packed.length && left > 0; i++) {
      if (this.#population.optOutDay(i) >= fault.from - 7 || unit(this.#seed, i, 62) >= 0.8) continue;
      packed[i] = (packed[i] ?? 0) | MAILABLE;
      left--;
    }
  }

  /** Two writers undo each other's work: half of the people are in on even days, the other half on odd ones. */
  #duel(packed: Uint16Array, fault: Planted, day: number): void {
    const list = LISTS.find((l) => l === fault.audience);
    if (!list) return;
    const bit = 1 << (LISTS_AT + LISTS.indexOf(list));
    let left = fault.people ?? 0;
    for (let i = 0; i < packed.length && left > 0; i++) {
      // Only people who would be there all the time, so that every change is the duel's.
      const steady = [fault.from, day].every(
        (d) => this.#population.in(list, i, d) && this.#population.in(list, i, d - 1),
      );
      if (!steady || this.#population.consent(i, day) !== "subscribed" || unit(this.#seed, i, 63) >= 0.7)
        continue;
      if ((left + day) % 2 === 0) packed[i] = (packed[i] ?? 0) & ~bit;
      left--;
    }
  }
}
