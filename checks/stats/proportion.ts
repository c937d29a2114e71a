import { median } from "simple-statistics";
import { robustScale } from "./robust-scale.ts";

export type Share = { readonly part: number; readonly whole: number };

export type ShareJudgement = {
  /** Median of the past shares. */
  readonly usual: number;
  readonly share: number;
  /** Distance from usual in standard deviations, negative when lower; counts both chance and how unsteady it was. */
  readonly z: number;
};

/**
 * Is a share today other than it used to be?
 *
 * @param past earlier shares, oldest first; wholes of 0 are left out
 * @returns null when there is nothing to compare with
 * @see the normal approximation of the binomial, with the spread between days added
 * @example judgeShare([{ part: 90, whole: 100 }, { part: 92, whole: 100 }, { part: 91, whole: 100 }], { part: 50, whole: 100 })
 */
export function judgeShare(past: readonly Share[], now: Share): ShareJudgement | null {
  const shares = past.filter((s) => s.whole > 0).map((s) => s.part / s.whole);
  if (shares.length === 0 || now.whole <= 0) return null;
  const usual = median(shares);
  // Half a person more and less keeps the spread of 0 % and 100 % above nothing.
  const p = (usual * now.whole + 0.5) / (now.whole + 1);
  const chance = Math.sqrt((p * (1 - p)) / now.whole);
  const spread = Math.hypot(chance, robustScale(shares.map((s) => s - usual)));
  const share = now.part / now.whole;
  return { usual, share, z: (share - usual) / spread };
}

export type DropLimits = {
  readonly minimum_people: number;
  readonly minimum_share: number;
  readonly score: number;
};

/** The judgement and the people lost, when a share fell by enough in every respect; else null. */
export function dropOf(
  judged: ShareJudgement | null,
  now: Share,
  limits: DropLimits,
): { judged: ShareJudgement; people: number } | null {
  if (judged === null) return null;
  const drop = judged.usual - judged.share;
  const people = Math.round(drop * now.whole);
  const fell = judged.z <= -limits.score && drop >= limits.minimum_share && people >= limits.minimum_people;
  return fell ? { judged, people } : null;
}
