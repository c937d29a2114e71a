import type { Instant } from "../core/model.ts";
import { instant } from "../core/model.ts";
import type { Op } from "../core/repair.ts";

/** Why the plan leaves a person out; "Nothing happens to them" is said beside it. */
export const LEFT_OUT = {
  noEvidence: "no evidence of the opt-out",
  undated: "the opt-out has no date and is not the owner’s word",
  baseNotAccepted: "the audience’s base is not accepted yet",
  seenOnce: "seen once only; waits for the next read",
  optedOut: "opted out or suppressed somewhere",
  identity: "shares an identifier with another person",
  spoolExpired: "raw identifier no longer kept; read again",
  excluding: "this list keeps people from being contacted; nobody is taken off it",
  noList: "this copy follows from what people chose there; nobody is put on it or taken off by hand",
  owner: "this system is the owner; its word counts",
  consentAttribute: "says something about consent; never set",
  byHand: "this field is decided by hand",
  newer: "cannot tell which value is newer",
  ownerEmpty: "the owner has no value",
  ownerInvalid: "the owner’s value is not valid",
  noRule: "no system owns this field",
  undoOneWay: "one-way; not undone by Plumbline",
  undoUnknown: "not known whether it happened; look at this person first",
} as const;

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

/**
 * What is said about taking a verb back.
 * @param reversible false: an add to a list that excludes people, which nobody is taken off again
 */
export function undoText(op: Op, reversible: boolean, until: Instant, timezone: string): string {
  if (op === "suppress" || !reversible) return "One-way here; not undone by Plumbline";
  if (op === "add") return "Can be undone; sent mail cannot";
  const day = dayMonth(until, timezone);
  return op === "remove" ? `Undo until ${day}; re-adding may send mail` : `Undo until ${day}`;
}

/** Deciding rules, one sentence each; systems by their titles. */
export const RULE = {
  suppress: (where: string, at: Instant | null, timezone: string): string =>
    at === null
      ? `opted out in ${where}, mailable here`
      : `opted out in ${where} ${dayMonthYear(at, timezone)}, mailable here`,
  remove: (owner: string): string => `not in ${owner} for 2 reads`,
  add: (owner: string): string => `in ${owner}, missing here for 2 reads`,
  set: (owner: string): string => `differs from ${owner}, which owns this field`,
  undo: (planId: number): string => `undo of PL-${planId}`,
} as const;

/** The same rules for a whole group, without dates. */
export const verbText = (op: Op, owner: string, where: readonly string[]): string =>
  op === "suppress" ? `opted out in ${where.join(" and ")}, mailable here` : RULE[op](owner);
