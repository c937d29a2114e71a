import type { MailmanSystem } from "../../core/config.ts";
import { AuditorError } from "../../core/errors.ts";
import type { SegmentSource } from "../../core/model.ts";
import type { Context, OpenChange } from "../../core/ports.ts";
import type { WriteOutcome } from "../../core/repair.ts";
import { normalise } from "../../members/normalise.ts";
import type { Exchange } from "../../systems/http/exchange.ts";
import type { WriteClient } from "../../systems/http/write-client.ts";
import { bansOf, deliveryOfMember, isList, listsOf, membershipsOf } from "../../systems/mailman/client.ts";
import { describedAs, type MailmanList, type MailmanMember } from "../../systems/mailman/wire.ts";
import { isIntent, judge } from "./mailman-judge.ts";
import { accepted, applied, failed, noEffect, noop, notSent, refusedForConsent, unknown } from "./outcome.ts";

/** One batch: lists and bans are looked up at the first change that needs them. */
export type Session = {
  readonly config: MailmanSystem;
  readonly http: WriteClient;
  readonly context: Context;
  lists: readonly MailmanList[] | null;
  readonly bans: Map<string, ReadonlySet<string>>;
  refusedKey?: boolean;
};

const at = (s: Session) => ({ http: s.http, where: s.config.id, call: s.context });

/** Read, judge, write, read again: one change, one outcome. Throws nothing that Mailman can cause. */
export async function applyOne(s: Session, change: OpenChange, source: SegmentSource): Promise<WriteOutcome> {
  const intent = judge(change, source, s.config.attributes);
  if (!isIntent(intent)) return intent;
  const raw = change.identifiers.email;
  const email = raw === undefined ? null : normalise("email", raw);
  if (email === null)
    return failed("the person has no usable e-mail address, and Mailman knows people by nothing else");
  try {
    const mine = await membershipsOf(at(s), email);
    switch (intent.kind) {
      case "join":
        return await join(s, await listCalled(s, intent.list), email, mine);
      case "leave":
        return await leave(s, await listCalled(s, intent.list), email, mine);
      case "stop_delivery":
        return await stopDelivery(s, mine);
      case "name":
        return await rename(s, email, mine, intent.value ?? "");
    }
  } catch (e) {
    if (!(e instanceof AuditorError)) throw e;
    s.refusedKey = e.kind === "auth";
    return notSent(e);
  }
}

async function listCalled(s: Session, name: string): Promise<MailmanList> {
  s.lists ??= await listsOf(at(s));
  const list = s.lists.find((l) => isList(l, name));
  if (list === undefined)
    throw new AuditorError(
      "config",
      s.config.id,
      "Mailman has no list of the segment's name",
      "make it in Mailman, or correct the segment",
    );
  return list;
}

/**
 * A member of a list is sent its mail, so being added is being subscribed; but Mailman can make a membership whose
 * delivery is off, in one step. It takes the status `unknown`: `by_moderator` would read as an opt-out.
 */
async function join(
  s: Session,
  list: MailmanList,
  email: string,
  mine: readonly MailmanMember[],
): Promise<WriteOutcome> {
  if (mine.some((m) => m.listId === list.id)) return noop("on the list already");
  // Mailman compares bans letter by letter, so that Ana@ is not kept out where ana@ is banned
  if ((await bansFor(s, null)).has(email) || (await bansFor(s, list.id)).has(email))
    return refusedForConsent("this address is banned there; Plumbline lifts no ban");
  const answer = await s.http.send(
    "POST",
    "/members",
    {},
    {
      list_id: list.id,
      subscriber: email,
      role: "member",
      delivery_status: "unknown",
      // without these Mailman would write to the person and ask
      pre_verified: "true",
      pre_confirmed: "true",
      pre_approved: "true",
      send_welcome_message: "false",
    },
    s.context,
  );
  if (!answer.ok) return sortedJoin(answer, s);
  if (answer.status === 202) return accepted("Mailman waits for somebody to confirm it");
  return readAgain(async () => {
    const made = (await membershipsOf(at(s), email)).find((m) => m.listId === list.id);
    return made !== undefined && (await deliveryOfMember(at(s), made.id)) !== "enabled";
  });
}

