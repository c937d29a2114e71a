import { judgeShare, type Share, type ShareJudgement } from "./proportion.ts";
import { usualOnes } from "./usual-ones.ts";

const LOOK_BACK = 28;

export type RiseLimits = {
  readonly minimum_people: number;
  readonly minimum_share: number;
  readonly score: number;
  readonly readings: number;
  /** From this share on it is too much, whatever was usual. */
  readonly always_share: number;
};

export type Rise = {
  readonly state: "high" | "usual" | "learning";
  /** null while learning. */
  readonly judged: ShareJudgement | null;
};

/**
 * Is a share that should be near zero higher than usual, or higher than it should ever be?
 *
 * @param past earlier shares, oldest first; those that were high when they came do not teach what is usual
 */
export function risenShare(past: readonly Share[], now: Share, limits: RiseLimits): Rise {
  const risen = (before: readonly Share[], share: Share): boolean => {
    if (before.length < limits.readings) return false;
    const judged = judgeShare(before.slice(-LOOK_BACK), share);
    if (judged === null || judged.z < limits.score) return false;
    const grown = share.part - judged.usual * share.whole;
    return grown >= limits.minimum_people && grown >= share.whole * limits.minimum_share;
  };
  const usual = usualOnes(past, risen);
  const learned = usual.length >= limits.readings;
  const judged = learned ? judgeShare(usual.slice(-LOOK_BACK), now) : null;
  const many = now.part >= limits.minimum_people && now.part >= now.whole * limits.always_share;
  if (many || risen(usual, now)) return { state: "high", judged };
  return { state: learned ? "usual" : "learning", judged };
}
