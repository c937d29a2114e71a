import type { Account } from "./account.ts";
import { hashOf, type ListStore } from "./list-store.ts";
import type { Member, MergeValues, Status } from "./model.ts";
import { forgotten, inCompliance } from "./problem.ts";

const BY_ADMIN = "N/A (Unsubscribed by admin)";

/**
 * May the API move this member to `to`? Who unsubscribed by their own act, bounced or complained can only be asked
 * again (`pending`, which sends mail). Who was unsubscribed by the API or an admin can be subscribed again: recorded
 * traffic shows that, and so it is here, so that a client which does it is seen in the journal.
 *
 * @throws Problem 400 Member In Compliance State
 */
export function checkMove(m: Member, to: Status | null): void {
  if (m.compliance && (to === "subscribed" || to === "transactional")) throw inCompliance(m.email);
}

/** The fields that a move to `to` changes; none for null. */
export function moved(m: Member, to: Status | null, now: number): Partial<Omit<Member, "n" | "id">> {
  if (to === null || to === m.status) return {};
  return {
    status: to,
    hidden: null,
    reason: to === "unsubscribed" ? (m.reason ?? BY_ADMIN) : null,
    ...(to === "cleaned" ? { compliance: true } : {}),
    ...(to === "subscribed" ? { opt: now } : {}),
  };
}

/** A new record. @throws Problem 400 for an address that was deleted for good */
export function create(
  account: Account,
  list: ListStore,
  op: string,
  email: string,
  status: Status,
  merge: MergeValues,
  tags: readonly string[],
): Member {
  const id = hashOf(email);
  if (list.isForgotten(id)) throw forgotten(email);
  let made: Member | null = null;
  account.mutate(list, op, id, () => {
    made = list.make(email, status, "API - Generic");
    const ids = tags.map((t) => (list.staticSegment(t) ?? list.addSegment(t, null)).id);
    list.change(made, {
      merge,
      tags: [...new Set(ids)],
      ...(status === "subscribed" ? {} : { opt: null }),
      ...(status === "unsubscribed" ? { reason: BY_ADMIN } : {}),
      ...(status === "cleaned" ? { compliance: true } : {}),
    });
  });
  const member = list.get(id);
  if (made === null || member === undefined) throw new Error("mailchimp simulator: nothing was made");
  return member;
}
