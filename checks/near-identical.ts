import type { Overlap } from "../core/comparison.ts";
import type { Audience } from "../core/config.ts";
import type { CheckInput } from "../core/finding.ts";
import type { AudienceId, SystemId } from "../core/model.ts";

/** Purposes whose lists may well be one list. Consent and suppression lists are kept apart on purpose, however alike. */
const PURPOSES: readonly Audience["purpose"][] = ["lifecycle", "marketing"];

export const mayBeMerged = (a: Audience): boolean => PURPOSES.includes(a.purpose);

/**
 * Audiences that this one is compared with in this system, in the order of the configuration. Each pair is compared in
 * one system only: where both are owned, else in the first that holds both. A copy with a `where` is a part on purpose.
 */
export function partnersHere({ config, audience, system }: CheckInput): readonly Audience[] {
  return config.audiences.filter(
    (other) =>
      other.id !== audience.id &&
      mayBeMerged(other) &&
      other.purpose === audience.purpose &&
      other.identity === audience.identity &&
      !audience.exclusiveWith.includes(other.id) &&
      !other.exclusiveWith.includes(audience.id) &&
      wholeIn(audience, system.id) &&
      wholeIn(other, system.id) &&
      system.id ===
        (audience.owner === other.owner
          ? audience.owner
          : config.systems.find((s) => wholeIn(audience, s.id) && wholeIn(other, s.id))?.id),
  );
}

const wholeIn = (a: Audience, system: SystemId): boolean =>
  a.segments.some((s) => s.system === system && s.where === null);

export type Likeness = "alike" | "different" | "learning" | "unknown";

/** Are two audiences nearly the same people, now and in the reading before? */
export function likeness(
  overlaps: readonly Overlap[],
  a: AudienceId,
  b: AudienceId,
  limits: { readonly jaccard: number; readonly minimum_people: number },
): Likeness {
  const overlap = overlaps.find((o) => o.audiences.includes(a) && o.audiences.includes(b));
  if (overlap === undefined) return "unknown";
  const alike = (masks: Overlap["masks"]): boolean => {
    const { any, all } = anyAndAll(masks, bitsOf(overlap, [a, b]));
    return all >= limits.minimum_people && all >= limits.jaccard * any;
  };
  if (!alike(overlap.masks)) return "different";
  // Without a reading before in either list nobody is in both of them there.
  if (Object.keys(overlap.settled).length === 0) return "learning";
  return alike(overlap.settled) ? "alike" : "learning";
}

/** The audiences as bits of this overlap's masks. */
export const bitsOf = (overlap: Overlap, audiences: readonly AudienceId[]): number =>
  audiences.reduce((bits, a) => bits | (1 << overlap.audiences.indexOf(a)), 0);

/** People in any of these, and in all of them: their Jaccard index is all / any. */
export function anyAndAll(masks: Overlap["masks"], bits: number): { any: number; all: number } {
  let any = 0;
  let all = 0;
  for (const [mask, people] of Object.entries(masks)) {
    const here = Number(mask) & bits;
    if (here !== 0) any += people;
    if (here === bits) all += people;
  }
  return { any, all };
}
