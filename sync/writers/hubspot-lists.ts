import type { WriteOutcome } from "../../core/repair.ts";
import { LISTS, listCalled } from "../../systems/hubspot/client.ts";
import { asMembershipChange, type HubspotList } from "../../systems/hubspot/wire.ts";
import { type Entry, onList, readAgain, type Session, sorted, unsent } from "./hubspot-session.ts";
import { accepted, applied, failed, noop, refused } from "./outcome.ts";

/**
 * Puts contacts on a list or takes them off. HubSpot ignores silently whom it does not know and who is there already, so
 * each outcome is judged by what it named and by the list read again.
 */
export async function changeList(
  s: Session,
  entries: readonly Entry[],
  name: string,
  on: boolean,
): Promise<readonly WriteOutcome[]> {
  const all = (o: WriteOutcome) => entries.map(() => o);
  let list: HubspotList | null;
  try {
    list = await listCalled(s.http, s.config.id, name, s.context);
  } catch (e) {
    return all(unsent(e, s));
  }
  if (list === null)
    return all(failed(`HubSpot has no list "${name}": make it there, or correct the segment`));
  if (list.processing === "DYNAMIC")
    return all(refused(`the list "${list.name}" follows a rule and cannot be edited; correct the rule`));
  const ids = [...new Set(entries.flatMap((e) => (e.contact === null ? [] : [e.contact.id])))];
  if (ids.length === 0) return entries.map(() => withoutContact(on));
  const answer = await s.http.send(
    "PUT",
    `${LISTS}/${list.id}/memberships/${on ? "add" : "remove"}`,
    {},
    ids,
    s.context,
  );
  if (!answer.ok) {
    const outcome = sorted(answer, s);
    return entries.map((e) => (e.contact === null ? withoutContact(on) : outcome));
  }
  const { added, removed, missing } = asMembershipChange(answer.body);
  const changed = on ? added : removed;
  const known = list;
  const now = await readAgain(s, () => onList(s, known, ids));
  return entries.map(({ contact }): WriteOutcome => {
    if (contact === null) return withoutContact(on);
    if (missing.has(contact.id)) return failed("HubSpot does not know the contact any more");
    const asWanted = now === null ? null : now.has(contact.id) === on;
    if (asWanted === null) return accepted("HubSpot said yes, but the list could not be read again");
    if (!asWanted) return accepted("HubSpot said yes, but the list is unchanged");
    return changed.has(contact.id) ? applied : noop(on ? "is on the list already" : "is not on the list");
  });
}

/** A new contact may be a marketing contact, as the account is set, and its consent is not specified: mail could reach it. */
const withoutContact = (on: boolean): WriteOutcome =>
  on
    ? refused("not a contact in HubSpot: making one could let mail reach it, so this is for the sync tool")
    : noop("not in HubSpot");
