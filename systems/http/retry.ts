/** Retry-After in milliseconds, seconds or HTTP date; null when absent or not understood. @see RFC 9110 §10.2.3 */
export function retryAfterMs(header: string | null, nowMs: number): number | null {
  if (header === null || header.trim() === "") return null;
  if (/^\s*\d+(\.\d+)?\s*$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - nowMs);
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
