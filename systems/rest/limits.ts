import type { RestLimits } from "../../core/rest-config.ts";
import type { Limits } from "../http/gate.ts";

const DAY_MS = 86_400_000;

/** The vendor's limits as its documentation and the YAML say; the gate takes our share of them. */
export const restLimits = (l: RestLimits): Limits => ({
  rules: [
    { requests: l.requests, windowMs: l.perSeconds * 1000 },
    ...(l.perDay === null ? [] : [{ requests: l.perDay, windowMs: DAY_MS }]),
  ],
  concurrency: l.concurrency,
});
