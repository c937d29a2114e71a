import type { Comparison, PeopleFigures, SystemDifference } from "../core/comparison.ts";
import type { Audience } from "../core/config.ts";
import type { CheckInput, Outcome } from "../core/finding.ts";
import { latestComparison, skip } from "./readings.ts";

/** What this run's comparison tells of people in this copy, or why it tells nothing. */
export function latestFigures(
  input: CheckInput,
):
  | { figures: PeopleFigures; here: SystemDifference; comparison: Comparison; skip: null }
  | { figures: null; here: null; comparison: null; skip: Outcome } {
  const { here, comparison, skip: none } = latestComparison(input);
  if (here === null) return { figures: null, here, comparison, skip: none };
  const figures = comparison.people?.[input.system.id];
  return figures === undefined
    ? { figures: null, here: null, comparison: null, skip: skip("no_data") }
    : { figures, here, comparison, skip: null };
}

/** Why a list could not be held against this copy: it names people by something else, or was not read completely. */
export const whyNotHeld = (input: CheckInput, list: Audience): Outcome =>
  skip(list.identity === input.audience.identity ? "owner_partial" : "not_readable");

/** Lists that are some audience's holdout: their people did nothing that would make them ineligible elsewhere. */
export const isHoldout = (input: CheckInput, list: Audience): boolean =>
  input.config.audiences.some((a) => a.holdout === list.id);

/** Mail that wants something of people, as opposed to what they asked for or need to know. */
export const isPromotional = (audience: Audience): boolean =>
  audience.purpose === "marketing" || audience.purpose === "lifecycle";
