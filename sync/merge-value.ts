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
      /** owner: its word counts; moved: only there has it changed since it was agreed; newest: by its time. */
      readonly by: "owner" | "moved" | "newest";
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
 * Where only one new value has come up since everybody agreed, it is the newer one whatever the clocks say; else the
 * latest time counts, if it leads by enough. No time, too small a lead, two that are alike: for a person to decide.
 */
function newest(
  rule: AttributeRule,
  owners: readonly SystemId[],
  held: readonly Held[],
  moves: Readonly<Record<string, Move>>,
): Choice {
  if (owners.some((s) => moves[s] === "removed")) return { leftOut: LEFT_OUT.emptiedAtOwner };
  const usable = held.filter((h) => whyUnusable(h.value, rule) === null);
  const values = [...new Set(usable.map((h) => h.print))];
  if (values.length === 0) return { leftOut: LEFT_OUT.ownerEmpty };
  const known = usable.every((h) => moves[h.system] !== undefined);
  const moved = [...new Set(usable.filter((h) => moves[h.system] === "added").map((h) => h.print))];
  if (values.length === 1 || (known && moved.length === 1)) {
    const print = values.length === 1 ? values[0] : moved[0];
    return chosen(latestOf(usable.filter((h) => h.print === print)), "moved");
  }
  const best = values.map((print) => latestOf(usable.filter((h) => h.print === print)));
  const times = best.map((h) => (h?.updatedAt == null ? Number.NaN : Date.parse(h.updatedAt)));
  // a value without any time may be the newest one
  if (usable.some((h) => h.updatedAt === null) || times.some(Number.isNaN))
    return { leftOut: LEFT_OUT.newer };
  const first = Math.max(...times);
  const second = Math.max(...times.filter((t) => t !== first), Number.NEGATIVE_INFINITY);
  const lead = (rule.newestLeadMinutes ?? NEWEST_LEAD_MINUTES) * 60_000;
  if (times.filter((t) => t === first).length > 1 || first - second < lead)
    return { leftOut: LEFT_OUT.newer };
  return chosen(best[times.indexOf(first)], "newest");
}

function chosen(h: Held | undefined, by: "moved" | "newest"): Choice {
  if (h === undefined || h.value === null) return { leftOut: LEFT_OUT.ownerEmpty };
  return { winner: h.system, value: h.value, print: h.print, by, at: h.updatedAt };
}

/** The one with the latest time, by name where times are alike: the same whatever the order. */
function latestOf(held: readonly Held[]): Held | undefined {
  const time = (h: Held): number =>
    h.updatedAt === null ? Number.NEGATIVE_INFINITY : Date.parse(h.updatedAt);
  return [...held].sort((a, b) => time(b) - time(a) || (a.system < b.system ? -1 : 1))[0];
}

export function whyUnusable(value: string | null, rule: AttributeRule): string | null {
  const state = attributeState(value, { values: rule.values, pattern: rule.pattern });
  if (state === "valid") return null;
  return state === "invalid" || state === "placeholder" ? LEFT_OUT.ownerInvalid : LEFT_OUT.ownerEmpty;
}
