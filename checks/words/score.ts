import type { Snapshot } from "../../core/model.ts";
import type { Dimension, Score, ScorePart } from "../../core/score.ts";
import type { Judged } from "../score-parts.ts";
import { listed, people, peopleWho, percent } from "./format.ts";
import { duration } from "./when.ts";

/** What people call the parts. */
export const NAMES: Readonly<Record<Dimension, string>> = {
  consent: "consent safety",
  agreement: "agreement",
  completeness: "completeness",
  freshness: "freshness",
  stability: "stability",
  readability: "readability",
};

const GOOD: Readonly<Record<Dimension, string>> = {
  consent: "Nobody who opted out can be mailed",
  agreement: "The copies hold the same people, within the allowed delay",
  completeness: "Every required field is filled",
  freshness: "Every copy is as new as it should be",
  stability: "Sizes are normal, and nobody leaves and returns",
  readability: "Every reading was complete",
};

const NOTHING: Readonly<Record<Dimension, string>> = {
  consent: "No system that sends mail has a copy",
  agreement: "There is one copy, so nothing to agree with",
  completeness: "No field is required",
  freshness: "There is no copy",
  stability: "There is no copy",
  readability: "There is no copy",
};

export function partText(dimension: Dimension, j: Judged): string {
  if (!j.applies) return `${NOTHING[dimension]}.`;
  const blind = j.blind.length === 0 ? "" : listed(j.blind);
  if (j.value === null) return `Can’t tell: ${blind} could not be judged.`;
  const text = j.text ?? GOOD[dimension];
  return blind === "" ? `${text}.` : `${text}; ${blind} could not be judged.`;
}

/** Of the worst audience, inside the company's part. */
export const ofAudience = (title: string, part: ScorePart): string | null =>
  part.value === 100 ? null : `${title}: ${part.text.replace(BLIND, "").replace(/\.$/, "")}`;

/** The company's part names the audiences that could not be judged, not their systems. */
const BLIND = /; [^;]* could not be judged\.$/;

export function scoreText(s: Omit<Score, "text">): string {
  if (s.value === null) return "Can’t tell: nothing is known yet of who is where.";
  const unknown = s.parts.filter((p) => p.state === "partly" || p.state === "cant_tell");
  const names = listed(unknown.map((p) => NAMES[p.dimension]));
  if (s.heldBy === "unknown") return `No more is claimed while ${names} can’t be told in full.`;
  const worst = s.parts.find((p) => p.dimension === s.heldBy);
  if (worst === undefined || s.value === 100) return "Nothing is wrong that Plumbline looks at.";
  const rest = s.atMost ? ` It may be lower: ${names} can’t be told in full.` : "";
  return `Held down by ${NAMES[worst.dimension]}. ${worst.text}${rest}`;
}

export const mailable = (n: number, system: string): string =>
  `${peopleWho(n, "opted-out")} can be mailed from ${system}`;

export function differs(system: string, missing: number, extra: number): string {
  if (missing === 0) return `${system} holds ${people(extra)} too many`;
  return extra === 0
    ? `${system} lacks ${people(missing)}`
    : `${system} lacks ${people(missing)} and holds ${people(extra)} too many`;
}

export const incomplete = (system: string, attribute: string, share: number): string =>
  `“${attribute.replaceAll("_", " ")}” is valid for ${percent(Math.floor(share * 100) / 100)} in ${system}`;

export const old = (system: string, ageMs: number, allowedHours: number): string =>
  `${system} shows a state that is ${duration(ageMs)} old, where ${duration(allowedHours * 3_600_000)} are allowed`;

export const flipping = (system: string, n: number): string =>
  `${people(n)} ${n === 1 ? "leaves and returns" : "leave and return"} in ${system}`;

export const readings = (system: string, good: number, of: number, latest: Snapshot): string =>
  latest.coverage === "complete"
    ? `${good} of the last ${of} readings of ${system} were complete`
    : `The last reading of ${system} was not complete, ${good} of ${of} were`;
