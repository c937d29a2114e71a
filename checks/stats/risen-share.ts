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
  /** null while learning, and where nothing could have risen. */
  readonly judged: ShareJudgement | null;
};

/**
 * Is a share that should be near zero higher than usual, or higher than it should ever be?
 *
 * @param past earlier shares, oldest first
 */
export function risenShare(past: readonly Share[], now: Share, limits: RiseLimits): Rise {
  const learned = past.length >= limits.readings;
  const many = now.part >= limits.minimum_people && now.part >= now.whole * limits.always_share;
  const recent = past.slice(-LOOK_BACK);
  // Judging takes a replay of the past: not where even the least of it is too near for a rise to matter.
  const least = Math.min(...recent.map((s) => (s.whole > 0 ? s.part / s.whole : 1)));
  const near = now.part / now.whole - least < limits.minimum_share;
  if (learned && near && !many) return { state: "usual", judged: null };
  const judged = learned ? judgeShare(recent, now) : null;
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
