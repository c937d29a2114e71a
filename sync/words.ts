import type { Instant, SystemId } from "../core/model.ts";
import { instant } from "../core/model.ts";
import type { Change, Op } from "../core/repair.ts";
import type { Case } from "../core/three-way.ts";

/** Why the plan leaves a person out; "Nothing happens to them" is said beside it. */
export const LEFT_OUT = {
  noEvidence: "no evidence of the opt-out",
  undated: "the opt-out has no date and is not the owner’s word",
  baseNotAccepted: "the audience’s base is not accepted yet",
  nothingAgreed: "nobody can tell what was last agreed here; waits for the next complete read",
  seenOnce: "seen once only; waits for the next read",
  erased: "asked to be erased here; nothing is written to the record",
  optedOut: "opted out or suppressed somewhere",
  identity: "shares an identifier with another person",
  spoolExpired: "raw identifier no longer kept; read again",
  excluding: "this list keeps people from being contacted; nobody is taken off it",
  noList: "this copy follows from what people chose there; nobody is put on it or taken off by hand",
  owner: "this system is the owner; its word counts",
  consentAttribute: "says something about consent; never set",
  byHand: "this field is decided by hand",
  newer: "cannot tell which value is newer",
  emptiedAtOwner: "it was emptied at its owner; nothing is set from an empty field",
  scopeNotMapped: "what the opt-out covers is not mapped; see consent_scopes",
  ownerEmpty: "the owner has no value",
  ownerInvalid: "the owner’s value is not valid",
  noRule: "no system owns this field",
  holdout: "is held out of this audience on purpose",
  holdoutUnread: "cannot tell who is held out; read the holdout again",
  fought: "repaired 3 times in 7 days: somebody else puts it back",
  undoOneWay: "one-way; not undone by Plumbline",
  undoUnknown: "not known whether it happened; look at this person first",
} as const;

/** Reason for an opt-out of a topic or list that must not become one of more. */
export const optedOutOfLess = (scopes: readonly string[], where: string): string =>
  `opted out of ${scopes.join(" and ")} only, in ${where}; a suppression here would cover more`;

/** Reason for an add while a list that keeps people out was not read. */
export const listUnread = (title: string): string =>
  `“${title}” was not read completely, so nobody can tell whom it keeps out`;

/** Reason for a list that a campaign of its system leaves out: whoever is taken off it would get that mail. */
export const leftOutByCampaign = (campaign: string): string =>
  `the campaign “${campaign}” leaves this list out; nobody is taken off it`;

/** Reason for a system that cannot carry out an operation. */
export const notSupported = (op: Op, title: string): string =>
  `${title} cannot ${{ suppress: "suppress people", remove: "remove people", add: "add people", set: "change fields" }[op]} through Plumbline`;

/** Why a plan rests: the system wants no request before that moment. */
export const restText = (system: string, until: Instant): string =>
  `${system} asked to be left alone until ${until.slice(0, 16).replace("T", " ")} UTC; apply the plan again after that, and it goes on where it was`;

/** Why nobody can tell how a change ended whose record is not in the reading any more. */
export const VANISHED = "the record is not in the reading any more, so its effect cannot be seen";

/** Why a change that the vendor acknowledged is `failed`. */
export const GHOST_ACK = "acknowledged, but nothing changed";

/** @example minutesText(1) // "1 min" @example minutesText(200) // "3 h 20 min" */
export function minutesText(minutes: number): string {
  if (minutes < 60) return `${minutes} min`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const count = (n: number): string => n.toLocaleString("en-US");
export const people = (n: number): string => `${count(n)} ${n === 1 ? "person" : "people"}`;
export const changes = (n: number): string => `${count(n)} ${n === 1 ? "change" : "changes"}`;

/**
 * A share as percent, with as many digits as it takes to differ from the limit beside it.
 * @example percent(0.3448, 0.2) // "34 %"
 * @example percent(0.2004, 0.2) // "20.04 %"
 */
export function percent(share: number, beside: number = Number.NaN): string {
  for (const digits of [0, 1, 2]) {
    const text = (share * 100).toFixed(digits);
    if (share === beside || Number(text) !== Number((beside * 100).toFixed(digits)))
      return `${Number(text)} %`;
  }
  return `${(share * 100).toFixed(4)} %`;
}

/** @example dayMonth("2026-12-24T09:00:00.000Z", "Europe/Berlin") // "24 Dec" */
export const dayMonth = (at: Instant, timezone: string): string =>
  new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: timezone }).format(
    new Date(at),
  );

/** @example dayMonthYear("2025-03-03T09:00:00.000Z", "Europe/Berlin") // "3 Mar 2025" */
export const dayMonthYear = (at: Instant, timezone: string): string =>
  new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "short",
    year: "numeric",
    timeZone: timezone,
  }).format(new Date(at));

/** Last moment for an undo: `undoDays` after the plan ended (or after now, while it has not). */
export const undoUntil = (endedAt: Instant, undoDays: number): Instant =>
  instant(new Date(Date.parse(endedAt) + undoDays * 86_400_000));

/** Whole days that are left for an undo; 0 on the last one, null when it is over. */
export function undoDaysLeft(endedAt: Instant, undoDays: number, now: Instant): number | null {
  const left = Date.parse(undoUntil(endedAt, undoDays)) - Date.parse(now);
  return left < 0 ? null : Math.floor(left / 86_400_000);
}