async function bansFor(s: Session, listId: string | null): Promise<ReadonlySet<string>> {
  const key = listId ?? "";
  const known = s.bans.get(key) ?? (await bansOf(at(s), listId)).addresses;
  s.bans.set(key, known);
  return known;
}

/** In bulk form, though for one: only that one sends no goodbye and asks nobody. */
async function leave(
  s: Session,
  list: MailmanList,
  email: string,
  mine: readonly MailmanMember[],
): Promise<WriteOutcome> {
  const member = mine.find((m) => m.listId === list.id);
  if (member === undefined) return noop("not on the list");
  if ((await deliveryOfMember(at(s), member.id)) === "by_user")
    return refusedForConsent(
      "this person switched mail off themselves, and only their membership remembers it",
    );
  const path = `/lists/${encodeURIComponent(list.id)}/roster/member`;
  const answer = await s.http.send("DELETE", path, {}, new URLSearchParams({ emails: email }), s.context);
  if (!answer.ok) return sorted(answer, s);
  return readAgain(async () => !(await membershipsOf(at(s), email)).some((m) => m.listId === list.id));
}

/** On every list: an opt-out is not one list's. What the person switched off themselves stays theirs. */
async function stopDelivery(s: Session, mine: readonly MailmanMember[]): Promise<WriteOutcome> {
  let last: WriteOutcome = noop(
    mine.length === 0 ? "on no list, so Mailman sends them nothing" : "is so already",
  );
  for (const m of mine) {
    const now = await deliveryOfMember(at(s), m.id);
    if (now === "by_moderator" || now === "by_user") continue;
    const path = `/members/${encodeURIComponent(m.id)}/preferences`;
    const answer = await s.http.send("PATCH", path, {}, { delivery_status: "by_moderator" }, s.context);
    const done = answer.ok
      ? await readAgain(async () => (await deliveryOfMember(at(s), m.id)) === "by_moderator")
      : sorted(answer, s);
    if (done.status !== "applied") return done;
    last = done;
  }
  return last;
}

/** The name belongs to the address; where that has none, Mailman shows the account's. */
async function rename(
  s: Session,
  email: string,
  mine: readonly MailmanMember[],
  name: string,
): Promise<WriteOutcome> {
  const first = mine[0];
  if (first === undefined) return failed("the person is not in Mailman");
  if (mine.every((m) => (m.displayName ?? "") === name)) return noop("has this value already");
  const body = { display_name: name };
  const paths = [`/addresses/${encodeURIComponent(email)}`];
  const { userId } = first;
  if (userId !== null && (name === "" || mine.some((m) => m.asUser)))
    paths.push(`/users/${encodeURIComponent(userId)}`);
  for (const path of paths) {
    const answer = await s.http.send("PATCH", path, {}, body, s.context);
    if (!answer.ok) return sorted(answer, s);
  }
  return readAgain(async () =>
    (await membershipsOf(at(s), email)).every((m) => (m.displayName ?? "") === name),
  );
}

/** An answer to a write only says that it was taken. */
async function readAgain(isSo: () => Promise<boolean>): Promise<WriteOutcome> {
  try {
    return (await isSo()) ? applied : accepted("Mailman said yes, but the record is unchanged");
  } catch (e) {
    if (e instanceof AuditorError)
      return accepted(`Mailman said yes, but the record could not be read again (${e.message})`);
    throw e;
  }
}

function sortedJoin(answer: Exchange & { ok: false }, s: Session): WriteOutcome {
  const why = describedAs(answer.body);
  if (answer.status === 409)
    return /pending/i.test(why)
      ? refusedForConsent("they asked to join and have not confirmed it; only they can")
      : noop("on the list already");
  if (answer.status === 400 && /banned/i.test(why))
    return refusedForConsent("this address is banned there; Plumbline lifts no ban");
  return sorted(answer, s);
}

function sorted(answer: Exchange & { ok: false }, s: Session): WriteOutcome {
  if (answer.effect === "unknown") return unknown(answer.error.message);
  if (answer.error.kind === "auth") s.refusedKey = true;
  return noEffect(answer.error);
}
