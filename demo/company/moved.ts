import { exists, type Packed } from "./packed.ts";
import type { Person, Population } from "./population.ts";

/** Somebody whose record in one system changed between two days. */
export type Moved = {
  readonly person: Person;
  readonly packed: Packed;
  readonly joinedAt: Date;
  readonly optedOutAt: Date | null;
};

/** Who changed, whoever joined first first, so that ids come out in order. */
export function movedBetween(
  before: Uint16Array,
  now: Uint16Array,
  population: Population,
  joinedAt: (i: number) => Date,
  optedOutAt: (i: number) => Date | null,
): Moved[] {
  const moved: Moved[] = [];
  for (let i = 0; i < now.length; i++) {
    const packed = now[i] ?? 0;
    if (!exists(packed) || packed === (before[i] ?? 0)) continue;
    moved.push({ person: population.person(i), packed, joinedAt: joinedAt(i), optedOutAt: optedOutAt(i) });
  }
  return moved.sort((a, b) => a.joinedAt.getTime() - b.joinedAt.getTime());
}
