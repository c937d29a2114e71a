import type { CheckInput, Finding, OwnRepairs } from "../../core/finding.ts";
import { UNCLEAR } from "../cause.ts";
import { draftFinding } from "../draft-finding.ts";
import { capital, count, countOf, people } from "./format.ts";
import { moment } from "./when.ts";

export const GHOST_ACKS = "ghost acks";

/** The system answered that changes were made, and they were not there when they were read back. */
export function ghostAcksFinding(input: CheckInput, plan: NonNullable<OwnRepairs["lastPlan"]>): Finding {
  const system = input.system.title;
  const n = plan.ghostAcks;
  return draftFinding(input, "sync_failure", {
    subject: GHOST_ACKS,
    severity: "look",
    title: `${system} acknowledged ${count(n)} ${n === 1 ? "change" : "changes"}, but nothing changed`,
    moved: `${capital(countOf(n, plan.written))} changes that PL-${plan.id} sent ${moment(plan.at, input.now, input.config.timezone)} were acknowledged, and ${system} was as before each time it was read back. Normal is none.`,
    means: `${people(n)} of ${input.audience.title} stay as they were in ${system}; their changes count as failed.`,
    cause: UNCLEAR,
    todo: [
      `Look in ${system} whether the write key may really change this list, and whether something there turns changes back at once`,
      "Draft the repair again afterwards: whoever still differs is in it",
    ],
    people: n,
    observed: n,
    expected: { low: 0, high: 0 },
    maths: { "Acknowledged without effect": n, "Changes sent": plan.written, Plan: `PL-${plan.id}` },
  });
}
