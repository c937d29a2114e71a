import type { StreamKind, StreamPoint } from "../../../core/stream.ts";
import type { Bank } from "./bank.ts";
import { fromScale, ROOT_BELOW } from "./scale.ts";
import { betaBinomialTails, negativeBinomialTails } from "./small-counts.ts";
import { deviateOf } from "./tails.ts";

/** Below this many expected events the exact discrete tail is taken. */
const FEW = 10;
const LEAST_EXPECTED = 0.02;

/** `z`: the normal deviate as unlikely as the point, with its side as sign. `rarity`: log10 of 1 / probability. */
export type PointTail = { readonly z: number; readonly rarity: number };

/** How unlikely the point is under the bank's forecast. */
export function pointTail(kind: StreamKind, point: StreamPoint, y: number, bank: Bank): PointTail {
  const exact = fewEvents(kind, point, bank);
  const { lower, upper } = exact ?? bank.tails(y);
  // The probability of the value itself counts half, so that small counts have no lean to one side.
  const mid = exact === null ? 0 : exact.at / 2;
  const z = upper < lower ? deviateOf(upper - mid) : -deviateOf(lower - mid);
  return { z, rarity: -Math.log10(Math.max(1e-30, 2 * Math.min(lower, upper))) };
}

function fewEvents(kind: StreamKind, point: StreamPoint, bank: Bank) {
  const variance = (bank.sd * bank.spread) ** 2;
  if (kind === "count") {
    const expected = fromScale(kind, bank.mean);
    if (expected >= FEW) return null;
    const mean = Math.max(expected, LEAST_EXPECTED);
    return negativeBinomialTails(
      Math.round(point.value),
      mean,
      variance * (mean + 0.375) * (mean + ROOT_BELOW),
    );
  }
  if (kind !== "rate" || point.denominator === null) return null;
  const n = Math.max(1, Math.round(point.denominator));
  const expected = fromScale(kind, bank.mean) * n;
  if (expected >= FEW) return null;
  const p = Math.min(0.9, Math.max(expected, LEAST_EXPECTED) / n);
  const rho = Math.max(0, (variance * n - 1) / Math.max(1, n - 1));
  return betaBinomialTails(Math.round(point.value * n), n, p, rho);
}
