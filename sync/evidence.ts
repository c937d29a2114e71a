import type { Audience } from "../core/config.ts";
import type { Instant, PersonKey, SystemId } from "../core/model.ts";
import type { Difference } from "../members/differences.ts";
import type { SpooledRow } from "../members/spool.ts";
import { isOptOut } from "./effect.ts";
import { LEFT_OUT } from "./words.ts";

export type Evidence = { readonly system: SystemId; readonly at: Instant | null };

/** Rows of the latest spools, by system and person. */
export type Rows = ReadonlyMap<SystemId, ReadonlyMap<PersonKey, SpooledRow>>;

/**
 * The evidence of an opt-out, or the reason why there is none. Being absent from a list is never evidence.
 *
 * A dated opt-out counts from any system. One without a date counts only from a suppression list, from the
 * audience's owner, or when it is a complaint or an erasure: a contact that was merely never subscribed (as our own
 * adds are) reads as "unsubscribed" too, and must not travel to other systems as an opt-out.
 */
export function evidenceOf(
  d: Difference,
  audience: Audience,
  rows: Rows,
  optedOut: ReadonlyMap<PersonKey, Evidence>,
): { readonly evidence: Evidence } | { readonly none: string } {
  const listed = optedOut.get(d.person);
  if (listed !== undefined) return { evidence: listed };
  const row = (system: SystemId) => rows.get(system)?.get(d.person);
  if (audience.purpose === "suppression" && d.kind === "mailable_opted_out") {
    const system = d.consentFrom ?? audience.owner;
    return { evidence: { system, at: row(system)?.consentAt ?? null } };
  }
  if (isOptOut(d.consentOwner)) {
    return { evidence: { system: audience.owner, at: row(audience.owner)?.consentAt ?? null } };
  }
  if (d.consentFrom === null || d.consentFrom === d.system) return { none: LEFT_OUT.noEvidence };
  const there = row(d.consentFrom);
  if (there === undefined) return { none: LEFT_OUT.spoolExpired };
  if (!isOptOut(there.consent)) return { none: LEFT_OUT.noEvidence };
  const at = there.consentAt ?? null;
  if (at === null && there.consent === "unsubscribed" && d.consentFrom !== audience.owner)
    return { none: LEFT_OUT.undated };
  return { evidence: { system: d.consentFrom, at } };
}
