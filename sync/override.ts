import type { Safeguards } from "../core/config.ts";
import type { Instant } from "../core/model.ts";
import type { Plan, PlanDoc, SizeOverride } from "../core/repair.ts";
import type { Actor, Verdict } from "./approve.ts";
import { planHash, verifyHash } from "./hash.ts";
import type { SizeVerdict } from "./size-limit.ts";
import { minutesText } from "./words.ts";

/** An override that nobody used within this time is void. */
export const OVERRIDE_MINUTES = 60;
/** Fewer characters are no reason. */
export const SHORTEST_REASON = 10;

const no = (because: string): Verdict => ({ pass: false, because, opensAt: null });

/**
 * May this person override the refusal of this plan? Only an admin who did not draft it, only where the size is all
 * that refuses it, with a reason, and where more than one person exists.
 *
 * @param request null: could they, if they gave a reason?
 */
export function mayOverride(
  plan: Plan,
  person: Actor,
  people: readonly Actor[],
  now: Instant,
  request: { readonly hash: string; readonly reason: string } | null,
): Verdict {
  const failing = plan.guards.filter((g) => g.verdict === "fail");
  if (failing.length === 0) return no("no safeguard refuses this plan");
  const other = failing.find((g) => g.guard !== "size_limit");
  if (other !== undefined) return no(`only a size limit can be overridden, not “${other.title}”`);
  if (people.length < 2) return no("with one person nobody can override their own plan; make it smaller");
  if (person.role !== "admin") return no("only an admin can override a size limit");
  if (person.name === plan.doc.author) return no("an admin who did not draft it has to override it");
  if ((plan.state !== "refused" && plan.state !== "checked") || plan.startedAt !== null)
    return no(`the plan is ${plan.state}; draft it again`);
  if (Date.parse(now) >= Date.parse(plan.doc.expiresAt)) return no("the plan has expired; draft it again");
  if (plan.override != null)
    return no(`${plan.override.person} overrode it once already; draft it again for another override`);
  if (!verifyHash(plan)) return no("the stored plan is not the one that was drafted; draft it again");
  if (request === null) return { pass: true };
  if (request.hash !== plan.hash) return no("the plan on the screen is not this one; load it again");
  if (request.reason.trim().length < SHORTEST_REASON)
    return no(`give a reason of at least ${SHORTEST_REASON} characters`);
  return { pass: true };
}

/** Is it for this very document, and not too old? What was used in time stays good for the apply that used it. */
export function overrideHolds(o: SizeOverride, doc: PlanDoc, now: Instant): boolean {
  const until = Date.parse(o.at) + OVERRIDE_MINUTES * 60_000;
  return o.hash === planHash(doc) && Date.parse(o.usedAt ?? now) < until;
}

/** A refusal for size becomes a second person's decision; anything else stays as it is. */
export function withOverride(
  said: SizeVerdict,
  o: SizeOverride | null,
  doc: PlanDoc,
  now: Instant,
): SizeVerdict {
  if (said.verdict !== "fail" || o === null) return said;
  if (!overrideHolds(o, doc, now))
    return { verdict: "fail", because: `${said.because}; the override by ${o.person} is over` };
  const left = Math.ceil((Date.parse(o.at) + OVERRIDE_MINUTES * 60_000 - Date.parse(now)) / 60_000);
  const still = o.usedAt === null ? ` (for ${minutesText(left)} more)` : "";
  return {
    verdict: "needs",
    because: `${said.because}. Overridden by ${o.person}${still}, because “${o.reason}”; a second person approves`,
  };
}

/** The overrider's own approval counts only after waiting, and where nobody else could approve it at all. */
export function overriderMay(
  plan: Pick<Plan, "override">,
  person: string,
  at: Instant,
  s: Safeguards,
): boolean {
  const o = plan.override;
  if (o == null || o.person !== person) return true;
  return Date.parse(at) >= Date.parse(o.at) + s.coolingOffMinutes * 60_000;
}
