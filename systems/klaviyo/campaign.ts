import type { CampaignFact } from "../../core/facts.ts";

/** Klaviyo's words for a campaign that is scheduled or on its way, and ours (API description 2026-07-15). */
const ON_ITS_WAY: Readonly<Record<string, CampaignFact["state"]>> = {
  Scheduled: "scheduled",
  "Preparing to schedule": "scheduled",
  "Queued without Recipients": "scheduled",
  "Preparing to send": "sending",
  "Adding Recipients": "sending",
  Sending: "sending",
  "Sending Segments": "sending",
  // a test of variations whose winner is still to go out
  "Variations Sent": "sending",
  // not known to be over
  Unknown: "scheduled",
};
export const AHEAD: readonly string[] = Object.keys(ON_ITS_WAY);

export function campaignState(status: string): CampaignFact["state"] {
  const onItsWay = ON_ITS_WAY[status];
  if (onItsWay !== undefined) return onItsWay;
  if (status.startsWith("Cancelled")) return "cancelled";
  return status === "Draft" ? "draft" : "sent";
}
