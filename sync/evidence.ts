import type { Audience, Config } from "../core/config.ts";
import type { Instant, PersonKey, SystemId } from "../core/model.ts";
import type { Difference } from "../members/differences.ts";
import type { SpooledRow } from "../members/spool.ts";
import { isOptOut } from "./effect.ts";
import { titleOf } from "./place.ts";
import { covers, type Scope, type ScopeKinds, scopeOfSystem, scopesOfOptOut, scopeTitle } from "./scopes.ts";
import { LEFT_OUT, optedOutOfLess } from "./words.ts";

export type Evidence = { readonly system: SystemId; readonly at: Instant | null };

/** Rows of the latest spools, by system and person. */
export type Rows = ReadonlyMap<SystemId, ReadonlyMap<PersonKey, SpooledRow>>;

type Grounds = {
  readonly config: Config;
  readonly audience: Audience;
  readonly rows: Rows;
  readonly optedOut: ReadonlyMap<PersonKey, Evidence>;
  readonly scopeKinds?: ScopeKinds;
};

/** `scope`: what the opt-out covers, for the words. */
type Found = { readonly evidence: Evidence; readonly scope: Scope } | { readonly none: string };

/**
 * The evidence of an opt-out that holds for this system, or the reason why there is none. Being absent from a list is
 * never evidence.
 *
 * A dated opt-out counts from any system. One without a date counts only from a suppression list, from the
 * audience's owner, or when it is a complaint or an erasure: a contact that was merely never subscribed (as our own
 * adds are) reads as "unsubscribed" too, and must not travel to other systems as an opt-out.
 *
 * Of several the first counts whose scope covers this system's: an opt-out of one topic or list never becomes one of
 * all mail.
 */
export function evidenceOf(d: Difference, g: Grounds): Found {
  const first = firstOf(d, g);
  if (g.config.consentScopes === undefined) return "none" in first ? first : { evidence: first, scope: null };
  const kinds: ScopeKinds = g.scopeKinds ?? new Map();
  const here = scopeOfSystem(g.config, kinds, d.system);
  const all = [...("none" in first ? [] : [first]), ...others(d, g)];
  let less: string | null = null;
  for (const evidence of all) {
    const row = g.rows.get(evidence.system)?.get(d.person);
    const scopes = scopesOfOptOut(g.config, kinds, evidence.system, row);
    // a system's own opt-out never travels
    const scope = scopes.find((s) => evidence.system === d.system || covers(g.config, s, here));
    if (scope !== undefined) return { evidence, scope };
    less ??=
      here === null || scopes.includes(null)
        ? LEFT_OUT.scopeNotMapped
        : optedOutOfLess(
            scopes.map((s) => scopeTitle(g.config, s)),
            titleOf(g.config, evidence.system),
          );
  }
  return { none: less ?? ("none" in first ? first.none : LEFT_OUT.noEvidence) };
}

function firstOf(d: Difference, g: Grounds): Evidence | { readonly none: string } {
  const { audience } = g;
  const listed = g.optedOut.get(d.person);
  if (listed !== undefined) return listed;
  const row = (system: SystemId) => g.rows.get(system)?.get(d.person);
  if (audience.purpose === "suppression" && d.kind === "mailable_opted_out") {
    const system = d.consentFrom ?? audience.owner;
    return { system, at: row(system)?.consentAt ?? null };
  }
  if (isOptOut(d.consentOwner)) return { system: audience.owner, at: row(audience.owner)?.consentAt ?? null };
  if (d.consentFrom === null || d.consentFrom === d.system) return { none: LEFT_OUT.noEvidence };
  const there = row(d.consentFrom);
  if (there === undefined) return { none: LEFT_OUT.spoolExpired };
  return fromRow(d.consentFrom, there, audience);
}

function fromRow(
  system: SystemId,
  row: SpooledRow,
  audience: Audience,
): Evidence | { readonly none: string } {
  if (!isOptOut(row.consent)) return { none: LEFT_OUT.noEvidence };
  const at = row.consentAt ?? null;
  if (at === null && row.consent === "unsubscribed" && system !== audience.owner)
    return { none: LEFT_OUT.undated };
  return { system, at };
}

/** What other systems say of the person, by the system's name. */
function others(d: Difference, g: Grounds): readonly Evidence[] {
  return [...g.rows.keys()].sort().flatMap((system) => {
    const row = system === d.system ? undefined : g.rows.get(system)?.get(d.person);
    const found = row === undefined ? null : fromRow(system, row, g.audience);
    return found === null || "none" in found ? [] : [found];
  });
}
