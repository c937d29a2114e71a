import { nowOf } from "../core/clock.ts";
import { AuditorError } from "../core/errors.ts";
import { instant, type SystemId } from "../core/model.ts";
import type { Change, Plan } from "../core/repair.ts";
import { isApproved } from "./approve.ts";
import { DAY_MS } from "./guard.ts";
import { sameList } from "./guard-writing.ts";
import { verifyHash } from "./hash.ts";
import { withOverride } from "./override.ts";
import { heldBack, quarantined, repairsFrom } from "./quarantine.ts";
import type { ApplyInput } from "./run.ts";
import { radiusOf, sizeLimit } from "./size-limit.ts";
import { people } from "./words.ts";

/** @throws not_found, refused when the stored plan is not the approved one */
export async function loadPlan(i: ApplyInput): Promise<Plan> {
  const where = `PL-${i.planId}`;
  const plan = await i.store.get(i.planId);
  if (plan === null) throw new AuditorError("not_found", where, "there is no such plan", "list the plans");
  if (!["approved", "applying", "verifying"].includes(plan.state)) {
    throw new AuditorError(
      "refused",
      where,
      `it is ${plan.state}`,
      "draft a new plan, or approve this one first",
    );
  }
  if (!verifyHash(plan)) {
    throw new AuditorError("refused", where, "its content is not what was drafted", "draft a new plan");
  }
  // Who had to approve was decided when it started; now it has to come to its end, with the content that was approved.
  const approved =
    plan.state === "approved"
      ? isApproved(plan, i.safeguards, i.people)
      : plan.approvals.some((a) => a.hash === plan.hash);
  if (!approved) {
    throw new AuditorError(
      "refused",
      where,
      "no valid approval is recorded for this content",
      "approve it first",
    );
  }
  return plan;
}

/**
 * Last look before the first write: does another plan write to the same lists, do the limits hold together with
 * everything done in the last 24 h, and do all guards still pass? Answers in words why not; null: go. An override of a
 * limit is used up here.
 */
export async function whyNotAdmitted(i: ApplyInput, plan: Plan): Promise<string | null> {
  const systems = [...new Set(plan.doc.changes.map((c) => c.system))];
  for (const other of await i.store.list()) {
    const busy = other.id !== plan.id && (other.state === "applying" || other.state === "verifying");
    const shared = (c: Change): boolean =>
      systems.includes(c.system) && sameList(plan.doc, other.doc, c.system);
    if (busy && other.doc.changes.some(shared)) return `PL-${other.id} writes to the same list now`;
  }
  const tooMany = await whyTooMany(i, plan, systems);
  return tooMany ?? (await i.recheck?.()) ?? null;
}

async function whyTooMany(i: ApplyInput, plan: Plan, systems: readonly SystemId[]): Promise<string | null> {
  const now = nowOf(i.clock);
  const since = instant(new Date(i.clock.now().getTime() - DAY_MS));
  const undone = plan.doc.undoes === null ? null : await i.store.get(plan.doc.undoes);
  let overridden = false;
  for (const system of systems) {
    const list = { audience: plan.doc.audience, system, list: plan.doc.lists?.[system] ?? null };
    const said = sizeLimit(
      radiusOf(plan.doc, system, await i.store.touchedSince(list, since), undone),
      i.safeguards,
    );
    const v = withOverride(said, plan.override ?? null, plan.doc, now);
    if (v.verdict === "fail") return `${system}: ${v.because}`;
    if (v.verdict === "needs" && plan.need === "author")
      return `${system}: ${v.because}; it was approved for less`;
    overridden ||= said.verdict === "fail";
  }
  const repaired = await i.store.repairedSince(plan.doc.audience, repairsFrom(now));
  const held = heldBack(plan.doc, quarantined(repaired, now));
  if (held > 0) return `${people(held)} were repaired 3 times in 7 days: somebody else puts it back`;
  if (!overridden || plan.override?.usedAt != null) return null; // used by this plan before it was interrupted
  return (await i.store.takeOverride(plan.id, now)) ? null : "the override of its size was used before";
}

/** A plan may start until it expires; one that was interrupted may go on for as long again. */
export function isExpired(i: ApplyInput, plan: Plan): boolean {
  const grace = plan.state === "approved" ? 0 : i.safeguards.planExpiresMinutes * 60_000;
  return Date.parse(nowOf(i.clock)) >= Date.parse(plan.doc.expiresAt) + grace;
}
