import type { MailchimpControl } from "../mailchimp/control.ts";
import type { MemberState, SeedMember } from "../mailchimp/model.ts";
import { LIST_TITLES } from "./lists.ts";
import type { Moved } from "./moved.ts";
import { inList, isMailable } from "./packed.ts";

/** The one tag that the newsletter team keeps. */
export const VIP_TAG = LIST_TITLES.vip;

/** The tag, as the newsletter team once made it. */
export function furnishMailchimp(control: MailchimpControl): void {
  control.addSegment(VIP_TAG);
}

function* seeds(moved: Iterable<Moved>): Generator<SeedMember> {
  for (const m of moved)
    yield {
      email: m.person.email,
      status: isMailable(m.packed) ? "subscribed" : "unsubscribed",
      unsubscribedBy: "person",
      merge: { FNAME: m.person.firstName ?? "" },
      tags: inList(m.packed, "vip") ? [VIP_TAG] : [],
      signupAt: m.joinedAt.toISOString(),
      optAt: m.joinedAt.toISOString(),
    };
}

/** Brings the simulator from one day to the next, past its API. */
export function moveMailchimp(control: MailchimpControl, moved: Iterable<Moved>): void {
  control.load(seeds(moved));
}

/** What clients left behind, once more. */
export function redoMailchimp(control: MailchimpControl, states: readonly MemberState[]): void {
  control.load(states.map((s): SeedMember => ({ ...s, unsubscribedBy: s.compliance ? "person" : "api" })));
}
