import { judgeShare, type Share, type ShareJudgement } from "./proportion.ts";

const LOOK_BACK = 60;

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
 * @param past earlier shares, oldest first
 */
export function risenShare(past: readonly Share[], now: Share, limits: RiseLimits): Rise {
  const learned = past.length >= limits.readings;
  const judged = learned ? judgeShare(past.slice(-LOOK_BACK), now) : null;
  const many = now.part >= limits.minimum_people && now.part >= now.whole * limits.always_share;
  if (many || (judged !== null && risen(judged, now, limits))) return { state: "high", judged };
  return { state: learned ? "usual" : "learning", judged };
}

function risen(judged: ShareJudgement, now: Share, limits: RiseLimits): boolean {
  const grown = now.part - judged.usual * now.whole;
  return (
    judged.score >= limits.score &&
    grown >= limits.minimum_people &&
    grown >= now.whole * limits.minimum_share
  );
}
