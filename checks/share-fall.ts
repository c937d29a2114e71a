import { type DropLimits, dropOf, judgeShare, type Share, type ShareJudgement } from "./stats/proportion.ts";

/** Older readings say little about today. */
const LOOK_BACK = 60;

export type Fall = { readonly judged: ShareJudgement; readonly people: number };

/**
 * Did a share of people fall below its own past, by enough in every respect? The one place where a share is judged.
 *
 * @param past earlier shares, oldest first
 * @returns "learning" with fewer than `limits.readings`; null: it is as usual, or higher
 */
export function shareFall(
  past: readonly Share[],
  now: Share,
  limits: DropLimits & { readonly readings: number },
): Fall | "learning" | null {
  if (past.length < limits.readings) return "learning";
  const recent = past.slice(-LOOK_BACK);
  // Judging takes a replay of the past: not where even the best of it is too near for a fall to matter.
  const most = Math.max(...recent.map((s) => (s.whole > 0 ? s.part / s.whole : 0))) - now.part / now.whole;
  if (most < limits.minimum_share || most * now.whole < limits.minimum_people - 1) return null;
  return dropOf(judgeShare(recent, now), now, limits);
}
