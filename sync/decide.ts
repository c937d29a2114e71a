import type { Audience, Config } from "../core/config.ts";
import type { PersonKey, SystemId } from "../core/model.ts";
import type { Capabilities } from "../core/ports.ts";
import type { Change, Op } from "../core/repair.ts";
import type { Difference } from "../members/differences.ts";
import { decideSet, type Written } from "./decide-set.ts";
import { isOptOut } from "./effect.ts";
import { type Evidence, evidenceOf, type Rows } from "./evidence.ts";
import { isExcluding, titleOf } from "./place.ts";
import { placeOf } from "./quarantine.ts";
import { EVERYTHING, type ScopeKinds, scopeTitle } from "./scopes.ts";
import type { SealedChange } from "./sealed.ts";
import { LEFT_OUT, leftOutByCampaign, listUnread, membershipBecause, notSupported, RULE } from "./words.ts";

/** What decisions rest on, besides the difference itself. */
export type Grounds = {
  readonly config: Config;
  readonly audience: Audience;
  readonly rows: Rows;
  readonly optedOut: ReadonlyMap<PersonKey, Evidence>;
  readonly conflicted: ReadonlySet<PersonKey>;
  /** Who is in a duel with another writer (sync/quarantine.ts); absent: nobody. */
  readonly fought?: ReadonlySet<string>;
  readonly baseAccepted: boolean;
  /** A campaign that leaves out a copy of this audience: taking people off it would mail them. null: none is known. */
  readonly leftOutBy: string | null;
  /** Members of the audience's holdout; null: nobody can tell, so nobody is added. Absent: it has none. */
  readonly heldOut?: ReadonlySet<PersonKey> | null;
  readonly capabilities: ReadonlyMap<SystemId, Capabilities>;
  /** What each system's consent covers, as its connector tells. */
  readonly scopeKinds?: ScopeKinds;
  /** When Plumbline itself last wrote to a record: such a time says nothing about which value is newer. */
  readonly written?: Written;
  /** Titles of lists that keep people out of this audience and were not read completely. */
  readonly unreadLists?: readonly string[];
  readonly fingerprint: (value: string | null | undefined) => number;
};

export type Decided = { readonly change: Omit<Change, "n" | "sealed">; readonly open: SealedChange };
/** null: it is as it should be already. */
export type Decision = Decided | { readonly leftOut: string } | null;

/** The operation that a difference asks for; null: nothing that a plan may do (flipping; nobody is ever let in again). */
export function opOf(d: Difference): Op | null {
  switch (d.kind) {
    case "mailable_opted_out":
    case "consent_conflict":
    case "opted_out_elsewhere":
      return "suppress";
    case "extra":
      return "remove";
    case "missing":
      return "add";
    case "differs":
      return "set";
    case "flipping":
    case "over_suppressed":
      return null;
  }
}

/** Decides one difference. Rules and their order: docs/repair.md. */
export function decide(d: Difference, op: Op, g: Grounds): Decision {
  if (op === "suppress") return suppress(d, g);
  if (d.system === g.audience.owner && op !== "set") return { leftOut: LEFT_OUT.owner };
  if (g.conflicted.has(d.person)) return { leftOut: LEFT_OUT.identity };
  if (op !== "set" && !isList(d.system, g.audience)) return { leftOut: LEFT_OUT.noList };
  // A list that keeps people from being contacted is kept up whoever fights it.
  const fights = op === "set" || !isExcluding(g.audience, g.config);
  if (fights && g.fought?.has(placeOf(d)) === true) return { leftOut: LEFT_OUT.fought };
  if (!d.settled) return { leftOut: LEFT_OUT.seenOnce };
  return op === "remove" ? remove(d, g) : op === "add" ? add(d, g) : set(d, g);
}

/** Ghost's newsletters, suppression and members follow from what people do; no writer can put anyone there or take them off. */
function isList(system: SystemId, audience: Audience): boolean {
  const source = audience.segments.find((s) => s.system === system)?.source;
  return source === undefined || !("newsletter" in source || "suppressed" in source || "all" in source);
}

/**
 * Neither an identity conflict nor a second read holds a suppression back: its evidence is the proof.
 * Whoever a suppression list names is known from the system's base and need not be in its list.
 */
function suppress(d: Difference, g: Grounds): Decision {
  const found = evidenceOf(d, g);
  if ("none" in found) return { leftOut: found.none };
  const { system, at } = found.evidence;
  const of = found.scope === null || found.scope === EVERYTHING ? null : scopeTitle(g.config, found.scope);
  const rule = RULE.suppress(titleOf(g.config, system), at, g.config.timezone, of);
  return finish(d, g, "suppress", {
    rule,
    from: [d.system, system],
    reversible: false,
    evidence: found.evidence,
    inSegment: g.audience.purpose !== "suppression",
  });
}

