import type { Population } from "./population.ts";
import { RecordWalk } from "./record-walk.ts";
import type { Planted, SystemName } from "./truth.ts";

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
    const walk = this.walk([system], day, day);
    for (let i = 0; i < packed.length; i++) {
      walk.next();
      packed[i] = walk.records[system][0] ?? 0;
    }
    return packed;
  }

  /** The same for many days at once, one person after the other: most of what a record is made of never changes. */
  walk(systems: readonly SystemName[], from: number, to: number): RecordWalk {
    return new RecordWalk(this.#population, this.#seed, this.#faults, systems, from, to);
  }
}
