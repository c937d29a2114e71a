import { MetricStream } from "./stream/metric-stream.ts";

export type Share = { readonly part: number; readonly whole: number };

export type ShareJudgement = {
  /** What was expected by the past shares. */
  readonly usual: number;
  readonly share: number;
  /** Negative when lower. 1 is an alarm: about one false one in a thousand readings. */
  readonly score: number;
};

const DAY = 86_400_000;

/**
 * Is a share today other than it used to be? The past readings are taken as one a day, and a fault that lasts stays one.
 *
 * @param past earlier shares, oldest first; wholes of 0 are left out
 * @returns null when there is nothing to compare with
 */
export function judgeShare(past: readonly Share[], now: Share): ShareJudgement | null {
  if (now.whole <= 0) return null;
  const stream = new MetricStream("rate", { step: DAY, rebaseline: false });
  let t = 0;
  const push = (s: Share) =>
    stream.push({ t: t++ * DAY, value: Math.min(1, s.part / s.whole), denominator: s.whole });
  for (const s of past) if (s.whole > 0) push(s);
  const verdict = push(now);
  const share = now.part / now.whole;
  if (verdict.expected === null) return null;
  const side = verdict.side === 0 ? Math.sign(share - verdict.expected) : verdict.side;
  return { usual: verdict.expected, share, score: side * verdict.score };
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
  const fell =
    judged.score <= -limits.score && drop >= limits.minimum_share && people >= limits.minimum_people;
  return fell ? { judged, people } : null;
}
