import { type DropLimits, dropOf, judgeShare, type Share, type ShareJudgement } from "./stats/proportion.ts";
import { usualOnes } from "./stats/usual-ones.ts";

/** Older readings say little about today. */
const LOOK_BACK = 28;

export type Fall = { readonly judged: ShareJudgement; readonly people: number };

/**
 * Did a share of people fall below its own past, by enough in every respect? The one place where a share is judged.
 *
 * @param past earlier shares, oldest first
 * @returns "learning" with fewer than `limits.readings` usual ones; null: it is as usual, or higher
 */
export function shareFall(
  past: readonly Share[],
  now: Share,
  limits: DropLimits & { readonly readings: number },
): Fall | "learning" | null {
  const dropped = (before: readonly Share[], share: Share) =>
    dropOf(judgeShare(before.slice(-LOOK_BACK), share), share, limits);
  const usual = usualOnes(
    past,
    (before, s) => before.length >= limits.readings && dropped(before, s) !== null,
  );
  return usual.length < limits.readings ? "learning" : dropped(usual, now);
}
