/** A server that asks for more is a server with a bug; nobody is left alone for longer than this. */
const LONGEST_MS = 86_400_000;

/**
 * Retry-After in milliseconds, at most a day; null when absent or not understood: then our own waits apply. A moment that
 * has passed is as good as none, or it would be asked again at once. @see RFC 9110 §10.2.3
 *
 * @example retryAfterMs("120", 0) // 120000
 * @example retryAfterMs("-5", 0) // null
 */
export function retryAfterMs(header: string | null, nowMs: number): number | null {
  const text = header?.trim() ?? "";
  // Date.parse takes "-5" and "soon 7" for dates, so a date has to begin as one does
  const ms = /^\d+(\.\d+)?$/.test(text)
    ? Number(text) * 1000
    : /^(mon|tue|wed|thu|fri|sat|sun)[a-z]*,? /i.test(text)
      ? Date.parse(text) - nowMs
      : Number.NaN;
  return ms > 0 ? Math.min(ms, LONGEST_MS) : null;
}

/**
 * How long to wait before try `attempt` + 1: what the server asks for, else 0.5 s doubled, with half of it jitter.
 *
 * @param attempt tries so far, from 1
 * @param asked Retry-After in milliseconds, null when the server named none
 * @param random 0 ≤ x < 1
 * @returns milliseconds, at most `max`: a server that asks for a year is a server with a bug
 * @example waitMs(1, null, 0.5, 60_000) // 375
 */
export function waitMs(attempt: number, asked: number | null, random: number, max: number): number {
  const backoff = 500 * 2 ** (attempt - 1);
  const wait = asked === null ? backoff / 2 + (backoff / 2) * random : asked + 100 * random;
  return Math.min(Math.round(wait), max);
}
