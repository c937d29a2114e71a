import type { CheckInput } from "../core/finding.ts";
import { isLive } from "./live.ts";
import type { Verdict } from "./sync-failure.ts";
import { GHOST_ACKS, ghostAcksFinding } from "./words/ghost-acks.ts";

/**
 * Did the system say yes to changes of our last plan there and do nothing? Any single one is told: an acknowledged call
 * without effect means that no answer of this system can be believed. It is over with the next plan that has none, or
 * after a week without a plan.
 */
export function ghostAcksOf(input: CheckInput): Verdict {
  const last = input.repairs?.lastPlan ?? null;
  if (last === null) return isLive(input, "sync_failure", GHOST_ACKS) ? "fine" : "untold";
  return last.ghostAcks === 0 ? "fine" : ghostAcksFinding(input, last);
}
