import type { Comparison } from "../core/comparison.ts";
import type { Audience, SystemConfig } from "../core/config.ts";
import type { Incident } from "../core/finding.ts";
import type { Instant, Snapshot } from "../core/model.ts";
import { DIMENSIONS, type Dimension, type Score, type ScorePart } from "../core/score.ts";
import { concerns, withIncidents } from "./score-incidents.ts";
import { JUDGES, type Judged } from "./score-parts.ts";
import * as words from "./words/score.ts";

/** More is not claimed while a part is not known. */
export const UNKNOWN_CAP = 80;

export type ScoreCopy = {
  readonly system: SystemConfig;
  readonly isOwner: boolean;
  /** Readings, oldest first. */
  readonly history: readonly Snapshot[];
  /** Hours after which its state is called old. */
  readonly freshHours: number;
};

export type ScoreInput = {
  readonly now: Instant;
  readonly audience: Audience;
  readonly copies: readonly ScoreCopy[];
  /** The latest one; null: none yet. */
  readonly comparison: Comparison | null;
  /** Of any audience. */
  readonly incidents: readonly Incident[];
};

/**
 * How far this audience can be trusted, 0 to 100. No mean of anything: the worst part of the worst copy is the score,
 * so that nothing good hides something bad, and an open breach of consent holds its part, and with it the score, at 40
 * or less. What is not known is no 0 and no 100; it limits what is claimed.
 */
export function scoreOf(input: ScoreInput): Score {
  const incidents = input.incidents.filter((i) => concerns(input, i));
  return gated(DIMENSIONS.map((d) => partOf(d, withIncidents(d, JUDGES[d](input), incidents))));
}

/** The whole company's: its worst audience's, part by part. */
export function overallScore(scores: readonly { readonly title: string; readonly score: Score }[]): Score {
  return gated(
    DIMENSIONS.map((dimension) => {
      const all = scores.flatMap(({ title, score }) => {
        const part = score.parts.find((p) => p.dimension === dimension);
        return part === undefined || part.state === "not_applicable" ? [] : [{ title, part }];
      });
      const [worst] = all
        .filter(({ part }) => part.value !== null)
        .sort((a, b) => (a.part.value ?? 0) - (b.part.value ?? 0));
      return partOf(dimension, {
        applies: all.length > 0,
        value: worst?.part.value ?? null,
        blind: all.filter(({ part }) => part.state !== "known").map(({ title }) => title),
        text: worst === undefined ? null : words.ofAudience(worst.title, worst.part),
      });
    }),
  );
}

function partOf(dimension: Dimension, judged: Judged): ScorePart {
  return {
    dimension,
    value: judged.applies ? rounded(judged.value) : null,
    state: stateOf(judged),
    blind: judged.applies ? judged.blind : [],
    text: words.partText(dimension, judged),
  };
}

function gated(parts: readonly ScorePart[]): Score {
  const [worst] = parts.filter((p) => p.value !== null).sort((a, b) => (a.value ?? 0) - (b.value ?? 0));
  const atMost = parts.some((p) => p.state === "partly" || p.state === "cant_tell");
  const least = worst?.value ?? 100;
  const isLimited = atMost && least > UNKNOWN_CAP;
  const value = parts.some(saysSomething) ? (isLimited ? UNKNOWN_CAP : least) : null;
  const heldBy =
    value === null ? null : isLimited ? "unknown" : least < 100 ? (worst?.dimension ?? null) : null;
  const score = { value, atMost, heldBy, parts } as const;
  return { ...score, text: words.scoreText(score) };
}

/** That a copy was read lately says nothing about the people on it. */
const saysSomething = (p: ScorePart): boolean =>
  p.value !== null &&
  ((p.dimension !== "freshness" && p.dimension !== "readability") || p.value < UNKNOWN_CAP);

function stateOf(j: Judged): ScorePart["state"] {
  if (!j.applies) return "not_applicable";
  if (j.value === null) return "cant_tell";
  return j.blind.length > 0 ? "partly" : "known";
}

/** Down, so that 100 means that there is nothing at all. */
const rounded = (value: number | null): number | null =>
  value === null ? null : Math.max(0, Math.min(100, Math.floor(value + 1e-9)));
