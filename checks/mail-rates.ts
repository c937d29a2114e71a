import type { DeliveryCounts } from "../core/facts.ts";
import type { Instant } from "../core/model.ts";
import type { Share } from "./stats/proportion.ts";

const DAY_MS = 86_400_000;

export type Event = "complained" | "bounced" | "unsubscribed";

/** Mail of one campaign, or of all of them, with what a rate is taken of. */
export type Mail = {
  /** null: the copy as a whole, or all campaigns together. */
  readonly campaign: string | null;
  readonly share: Share;
  readonly base: "delivered" | "sent";
};

/**
 * Counts of what may still be acted upon: campaigns of the last days, and reports over a span that ends now. A system
 * that reports over a span gives every campaign the same start, which says nothing of when it went out.
 */
export function recentMail(
  rows: readonly DeliveryCounts[],
  now: Instant,
  days: number,
): readonly DeliveryCounts[] {
  const since = Date.parse(now) - days * DAY_MS;
  const starts = rows.map((r) => r.from);
  return rows.filter((r) => {
    const span = r.campaign === null || starts.filter((f) => f === r.from).length > 1;
    return Date.parse(r.to) >= since && (span || Date.parse(r.from) >= since);
  });
}

/**
 * How often something happened to mail: bounces of what was sent, complaints and unsubscribes of what was delivered,
 * or of what was sent where that is not told.
 *
 * @returns null where a count is not known or makes no share
 */
export function mailShare(row: DeliveryCounts, event: Event): Mail | null {
  const part = row[event];
  const base = event !== "bounced" && row.delivered !== null ? "delivered" : "sent";
  const whole = row[base];
  if (part === null || whole === null || whole <= 0 || part < 0 || part > whole) return null;
  return { campaign: row.campaign, share: { part, whole }, base };
}

/** Several campaigns as one. */
export function together(mails: readonly Mail[]): Mail {
  return {
    campaign: null,
    share: {
      part: mails.reduce((n, m) => n + m.share.part, 0),
      whole: mails.reduce((n, m) => n + m.share.whole, 0),
    },
    base: mails.every((m) => m.base === "delivered") ? "delivered" : "sent",
  };
}
