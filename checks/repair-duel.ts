import type { CheckInput, Finding } from "../core/finding.ts";
import { repairDuelFinding } from "./words/repair-duel.ts";

const SUBJECT = "repairs";

/**
 * People whom our own repairs put right three times in seven days and who differ again: a duel in which Plumbline is
 * one of the two. It is over on the first complete read on which none of them differs, be it that the other writer
 * stopped or that a week has passed since their last repair and they may be repaired again.
 */
export const repairDuels = (input: CheckInput): readonly Finding[] =>
  (input.repairs?.fought ?? []).flatMap((f) =>
    f.differ === 0
      ? []
      : [repairDuelFinding(input, f, f.attribute === null ? SUBJECT : `${SUBJECT}: ${f.attribute}`)],
  );

/** Does this finding tell of people whom another writer puts back after our repairs? */
export const isRepairDuel = (f: Pick<Finding, "check" | "subject">): boolean =>
  f.check === "flip_flop" && (f.subject === SUBJECT || f.subject?.startsWith(`${SUBJECT}: `) === true);
