import type { StreamVerdict } from "../../../core/stream.ts";

/** Nothing can be said of a point: why, and whether an alarm from before is still open. */
export const unjudged = (because: StreamVerdict["because"], open = false): StreamVerdict => ({
  score: 0,
  flagged: false,
  open,
  expected: null,
  low: null,
  high: null,
  z: null,
  test: null,
  side: 0,
  points: 0,
  newNormal: false,
  because,
});
