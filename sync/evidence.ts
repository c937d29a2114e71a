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
 * Of several the best one counts whose scope covers this system's: an opt-out of one topic or list never becomes one of
 * all mail. Best is a suppression list, then the owner, then the earliest date, so that the order of systems is nothing.
 */
export function evidenceOf(d: Difference, g: Grounds): Found {
  const { config } = g;
  const all = candidates(d, g);
  if ("none" in all) return all;
  const kinds: ScopeKinds = g.scopeKinds ?? new Map();
  const here = scopeOfSystem(config, kinds, d.system);
  let less: string | null = null;
  for (const evidence of all) {
    const row = g.rows.get(evidence.system)?.get(d.person);
    const scopes = scopesOfOptOut(config, kinds, evidence.system, row);
    // a system's own opt-out does not travel
    const scope = scopes.find((s) => evidence.system === d.system || covers(config, s, here));
    if (scope !== undefined) return { evidence, scope };
    less ??=
      here === null || scopes.includes(null)
        ? LEFT_OUT.scopeNotMapped
        : optedOutOfLess(
            scopes.map((s) => scopeTitle(config, s)),
            titleOf(config, evidence.system),
          );
  }
  return { none: less ?? LEFT_OUT.noEvidence };
}

/** Every opt-out that counts, the best first; or why none does. */
function candidates(d: Difference, g: Grounds): readonly Evidence[] | { readonly none: string } {
  const { audience } = g;
  const row = (system: SystemId) => g.rows.get(system)?.get(d.person);
  const found: Evidence[] = [];
  const listed = g.optedOut.get(d.person);
  if (listed !== undefined) found.push(listed);
  if (audience.purpose === "suppression" && d.kind === "mailable_opted_out") {
    const system = d.consentFrom ?? audience.owner;
    found.push({ system, at: row(system)?.consentAt ?? null });
  }
  if (isOptOut(d.consentOwner))
    found.push({ system: audience.owner, at: row(audience.owner)?.consentAt ?? null });
  if (d.consentFrom === null || d.consentFrom === d.system)
    return found.length > 0 ? found : { none: LEFT_OUT.noEvidence };
  const others = [...g.rows.keys()].flatMap((system) => {
    const there = system === d.system ? undefined : row(system);
    return there === undefined ? [] : [fromRow(system, there, audience)];
  });
  found.push(...others.flatMap((e) => ("none" in e ? [] : [e])).sort(byDate));
  if (found.length > 0) return found;
  return { none: row(d.consentFrom) === undefined ? LEFT_OUT.spoolExpired : whyNone(others) };
}

/** Dated before undated, then the earlier one, then by system. */
function byDate(a: Evidence, b: Evidence): number {
  const key = (e: Evidence): string => `${e.at ?? "~"} ${e.system}`;
  return key(a) < key(b) ? -1 : 1;
}

type None = { readonly none: string };

/** An opt-out that lacks something says more than records that are none. */
const whyNone = (others: readonly (Evidence | None)[]): string =>
  others.some((e) => "none" in e && e.none === LEFT_OUT.undated) ? LEFT_OUT.undated : LEFT_OUT.noEvidence;

function fromRow(system: SystemId, row: SpooledRow, audience: Audience): Evidence | None {
  if (!isOptOut(row.consent)) return { none: LEFT_OUT.noEvidence };
  const at = row.consentAt ?? null;
  if (at === null && row.consent === "unsubscribed" && system !== audience.owner)
    return { none: LEFT_OUT.undated };
  return { system, at };
}
