import type { Role, Safeguards } from "../core/config.ts";
import { type Instant, instant } from "../core/model.ts";
import type { Plan } from "../core/repair.ts";
import { verifyHash } from "./hash.ts";
import { mostOf, overMost } from "./most.ts";
import { overriderMay } from "./override.ts";

export type Actor = { readonly name: string; readonly role: Role };

/** `opensAt`: the same request passes from then on (cooling-off). */
export type Verdict =
  | { readonly pass: true }
  | { readonly pass: false; readonly because: string; readonly opensAt: Instant | null };

/** What was typed and ticked; `hash` is that of the plan on the screen. */
export type ApprovalRequest = {
  readonly hash: string;
  readonly confirm: string;
  readonly automations: boolean;
};

const no = (because: string, opensAt: Instant | null = null): Verdict => ({ pass: false, because, opensAt });

/** What has to be typed: "PL-88 27399". */
export const confirmText = (plan: Pick<Plan, "id" | "doc">): string =>
  `PL-${plan.id} ${plan.doc.changes.length}`;

/** Does the plan start automations (or cannot tell), so that a tick is needed? */
export const needsAutomationsTick = (plan: Pick<Plan, "guards">): boolean =>
  plan.guards.some((g) => g.guard === "automations" && g.verdict === "needs");

/** Where a second person is needed and the installation has one person only, waiting takes their place. */
export function coolingOffUntil(plan: Plan, people: readonly Actor[], s: Safeguards): Instant | null {
  if (plan.need !== "second_person" || people.length > 1) return null;
  return instant(new Date(Date.parse(plan.doc.createdAt) + s.coolingOffMinutes * 60_000));
}

/**
 * May this person approve this plan now? Pure: roles, state, guards, cooling-off, and (with a request) the typed
 * confirmation, the tick for automations and the hash of what was seen. Without a request: could they, if they typed it?
 *
 * An author approves alone where the guards allow it; an approver or admin approves anyone's plan. Where a second
 * person is needed it is another approver or admin, or, with one person in the installation, the cooling-off.
 *
 * @param people everyone who can sign in; empty on an installation without sign-in
 */
export function mayApprove(
  plan: Plan,
  person: Actor,
  people: readonly Actor[],
  now: Instant,
  s: Safeguards,
  request: ApprovalRequest | null,
): Verdict {
  if (person.role === "viewer") return no("viewers cannot approve; an admin can change the role");
  if (plan.need === "refused" || plan.guards.some((g) => g.verdict === "fail")) {
    const failing = plan.guards.filter((g) => g.verdict === "fail").map((g) => g.title);
    return no(
      failing.length > 0 ? `a safeguard refuses it: ${failing.join(", ")}` : "a safeguard refuses it",
    );
  }
  if (plan.state !== "checked") return no(`the plan is ${plan.state}; only a checked plan can be approved`);
  if (plan.doc.changes.length === 0) return no("the plan has no changes");
  if (Date.parse(now) >= Date.parse(plan.doc.expiresAt)) return no("the plan has expired; draft it again");
  if (!verifyHash(plan)) return no("the stored plan is not the one that was drafted; draft it again");
  const senior = person.role === "approver" || person.role === "admin";
  const isAuthor = person.name === plan.doc.author;
  if (plan.need === "author" && !isAuthor && !senior)
    return no("only its author, an approver or an admin can approve it");
  if (plan.need === "second_person") {
    const wait = coolingOffUntil(plan, people, s);
    if (wait !== null) {
      if (Date.parse(now) < Date.parse(wait))
        return no(`opens ${s.coolingOffMinutes} min after the draft, in place of a second person`, wait);
    } else if (isAuthor) return no("a second person has to approve it");
    else if (!senior) return no("an approver or an admin has to approve it");
  }
  const overrider = whyNotOverrider(plan, person, people, now, s);
  if (overrider !== null) return overrider;
  return request === null ? { pass: true } : checkRequest(plan, request);
}

function checkRequest(plan: Plan, request: ApprovalRequest): Verdict {
  if (request.hash !== plan.hash) return no("the plan on the screen is not this one; load it again");
  if (needsAutomationsTick(plan) && !request.automations) return no("confirm that automations may start");
  const typed = request.confirm.trim().replace(/\s+/g, " ");
  if (typed !== confirmText(plan)) return no(`type ${confirmText(plan)} to confirm`);
  return { pass: true };
}

/** Whoever overrode a size limit is no second pair of eyes, unless nobody else could be. */
function whyNotOverrider(
  plan: Plan,
  person: Actor,
  people: readonly Actor[],
  now: Instant,
  s: Safeguards,
): Verdict | null {
  const o = plan.override;
  if (o == null || o.person !== person.name || plan.need !== "second_person") return null;
  const another = people.find(
    (p) => p.name !== o.person && p.name !== plan.doc.author && (p.role === "approver" || p.role === "admin"),
  );
  if (another !== undefined)
    return no(`you overrode its size; ${another.name} or another person approves it`);
  if (overriderMay(plan, person.name, now, s)) return null;
  const opens = instant(new Date(Date.parse(o.at) + s.coolingOffMinutes * 60_000));
  return no(`opens ${s.coolingOffMinutes} min after your override, in place of a third person`, opens);
}

/**
 * Do the recorded approvals carry this plan, and all of it? Apply asks again, so that no other path leads to a write.
 *
 * @param people everyone who can sign in; waiting replaces a second person only where there is none. Absent: there are
 *   others, so it replaces nobody
 */
export function isApproved(plan: Plan, s: Safeguards, people?: readonly Actor[]): boolean {
  if (plan.need === "refused") return false;
  const wanted = mostOf(plan.doc.changes);
  const valid = plan.approvals.filter((a) => a.hash === plan.hash && overMost(wanted, a.most) === null);
  if (plan.need === "author") return valid.length > 0;
  const alone = people !== undefined && people.length < 2;
  const opens = Date.parse(plan.doc.createdAt) + s.coolingOffMinutes * 60_000;
  return valid.some((a) =>
    a.person === plan.doc.author ? alone && Date.parse(a.at) >= opens : overriderMay(plan, a.person, a.at, s),
  );
}

/** May this person start the apply? Whoever may edit; the approval itself is checked apart. */
export function mayApply(
  plan: Plan,
  person: Actor,
  now: Instant,
  s: Safeguards,
  people?: readonly Actor[],
): Verdict {
  if (person.role === "viewer") return no("viewers cannot apply; an admin can change the role");
  if (plan.state !== "approved") return no(`the plan is ${plan.state}; it has to be approved first`);
  if (Date.parse(now) >= Date.parse(plan.doc.expiresAt)) return no("the plan has expired; draft it again");
  return isApproved(plan, s, people)
    ? { pass: true }
    : no(
        plan.need === "second_person"
          ? "it needs a second person now; draft it again"
          : "the approval is not valid for this plan",
      );
}
