import { nextFire, parseCron } from "../../checks/cron.ts";

/** How far back a missed fire is looked for, in hours: a week and a day, then widening to a quarter. */
const LOOK_BACK_HOURS = [26, 8 * 24, 95 * 24] as const;

/**
 * The latest fire of a cron expression at or before `now`; null: none within a quarter, or not a cron expression.
 *
 * @param now milliseconds
 * @param timezone IANA name, "Europe/Berlin"
 */
export function lastFire(expression: string, now: number, timezone: string): number | null {
  const cron = parseCron(expression);
  if (cron === null) return null;
  for (const hours of LOOK_BACK_HOURS) {
    let low = now - hours * 3_600_000;
    if (!firesWithin(low)) continue;
    // The fire is after `low`; halve the window until it holds that fire alone, then step.
    let high = now;
    while (high - low > 60_000) {
      const middle = low + Math.floor((high - low) / 2);
      if (firesWithin(middle)) low = middle;
      else high = middle;
    }
    let at = nextFire(cron, low, timezone);
    for (let next = at; next !== null && next <= now; next = nextFire(cron, next, timezone)) at = next;
    return at;
  }
  return null;

  function firesWithin(after: number): boolean {
    const at = cron === null ? null : nextFire(cron, after, timezone);
    return at !== null && at <= now;
  }
}