function remove(d: Difference, g: Grounds): Decision {
  if (isExcluding(g.audience, g.config)) return { leftOut: LEFT_OUT.excluding };
  if (g.leftOutBy !== null) return { leftOut: leftOutByCampaign(g.leftOutBy) };
  if (!g.baseAccepted) return { leftOut: LEFT_OUT.baseNotAccepted };
  // without what was last agreed, "gone from the owner" and "the file is gone" look alike
  if (d.agreed === "none") return { leftOut: LEFT_OUT.nothingAgreed };
  const rule = d.atOwner
    ? RULE.keptOut(titleOf(g.config, g.audience.owner))
    : membershipBecause("remove", d.case, historyOf(d, g));
  return finish(d, g, "remove", {
    rule,
    from: [d.system],
    reversible: true,
    evidence: null,
    inSegment: true,
  });
}

function add(d: Difference, g: Grounds): Decision {
  const excluding = isExcluding(g.audience, g.config);
  if (!excluding && optedOutAnywhere(d, g)) return { leftOut: LEFT_OUT.optedOut };
  const [unread] = g.unreadLists ?? [];
  if (!excluding && unread !== undefined) return { leftOut: listUnread(unread) };
  if (g.heldOut === null) return { leftOut: LEFT_OUT.holdoutUnread };
  if (g.heldOut?.has(d.person) === true) return { leftOut: LEFT_OUT.holdout };
  const owner = g.audience.owner;
  const evidence = excluding
    ? { system: owner, at: g.rows.get(owner)?.get(d.person)?.consentAt ?? null }
    : null;
  const rule = membershipBecause("add", d.case, historyOf(d, g));
  // the undo of an add is a removal, which such a list does not know
  const reversible = !excluding && g.leftOutBy === null;
  return finish(d, g, "add", { rule, from: [owner], reversible, evidence, inSegment: false });
}

function set(d: Difference, g: Grounds): Decision {
  const decided = decideSet(d, g);
  if (decided === null || "leftOut" in decided) return decided;
  const { rule, winner, value, was } = decided;
  return finish(d, g, "set", {
    rule,
    from: [d.system, winner],
    reversible: true,
    evidence: null,
    inSegment: true,
    value,
    was,
  });
}

const historyOf = (d: Difference, g: Grounds) => ({
  owner: titleOf(g.config, g.audience.owner),
  here: titleOf(g.config, d.system),
  at: d.agreedAt,
  timezone: g.config.timezone,
});

type Parts = {
  readonly rule: string;
  /** Systems whose row gives the identifiers, best first. */
  readonly from: readonly SystemId[];
  readonly reversible: boolean;
  readonly evidence: Evidence | null;
  readonly inSegment: boolean;
  readonly value?: string | null;
  readonly was?: string | null;
};

function finish(d: Difference, g: Grounds, op: Op, p: Parts): Decision {
  if (g.capabilities.get(d.system)?.ops.includes(op) !== true)
    return { leftOut: notSupported(op, titleOf(g.config, d.system)) };
  const row = p.from.map((s) => g.rows.get(s)?.get(d.person)).find((r) => r !== undefined);
  if (row === undefined || Object.keys(row.identifiers).length === 0)
    return { leftOut: LEFT_OUT.spoolExpired };
  const here = g.rows.get(d.system)?.get(d.person);
  const attribute = op === "set" ? d.attribute : null;
  const was = p.was ?? null;
  return {
    change: {
      system: d.system,
      audience: g.audience.id,
      person: d.person,
      op,
      attribute,
      before: {
        inSegment: p.inSegment,
        value: attribute === null ? null : hex(g.fingerprint(was)),
        version: here?.updatedAt ?? null,
      },
      rule: p.rule,
      reversible: p.reversible,
      evidence: p.evidence,
    },
    open: {
      identifiers: row.identifiers,
      value: p.value ?? null,
      from: was,
      found: op === "add" ? d.inBaseHere : true,
      consent: null,
    },
  };
}

function optedOutAnywhere(d: Difference, g: Grounds): boolean {
  if (
    g.optedOut.has(d.person) ||
    isOptOut(d.consentHere) ||
    isOptOut(d.consentOwner) ||
    d.consentFrom !== null
  )
    return true;
  for (const rows of g.rows.values()) {
    const row = rows.get(d.person);
    if (row !== undefined && isOptOut(row.consent)) return true;
  }
  return false;
}

const hex = (print: number): string => (print >>> 0).toString(16).padStart(8, "0");
