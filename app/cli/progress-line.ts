/** How far something long is. */
export type ProgressOf = {
  /** What is done, such as "Reading". */
  readonly what: string;
  /** In units; null: not known. */
  readonly total: number | null;
  /** Plural, such as "rows". */
  readonly unit: string;
  /** What is done with them when the last is there, such as "Comparing". */
  readonly next?: string;
};

/** Before that a rate says nothing. */
const RATE_AFTER_MS = 1_000;
const BAR = 20;

/**
 * One line of at most some 100 characters.
 *
 * @param elapsedMs null: nothing came lately, so there is no rate
 * @example progressLine({ what: "Reading", total: 4e6, unit: "rows" }, 1e6, 2000)
 *   // "Reading █████░░░░░░░░░░░░░░░ 25 %  1,000,000 of 4,000,000 rows  500,000 rows/s  6 s left"
 */
export function progressLine(o: ProgressOf, done: number, elapsedMs: number | null): string {
  const { what, total, unit } = o;
  if (isDone(o, done) && o.next !== undefined) return `${o.next} ${count(done)} ${unit}`;
  const parts = [total === null || total <= 0 ? what : `${what} ${bar(done / total)}`];
  parts.push(
    total === null ? `${count(done)} ${unit}` : `${count(Math.min(done, total))} of ${count(total)} ${unit}`,
  );
  if (elapsedMs !== null && elapsedMs >= RATE_AFTER_MS && done > 0) {
    const perSecond = (done / elapsedMs) * 1000;
    parts.push(`${count(perSecond)} ${unit}/s`);
    if (total !== null && done < total) parts.push(`${duration((total - done) / perSecond)} left`);
  }
  return parts.join("  ");
}

/** Sums of parts that were rounded one by one. */
const ALMOST = 1 - 1e-9;
export const isDone = ({ total }: ProgressOf, done: number): boolean =>
  total !== null && total > 0 && done >= total * ALMOST;

function bar(share: number): string {
  const part = Math.min(1, Math.max(0, share));
  const full = Math.floor(part * BAR);
  return `${"█".repeat(full)}${"░".repeat(BAR - full)} ${Math.floor(part * 100)} %`;
}

/** Three digits are enough of a rate or an estimate; small numbers are whole. */
function count(n: number): string {
  const digits = Math.max(0, Math.floor(Math.log10(Math.max(1, n))) - 2);
  return (Math.round(n / 10 ** digits) * 10 ** digits).toLocaleString("en-US");
}

function duration(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  if (seconds < 3600) return `${Math.ceil(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
