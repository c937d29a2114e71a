import type { OpenChange } from "../../core/ports.ts";
import type { WriteOutcome } from "../../core/repair.ts";
import { AHEAD } from "../../systems/klaviyo/campaign.ts";
import { whole } from "../../systems/klaviyo/client.ts";
import { anyOf, both, equals } from "../../systems/klaviyo/filter.ts";
import { consentOf, type KlaviyoProfile } from "../../systems/klaviyo/profile.ts";
import { asCampaign } from "../../systems/klaviyo/wire.ts";
import { findPeople, membersAmong } from "./klaviyo-people.ts";
import { groupCalled } from "./klaviyo-read-back.ts";
import { type Session, sorted } from "./klaviyo-session.ts";
import { accepted, applied, failed, noop, notSent, refusedForConsent } from "./outcome.ts";

/** Profiles to send for one change, or what became of it without. */
type Step = WriteOutcome | { readonly send: readonly KlaviyoProfile[] };

/** Puts people on a list or takes them off, in one call: look, judge, write, look again. Throws nothing that Klaviyo can cause. */
export async function changeMembership(
  s: Session,
  how: "add" | "remove",
  list: string,
  changes: readonly OpenChange[],
): Promise<readonly WriteOutcome[]> {
  let group: Awaited<ReturnType<typeof groupCalled>>;
  let steps: readonly Step[];
  try {
    group = await groupCalled(s.config, s.http, { kind: "list", name: list }, s.context);
    const leftOutBy = how === "remove" ? await campaignLeavingOut(s, group.id) : null;
    if (leftOutBy !== null) {
      const because = `the campaign "${leftOutBy}" leaves this list out: whoever is removed from it would be mailed`;
      return changes.map(() => refusedForConsent(because));
    }
    const found = await findPeople(s, changes);
    const members = await membersAmong(
      s,
      group,
      found.flatMap((f) => f ?? []),
    );
    steps = changes.map((change, i) =>
      how === "add"
        ? addStep(change, found[i] ?? null, members, group.id)
        : removeStep(found[i] ?? null, members),
    );
  } catch (e) {
    const outcome = notSent(e);
    return changes.map(() => outcome);
  }
  const profiles = [
    ...new Map(steps.flatMap((step) => ("send" in step ? step.send : [])).map((p) => [p.id, p])).values(),
  ];
  if (profiles.length === 0) return steps.map((step) => ("send" in step ? noop("is so already") : step));
  const answer = await s.http.send(
    how === "add" ? "POST" : "DELETE",
    `/lists/${encodeURIComponent(group.id)}/relationships/profiles`,
    {},
    { data: profiles.map((p) => ({ type: "profile", id: p.id })) },
    s.context,
  );
  if (!answer.ok)
    return steps.map((step) =>
      "send" in step
        ? sorted(
            answer,
            profiles.findIndex((p) => step.send.some((x) => x.id === p.id)),
          )
        : step,
    );
  try {
    // 204 says nothing about whom it concerned
    const members = await membersAmong(s, group, profiles);
    return steps.map((step) => {
      if (!("send" in step)) return step;
      return step.send.every((p) => members.has(p.id) === (how === "add"))
        ? applied
        : accepted("Klaviyo said yes, but the list is unchanged");
    });
  } catch (e) {
    const { because } = notSent(e);
    const outcome = accepted(`Klaviyo said yes, but the list could not be read again (${because ?? ""})`);
    return steps.map((step) => ("send" in step ? outcome : step));
  }
}

function removeStep(mine: readonly KlaviyoProfile[] | null, members: ReadonlySet<string>): Step {
  if (mine === null) return failed("the person has no identifier that Klaviyo knows people by");
  const on = mine.filter((p) => members.has(p.id));
  if (mine.length === 0) return noop("not in Klaviyo");
  return on.length === 0 ? noop("not on the list") : { send: on };
}

/**
 * An add must not let anybody be mailed who cannot be now, nor bring back whom the list has lost. Somebody suppressed may
 * be on a list: nothing reaches them.
 */
function addStep(
  change: OpenChange,
  mine: readonly KlaviyoProfile[] | null,
  members: ReadonlySet<string>,
  listId: string,
): Step {
  if (mine === null) return failed("the person has no identifier that Klaviyo knows people by");
  const [first] = mine;
  if (first === undefined)
    return refusedForConsent(
      "not in Klaviyo: it mails every profile that is not suppressed, so making one would let the person be mailed; that belongs to the sync tool",
    );
  if (mine.some((p) => members.has(p.id))) return noop("on the list already");
  // evidence of an opt-out: the list leaves people out of mail, so joining it only tightens
  if (change.evidence === null) {
    if (mine.some((p) => p.listSuppressions.some((l) => l.listId === listId)))
      return refusedForConsent("the person unsubscribed from this very list");
    const { state } = consentOf(first);
    if (state !== "subscribed" && state !== "unknown" && first.canReceiveEmail !== false)
      return refusedForConsent("the person opted out, and Klaviyo would mail them all the same");
  }
  return { send: [first] };
}

/** Name of a campaign to come, drafts included, that leaves this list out; null: none does. */
async function campaignLeavingOut(s: Session, listId: string): Promise<string | null> {
  for (const channel of ["email", "sms"]) {
    const filter = both(equals("messages.channel", channel), anyOf("status", ["Draft", ...AHEAD]));
    const campaigns = await whole(s.http, s.config.id, "/campaigns", { filter }, asCampaign, s.context);
    const found = campaigns.find((c) => c.excluded.includes(listId));
    if (found) return found.name;
  }
  return null;
}
