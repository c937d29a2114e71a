import type { Score } from "../../app/api/contract.ts";
import type { Shape } from "./mark.tsx";

type Part = Score["parts"][number];

/** As far as an incident to act on, or one to look at, holds a part. */
const ACT = 50;
const LOOK = 80;

export function scoreMark(part: Pick<Part, "value" | "state">): Shape {
  if (part.value === null) return "cant_tell";
  if (part.value <= ACT) return "act";
  if (part.value <= LOOK) return "look";
  return part.state === "partly" ? "cant_tell" : "fine";
}

const WORD: Readonly<Record<Part["dimension"], string>> = {
  consent: "Consent safety",
  agreement: "Agreement",
  completeness: "Completeness",
  freshness: "Freshness",
  stability: "Stability",
  readability: "Readability",
};
export const scoreWord = (dimension: Part["dimension"]): string => WORD[dimension];
