import { type Instant, instant } from "./model.ts";

/** The only source of "now" in the program; tests and the demo inject their own. */
export type Clock = { now(): Date };

export const fixedClock = (at: string | Date): Clock => ({ now: () => new Date(at) });
export const nowOf = (clock: Clock): Instant => instant(clock.now());
