import type { MailmanSystem } from "../core/config.ts";
import type { ConsentRecord, MemberRow } from "../core/model.ts";
import {
  attributesOf,
  consentOf,
  consentOfAll,
  mailableOf,
  type Standing,
} from "../systems/mailman/member.ts";
import type { MailmanMember } from "../systems/mailman/wire.ts";
import type { ListReading } from "./mailman-list.ts";

/** One membership, as a member of its list. */
export function membershipRow(
  config: Pick<MailmanSystem, "attributes">,
  reading: ListReading,
  m: MailmanMember,
  of: readonly number[],
): MemberRow {
  const standing = reading.standing.get(m.id);
  const consents = standing ? recordsOf(reading.list.id, standing) : [];
  return {
    id: m.id,
    identifiers: { email: m.email },
    attributes: attributesOf(m, config.attributes),
    consent: standing ? consentOf(standing) : "unknown",
    mailable: standing ? mailableOf(standing) : null,
    of,
    ...(standing?.delivery === "by_bounces" ? { bounced: true } : {}),
    ...(consents.length === 0 ? {} : { consents }),
  };
}

/** None where delivery is unknown, as that says nothing. Mailman dates neither. */
function recordsOf(listId: string, s: Standing): readonly ConsentRecord[] {
  const state = consentOf(s);
  if (state === "unknown") return [];
  const method = s.banned ? "banned" : s.delivery;
  return [{ channel: "email", scope: "list", scopeId: listId, state, at: null, method }];
}

/** One address over all lists. */
export type Someone = {
  readonly email: string;
  /** null: banned and on no list. */
  member: MailmanMember | null;
  readonly standings: { readonly listId: string; readonly standing: Standing | null }[];
  banned: boolean;
};

/** Adds what one list says; `people` by address. */
export function gather(people: Map<string, Someone>, reading: ListReading): void {
  const known = (email: string): Someone => {
    const person = people.get(email) ?? { email, member: null, standings: [], banned: false };
    people.set(email, person);
    return person;
  };
  for (const m of reading.members) {
    const person = known(m.email);
    person.member ??= m;
    person.standings.push({ listId: reading.list.id, standing: reading.standing.get(m.id) ?? null });
  }
  for (const email of reading.bans) known(email).banned = true;
}

/** Cannot be mailed from any list, and not only because nobody asked them yet. */
export const isSuppressed = (p: Someone): boolean =>
  p.standings.every(({ standing }) => standing !== null && !mailableOf(standing)) &&
  (p.banned || p.standings.some(({ standing }) => standing?.delivery !== "unknown"));

export function personRow(
  config: Pick<MailmanSystem, "attributes">,
  p: Someone,
  of: readonly number[],
): MemberRow {
  const known = p.standings.flatMap(({ standing }) => (standing === null ? [] : [standing]));
  const told = known.length === p.standings.length;
  const bounced = known.some((s) => s.delivery === "by_bounces") && !known.some(mailableOf);
  const consents = p.standings.flatMap(({ listId, standing }) =>
    standing === null ? [] : recordsOf(listId, standing),
  );
  return {
    id: p.email,
    identifiers: { email: p.email },
    attributes: p.member === null ? {} : attributesOf(p.member, config.attributes),
    consent: p.standings.length === 0 && p.banned ? "unsubscribed" : consentOfAll(known),
    mailable: known.some(mailableOf) ? true : told ? false : null,
    of,
    ...(bounced ? { bounced: true } : {}),
    ...(consents.length === 0 ? {} : { consents }),
  };
}