/**
 * What is said about taking a verb back.
 * @param reversible false: an add to a list that excludes people, which nobody is taken off again
 * @param isUndo the plan is an undo itself: there is no undo of an undo
 */
export function undoText(
  op: Op,
  reversible: boolean,
  until: Instant,
  timezone: string,
  isUndo = false,
): string {
  if (op === "suppress" || !reversible) return "One-way here; not undone by Plumbline";
  if (isUndo) return op === "add" ? "May start automations again" : "Not undone again; draft the repair anew";
  if (op === "add") return "Can be undone; sent mail cannot";
  const day = dayMonth(until, timezone);
  return op === "remove" ? `Undo until ${day}; re-adding may send mail` : `Undo until ${day}`;
}

/** How many changes of each kind an undo takes back, and how many stay as they are. */
export type TakenBack = Readonly<Record<Exclude<Op, "suppress">, number>> & {
  readonly suppress: number;
  /** Adds to lists that keep people from being contacted. */
  readonly kept: number;
};

/** What an undo does and what it cannot do, a sentence for each kind; said before anyone asks for it and on its own page. */
export function undoWords(t: TakenBack): readonly string[] {
  const words: string[] = [];
  if (t.remove > 0)
    words.push(
      `${people(t.remove)} ${were(t.remove)} removed and would be put back: they may get automations again.`,
    );
  if (t.add > 0)
    words.push(
      `${people(t.add)} ${were(t.add)} added and would be taken off again: messages that were already sent cannot be unsent.`,
    );
  if (t.set > 0)
    words.push(
      `${count(t.set)} ${t.set === 1 ? "field" : "fields"} would be set back to what was there, unless changed since.`,
    );
  if (t.suppress > 0)
    words.push(
      `${people(t.suppress)} ${t.suppress === 1 ? "stays" : "stay"} suppressed: suppress has no undo.`,
    );
  if (t.kept > 0)
    words.push(
      `${people(t.kept)} ${t.kept === 1 ? "stays" : "stay"} on the list, since it keeps people from being contacted.`,
    );
  return words;
}

const were = (n: number): string => (n === 1 ? "was" : "were");

/** Why an undo is not undone: the repair is drafted anew instead, from what the owner says now. */
export const UNDO_OF_UNDO = "it is an undo itself";

/** Deciding rules, one sentence each; systems by their titles. */
export const RULE = {
  suppress: (where: string, at: Instant | null, timezone: string, of: string | null = null): string =>
    `opted out${of === null ? "" : ` of ${of}`} in ${where}${at === null ? "" : ` ${dayMonthYear(at, timezone)}`}, mailable here`,
  remove: (owner: string): string => `not in ${owner} for 2 reads`,
  add: (owner: string): string => `in ${owner}, missing here for 2 reads`,
  set: (owner: string): string => `differs from ${owner}, which owns this field`,
  setOnly: (where: string): string => `empty here; ${where} has a value`,
  setNewest: (where: string, at: Instant | null, timezone: string): string =>
    at === null ? `newer in ${where}` : `newer in ${where}, ${dayMonthYear(at, timezone)}`,
  keptOut: (owner: string): string => `in ${owner}, and kept out of this copy`,
  undo: (planId: number): string => `undo of PL-${planId}`,
} as const;

/** The rule of a change without its date: changes of one verb are shown together by it. */
export const reasonOf = (
  change: Pick<Change, "op" | "rule" | "evidence">,
  title: (system: SystemId) => string,
): string =>
  change.op === "suppress" && change.evidence !== null
    ? `opted out in ${title(change.evidence.system)}, mailable here`
    : change.rule;

/** Both copies and the day until which they agreed, for the words below. */
export type History = {
  readonly owner: string;
  readonly here: string;
  readonly at: Instant | null;
  readonly timezone: string;
};

const until = ({ owner, here, at, timezone }: History): string =>
  `in ${owner} and ${here}${at === null ? " before" : ` until ${dayMonthYear(at, timezone)}`}`;

const neither = ({ owner, here, at, timezone }: History): string =>
  `neither in ${owner} nor in ${here}${at === null ? " before" : ` on ${dayMonthYear(at, timezone)}`}`;

/** Why somebody is taken off or put on, by what happened since both last agreed; the cases: docs/repair.md. */
export function membershipBecause(op: "remove" | "add", what: Case | null, h: History): string {
  switch (what) {
    case "removed_at_owner":
      return `${until(h)}, then gone from ${h.owner}`;
    case "added_here":
      return `${neither(h)}, then added in ${h.here} only`;
    case "added_at_owner":
      return `${neither(h)}, then added in ${h.owner}`;
    case "removed_here":
      return `${until(h)}, then gone from ${h.here}`;
    default:
      return RULE[op](h.owner);
  }
}

/** Why the owner's value is written here, by what happened to the field since both last agreed. */
export function setBecause(what: Case | null, owner: string): string {
  switch (what) {
    case "added_at_owner":
      return `changed in ${owner}, which owns this field`;
    case "added_here":
      return `changed here only; ${owner} owns this field`;
    case "removed_here":
      return `emptied here; ${owner} owns this field and still has it`;
    case "added_at_both":
      return `changed in ${owner} and, differently, here; ${owner} owns this field`;
    case "added_at_owner_removed_here":
      return `changed in ${owner} and emptied here; ${owner} owns this field`;
    default:
      return RULE.set(owner);
  }
}
