import type { HubspotSystem } from "../../core/config.ts";
import { AuditorError, isKind } from "../../core/errors.ts";
import type { IdentifierKind } from "../../core/model.ts";
import type { Context } from "../../core/ports.ts";
import type { WriteOutcome } from "../../core/repair.ts";
import { normalise } from "../../members/normalise.ts";
import type { Exchange } from "../../systems/http/exchange.ts";
import type { ReadClient } from "../../systems/http/read-client.ts";
import type { WriteClient } from "../../systems/http/write-client.ts";
import {
  contactsBy,
  contactsByAdditional,
  LISTS,
  membershipsAfter,
  PAGE,
} from "../../systems/hubspot/client.ts";
import { addressesOf, needed, type Subscriptions } from "../../systems/hubspot/member.ts";
import type { HubspotContact, HubspotList, HubspotPage, Membership } from "../../systems/hubspot/wire.ts";
import { isObject, objectsOf } from "../../systems/hubspot/wire.ts";
import { notSent, unknown } from "./outcome.ts";

/** What reading people needs. */
export type Reader = {
  readonly config: HubspotSystem;
  readonly http: ReadClient;
  readonly context: Context;
  readonly subscriptions: Subscriptions;
};
/** One batch of changes. */
export type Session = Reader & {
  readonly http: WriteClient;
  /** HubSpot allows consent in batches to Marketing Hub Enterprise only: else one call a person. */
  single: boolean;
  /** The token was refused: asking again for each person would help nobody. */
  refused: boolean;
};

/** A change with the contact that it concerns; null: no contact has that address. */
export type Entry = { readonly email: string; readonly contact: HubspotContact | null };

export const emailOf = (ids: Readonly<Partial<Record<IdentifierKind, string>>>): string | null =>
  ids.email === undefined ? null : normalise("email", ids.email);

export const propertiesOf = (r: Reader): readonly string[] => [
  ...new Set([...needed(r.subscriptions), "hs_additional_emails", ...Object.values(r.config.attributes)]),
];

/** Contacts by any of their addresses, additional ones too, or an add would go to nobody and an opt-out past somebody. */
export async function contactsOf(
  r: Reader,
  emails: readonly string[],
): Promise<ReadonlyMap<string, HubspotContact>> {
  const found = new Map<string, HubspotContact>();
  const note = (contacts: readonly HubspotContact[]) => {
    for (const c of contacts) for (const a of addressesOf(c)) if (!found.has(a)) found.set(a, c);
  };
  const wanted = [...new Set(emails)];
  for (let at = 0; at < wanted.length; at += PAGE)
    note(
      (
        await contactsBy(
          r.http,
          r.config.id,
          "email",
          wanted.slice(at, at + PAGE),
          propertiesOf(r),
          r.context,
        )
      ).items,
    );
  const missing = wanted.filter((e) => !found.has(e));
  if (missing.length > 0)
    note(await contactsByAdditional(r.http, r.config.id, missing, propertiesOf(r), r.context));
  return found;
}

/** Which of these contacts are on the list: by its pages where they are fewer than the contacts, else contact by contact. */
export async function onList(
  r: Reader,
  list: HubspotList,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const on = new Set<string>();
  const wanted = new Set(ids);
  if (list.size === null || list.size / 250 > wanted.size) {
    for (const id of wanted) {
      const body = await r.http.get(
        `${LISTS}/records/0-1/${encodeURIComponent(id)}/memberships`,
        {},
        r.context,
      );
      const lists = objectsOf(body, "results", r.config.id);
      if (lists.some((l) => isObject(l) && String(l.listId) === list.id)) on.add(id);
    }
    return on;
  }
  let after: string | null = null;
  for (;;) {
    const page: HubspotPage<Membership> = await membershipsAfter(
      r.http,
      r.config.id,
      list.id,
      after,
      r.context,
    );
    for (const m of page.items) if (wanted.has(m.recordId)) on.add(m.recordId);
    if (page.next === null || page.next === after || on.size === wanted.size) return on;
    after = page.next;
  }
}

/** Outcome of a call that failed as a whole. */
export function sorted(answer: Exchange & { ok: false }, s: Session): WriteOutcome {
  if (answer.effect === "unknown") return unknown(answer.error.message);
  return unsent(answer.error, s);
}

/** Outcome of a change whose call was not made, or surely had no effect. */
export function unsent(e: unknown, s: Session): WriteOutcome {
  const outcome = notSent(e);
  if (isKind(e, "auth")) s.refused = true;
  return outcome;
}

/** What a reading after the write shows; null: it could not be read, so only a later one can tell. */
export async function readAgain<T>(s: Session, read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (e) {
    if (!(e instanceof AuditorError)) throw e;
    s.context.log.warn("hubspot.read_again_failed", { system: s.config.id, kind: e.kind });
    return null;
  }
}
