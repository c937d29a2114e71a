import type { AttributeRule } from "../core/config.ts";
import type { Instant, SystemId } from "../core/model.ts";
import type { Move } from "../core/three-way.ts";
import { attributeState } from "../members/attribute-state.ts";
import { LEFT_OUT } from "./words.ts";

/** Two clocks that are apart by less say nothing about which came first. */
export const NEWEST_LEAD_MINUTES = 60;

/** What one system has of a field. */
export type Held = {
  readonly system: SystemId;
  readonly value: string | null;
  readonly print: number;
  readonly updatedAt: Instant | null;
};

export type Choice =
  | {
      readonly winner: SystemId;
      readonly value: string;
      readonly print: number;
      /** owner: its word counts; newest: by its time; only: no other value is there. */
      readonly by: "owner" | "newest" | "only";
      readonly at: Instant | null;
    }
  | { readonly leftOut: string };

/**
 * The value of one field of one person that counts in every system: decided once, from what all of them hold, so that
 * it depends neither on the order of systems nor on the one that is asked about.
 *
 * @param owners systems whose word counts, the first first; for `newest` only who must not have emptied it
 * @param held each system once, those that have the field for this person, in any order
 * @param moves how the field moved in each system since it was last agreed
 */
export function chooseValue(
  rule: AttributeRule,
  owners: readonly SystemId[],
  held: readonly Held[],
  moves: Readonly<Record<string, Move>>,
): Choice {
  if (rule.class === "consent" || rule.merge === "most_restrictive")
    return { leftOut: LEFT_OUT.consentAttribute };
  if (rule.merge === "manual") return { leftOut: LEFT_OUT.byHand };
  return rule.merge === "newest" ? newest(rule, owners, held, moves) : ownerWins(rule, owners, held);
}

function ownerWins(rule: AttributeRule, owners: readonly SystemId[], held: readonly Held[]): Choice {
  const owner = owners.map((s) => held.find((h) => h.system === s)).find((h) => h !== undefined);
  if (owner === undefined) return { leftOut: LEFT_OUT.spoolExpired };
  const unusable = whyUnusable(owner.value, rule);
  if (unusable !== null || owner.value === null) return { leftOut: unusable ?? LEFT_OUT.ownerEmpty };
  return { winner: owner.system, value: owner.value, print: owner.print, by: "owner", at: null };
}

/**
 * The value with the latest time counts, if it leads every other value by enough. No time, too small a lead, or a
 * latest value that nobody changed since all agreed, while another one was changed: for a person to decide.
 */
function newest(
  rule: AttributeRule,
  owners: readonly SystemId[],
  held: readonly Held[],
  moves: Readonly<Record<string, Move>>,
): Choice {
  if (owners.some((s) => moves[s] === "removed")) return { leftOut: LEFT_OUT.emptiedAtOwner };
  const usable = held.filter((h) => whyUnusable(h.value, rule) === null);
  const best = latestOf(usable);
  if (best === undefined) return { leftOut: LEFT_OUT.ownerEmpty };
  const rivals = usable.filter((h) => h.print !== best.print);
  if (rivals.length === 0) return chosen(best, "only");
  const lead = leadOf(rule);
  // another value without a time may be the newest one
  const leads = rivals.every((h) => {
    const apart = timeOf(best) - timeOf(h);
    return h.updatedAt !== null && apart > 0 && apart >= lead;
  });
  const moved = (h: Held): boolean => moves[h.system] === "added";
  const stayed = usable.every((h) => h.print !== best.print || moves[h.system] === "same");
  if (!leads || (stayed && rivals.some(moved))) return { leftOut: LEFT_OUT.newer };
  return chosen(best, "newest");
}

function chosen(h: Held, by: "only" | "newest"): Choice {
  if (h.value === null) return { leftOut: LEFT_OUT.ownerEmpty };
  return { winner: h.system, value: h.value, print: h.print, by, at: h.updatedAt };
}

/** The one with the latest time, by name where times are alike: the same whatever the order. */
function latestOf(held: readonly Held[]): Held | undefined {
  return [...held].sort((a, b) => timeOf(b) - timeOf(a) || (a.system < b.system ? -1 : 1))[0];
}

/** A record without a time is before all others; two of them are alike. */
const timeOf = (h: Held): number => (h.updatedAt === null ? 0 : Date.parse(h.updatedAt));

const leadOf = (rule: AttributeRule): number => (rule.newestLeadMinutes ?? NEWEST_LEAD_MINUTES) * 60_000;

/** The vendor's clock and ours may be apart by this much. */
const CLOCKS_MS = 15 * 60_000;

/**
 * The time of a record, or null where it is our own write that it tells of: a record that we only put another field
 * into must not look as if somebody had changed this one.
 *
 * @param written when Plumbline last wrote to it
 */
export function timeOfOthers(
  updatedAt: Instant | null,
  written: Instant | undefined,
  rule: AttributeRule,
): Instant | null {
  if (updatedAt === null || written === undefined) return updatedAt;
  const ours = Date.parse(updatedAt) <= Date.parse(written) + Math.max(CLOCKS_MS, leadOf(rule));
  return ours ? null : updatedAt;
}

export function whyUnusable(value: string | null, rule: AttributeRule): string | null {
  const state = attributeState(value, { values: rule.values, pattern: rule.pattern });
  if (state === "valid") return null;
  return state === "invalid" || state === "placeholder" ? LEFT_OUT.ownerInvalid : LEFT_OUT.ownerEmpty;
}
