import { type Instant, instant } from "../../core/model.ts";

/**
 * A vendor's time: ISO-8601 (without a zone: UTC), or Unix seconds or milliseconds, as number or digits. null for anything
 * else, and for years outside 1990–2200, which are no times of a marketing system (0 means "never").
 *
 * @example timeOf(1767225600) // "2026-01-01T00:00:00.000Z"
 */
export function timeOf(value: unknown): Instant | null {
  const ms = millisecondsOf(value);
  if (ms === null || Number.isNaN(ms) || ms < Date.UTC(1990, 0) || ms > Date.UTC(2200, 0)) return null;
  return instant(new Date(ms));
}

function millisecondsOf(value: unknown): number | null {
  if (typeof value === "number") return value < 1e11 ? value * 1000 : value;
  if (typeof value !== "string") return null;
  const text = value.trim();
  if (/^\d{9,14}(\.\d+)?$/.test(text)) return millisecondsOf(Number(text));
  if (!/^\d{4}-\d\d-\d\d/.test(text)) return null;
  const zoned = /(Z|[+-]\d\d:?\d\d)$/i.test(text);
  const iso = text.replace(" ", "T").replace(/([+-]\d\d)(\d\d)$/, "$1:$2");
  return Date.parse(zoned ? iso : `${iso.includes("T") ? iso : `${iso}T00:00:00`}Z`);
}
