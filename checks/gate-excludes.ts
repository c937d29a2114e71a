import type { GateReason } from "../core/gate.ts";
import type { GateInput } from "./gate-input.ts";
import { shrunkReason } from "./words/gate.ts";

/** Readings that say what is usual for a list that is left out. */
const USUAL_OVER = 7;
/** Half of fewer people than this is chance. */
const LEAST_USUAL = 20;

/**
 * A list that is left out and has lost half of its people, or all of them, leaves in whom it should keep away. Judged
 * by its own past and not by its owner: a copy holds only people with a record there.
 */
export function excludeReasons(input: GateInput): GateReason[] {
  return input.excludes.flatMap((list) => {
    const { reading } = list;
    if (reading === null || reading.size === null || reading.latest?.coverage !== "complete") return [];
    const usual = median(reading.sizesBefore.slice(-USUAL_OVER));
    if (usual === null || usual === 0) return [];
    const emptied = reading.size === 0;
    const halved = usual >= LEAST_USUAL && reading.size <= usual / 2;
    return emptied || halved ? [shrunkReason(input, list, reading.size, usual)] : [];
  });
}

function median(sizes: readonly number[]): number | null {
  const sorted = [...sizes].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const high = sorted[half];
  const low = sorted[sorted.length - 1 - half];
  return high === undefined || low === undefined ? null : (low + high) / 2;
}
