import { exists, type Packed } from "./packed.ts";
import type { Person, Population } from "./population.ts";

/** Somebody whose record in one system changed between two days. */
export type Moved = {
  readonly person: Person;
  readonly packed: Packed;
  readonly joinedAt: Date;
  readonly optedOutAt: Date | null;
};

/** Who changed, whoever joined first first, so that ids come out in order. One at a time: there can be a million. */
export function* movedBetween(
  before: Uint16Array,
  now: Uint16Array,
  population: Population,
  joinedAt: (i: number) => Date,
  optedOutAt: (i: number) => Date | null,
): Generator<Moved> {
  const people = Uint32Array.from(now.keys()).filter(
    (i) => exists(now[i] ?? 0) && now[i] !== (before[i] ?? 0),
  );
  people.sort((a, b) => population.joined(a) - population.joined(b) || a - b);
  for (const i of people) {
    yield {
      person: population.person(i),
      packed: now[i] ?? 0,
      joinedAt: joinedAt(i),
      optedOutAt: optedOutAt(i),
    };
  }
}
