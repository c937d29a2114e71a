import type { ConsentClock } from "../core/config.ts";

/** Clocks that are known by name. Without a word in the file all of them apply: of an unknown country the strictest. */
export const STANDARD_CLOCKS: readonly ConsentClock[] = [
  {
    id: "gdpr",
    title: "GDPR",
    hours: null,
    businessDays: null,
    source:
      "Regulation (EU) 2016/679, Art. 21(3): after an objection the data shall no longer be processed for direct marketing",
  },
  {
    id: "mailbox_providers",
    title: "Gmail and Yahoo",
    hours: 48,
    businessDays: null,
    source:
      "Google, Email sender guidelines FAQ (48 hours); Yahoo, Sender best practices (2 days), both since February 2024",
  },
  {
    id: "can_spam",
    title: "CAN-SPAM",
    hours: null,
    businessDays: 10,
    source: "15 U.S.C. 7704(a)(4)(A)(i): no more than 10 business days after the request",
  },
  {
    id: "casl",
    title: "CASL",
    hours: null,
    businessDays: 10,
    source: "S.C. 2010, c. 23, s. 11(3): without delay, and no later than 10 business days after the request",
  },
];

export const STANDARD_CLOCK_IDS = ["gdpr", "mailbox_providers", "can_spam", "casl"] as const;

/** "48 hours", "10 business days", "no grace". */
export function termOf(clock: Pick<ConsentClock, "hours" | "businessDays">): string {
  if (clock.hours !== null) return clock.hours === 1 ? "1 hour" : `${clock.hours} hours`;
  if (clock.businessDays === null) return "no grace";
  return clock.businessDays === 1 ? "1 business day" : `${clock.businessDays} business days`;
}
