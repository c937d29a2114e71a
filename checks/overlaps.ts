import type { Overlap } from "../core/comparison.ts";
import type { CheckInput } from "../core/finding.ts";
import type { AudienceId } from "../core/model.ts";

export type Together = {
  readonly people: number;
  /** In both in the reading before too. */
  readonly settled: number;
  /** In the copy of the first audience, of the second. */
  readonly ofA: number;
  readonly ofB: number;
};

/** People who are in the copies of both audiences in this system; null: not both were read, or not under one identity. */
export function together(input: CheckInput, a: AudienceId, b: AudienceId): Together | null {
  const overlap = input.overlaps.find((o) => o.audiences.includes(a) && o.audiences.includes(b));
  if (overlap === undefined) return null;
  const bitA = bitOf(overlap, a);
  const bitB = bitOf(overlap, b);
  return {
    people: sumOf(overlap.masks, bitA | bitB),
    settled: sumOf(overlap.settled, bitA | bitB),
    ofA: sumOf(overlap.masks, bitA),
    ofB: sumOf(overlap.masks, bitB),
  };
}

const bitOf = (overlap: Overlap, audience: AudienceId): number => 1 << overlap.audiences.indexOf(audience);

/** People whose mask has all of these bits. */
const sumOf = (masks: Overlap["masks"], bits: number): number =>
  Object.entries(masks).reduce((n, [mask, people]) => n + ((Number(mask) & bits) === bits ? people : 0), 0);
