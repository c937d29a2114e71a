import type { Config } from "../core/config.ts";
import type { SystemId } from "../core/model.ts";
import type { Capabilities } from "../core/ports.ts";
import type { SpooledRow } from "../members/spool.ts";

/** Wider than every scope that the configuration names. */
export const EVERYTHING = "*";
/** A scope of the configuration, `EVERYTHING`, or null: what it covers is not mapped. */
export type Scope = string | null;

/** What each system's own consent covers, as its connector tells; absent: it could not be opened yet. */
export type ScopeKinds = ReadonlyMap<SystemId, Capabilities["consentScope"]>;

/**
 * What an opt-out of this system covers, and what a suppression in it would cover. Without `consent_scopes` the word of
 * every system covers everything. With it, a list or topic covers only what it is mapped to.
 */
export function scopeOfSystem(config: Config, kinds: ScopeKinds, system: SystemId): Scope {
  if (config.consentScopes === undefined) return EVERYTHING;
  const whole = config.consentScopes.map.find((m) => m.system === system && m.name === null);
  if (whole !== undefined) return whole.scope;
  const kind = kinds.get(system);
  return kind === null || kind === "global" || kind === "channel" ? EVERYTHING : null;
}

/** What the opt-outs of one record cover; a list or topic that nobody mapped is never taken for more. */
export function scopesOfOptOut(
  config: Config,
  kinds: ScopeKinds,
  system: SystemId,
  row: Pick<SpooledRow, "consent" | "optOuts"> | undefined,
): readonly Scope[] {
  if (config.consentScopes === undefined || row?.consent === "erased") return [EVERYTHING];
  const whole = scopeOfSystem(config, kinds, system);
  const named = config.consentScopes.map.filter((m) => m.system === system && m.name !== null);
  const mapped = config.consentScopes.map.some((m) => m.system === system && m.name === null);
  const scopes = (row?.optOuts ?? []).map((o): Scope => {
    if (o.scope === "global") return mapped ? whole : EVERYTHING;
    const one = named.find((m) => m.name === o.name);
    if (one !== undefined) return one.scope;
    // where lists are told apart at all, one that is not named is not known
    return named.length > 0 || !mapped ? null : whole;
  });
  return scopes.length === 0 ? [whole] : [...new Set(scopes)];
}

/** Does an opt-out of `wide` hold for all of `narrow`? */
export function covers(config: Config, wide: Scope, narrow: Scope): boolean {
  if (wide === null || narrow === null) return false;
  if (wide === EVERYTHING) return true;
  const all = config.consentScopes?.scopes ?? [];
  const seen = new Set<string>();
  for (let at: string | null | undefined = narrow; at != null && !seen.has(at); ) {
    if (at === wide) return true;
    seen.add(at);
    const id: string = at;
    at = all.find((s) => s.id === id)?.within;
  }
  return false;
}

export const scopeTitle = (config: Config, scope: Scope): string =>
  config.consentScopes?.scopes.find((s) => s.id === scope)?.title ?? "everything";
