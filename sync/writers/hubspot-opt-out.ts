import type { WriteOutcome } from "../../core/repair.ts";
import type { Exchange } from "../../systems/http/exchange.ts";
import { STATUSES } from "../../systems/hubspot/client.ts";
import { addressesOf, optedOut } from "../../systems/hubspot/member.ts";
import { errorsOf } from "../../systems/hubspot/wire.ts";
import { contactsOf, type Entry, readAgain, type Session, sorted } from "./hubspot-session.ts";
import { accepted, applied, failed, noop } from "./outcome.ts";

/** The only status that is ever sent. */
const OUT = "UNSUBSCRIBED";

/**
 * Opts contacts out of the configured type of mail, or of all. Both the address asked for and the one that HubSpot mails
 * are opted out; an address without a contact is left alone, since HubSpot sends it nothing.
 */
export async function optOut(s: Session, entries: readonly Entry[]): Promise<readonly WriteOutcome[]> {
  const isOut = (e: Entry) => e.contact !== null && optedOut(e.contact, s.subscriptions) === true;
  const todo = entries.filter((e) => e.contact !== null && !isOut(e));
  const sent = todo.length === 0 ? new Map<string, WriteOutcome>() : await send(s, addresses(todo));
  const after =
    todo.length === 0
      ? null
      : await readAgain(s, () =>
          contactsOf(
            s,
            todo.map((e) => e.email),
          ),
        );
  return entries.map((e): WriteOutcome => {
    if (e.contact === null) return noop("not in HubSpot, so HubSpot sends them nothing");
    if (isOut(e)) return noop("has opted out already");
    const trouble = addresses([e])
      .map((a) => sent.get(a))
      .find((o) => o !== undefined);
    if (trouble !== undefined) return trouble;
    const now = after?.get(e.email);
    if (now === undefined) return accepted("HubSpot said yes, but the contact could not be read again");
    return optedOut(now, s.subscriptions) === true
      ? applied
      : accepted("HubSpot said yes, but the contact can still be mailed");
  });
}

const addresses = (entries: readonly Entry[]): readonly string[] => [
  ...new Set(
    entries.flatMap((e) => [e.email, ...(e.contact === null ? [] : addressesOf(e.contact).slice(0, 1))]),
  ),
];

/** @returns outcomes of those addresses that went wrong */
async function send(s: Session, emails: readonly string[]): Promise<ReadonlyMap<string, WriteOutcome>> {
  const wrong = new Map<string, WriteOutcome>();
  for (let at = 0; at < emails.length; at += 100) {
    const some = emails.slice(at, at + 100);
    const answer = s.single ? null : await sendBatch(s, some);
    // the scope of batches is missing, and nothing was done
    if (answer === null || (!answer.ok && answer.error.kind === "auth")) {
      s.single = true;
      await sendEach(s, some, wrong);
    } else if (answer.ok) {
      const { failed: named, missing } = errorsOf(answer.body);
      for (const email of [...named, ...missing])
        wrong.set(email.toLowerCase(), failed("HubSpot refused this address in the batch"));
    } else for (const email of some) wrong.set(email, sorted(answer, s));
  }
  return wrong;
}

async function sendEach(
  s: Session,
  emails: readonly string[],
  wrong: Map<string, WriteOutcome>,
): Promise<void> {
  let halt: WriteOutcome | null = null;
  for (const email of emails) {
    const answer: Exchange | null = halt === null ? await sendOne(s, email) : null;
    if (answer?.ok) continue;
    const outcome: WriteOutcome = halt ?? (answer === null ? failed("not sent") : sorted(answer, s));
    wrong.set(email, outcome);
    // the rest would be refused as well, or has to wait
    if (s.refused || outcome.status === "retry") halt = outcome;
  }
}

function sendBatch(s: Session, emails: readonly string[]): Promise<Exchange> {
  const { chosen } = s.subscriptions;
  if (chosen === null)
    return s.http.send(
      "POST",
      `${STATUSES}/batch/unsubscribe-all`,
      { channel: "EMAIL", verbose: "true" },
      { inputs: emails },
      s.context,
    );
  const inputs = emails.map((subscriberIdString) => ({
    subscriberIdString,
    channel: "EMAIL",
    subscriptionId: Number(chosen.id),
    statusState: OUT,
  }));
  return s.http.send("POST", `${STATUSES}/batch/write`, {}, { inputs }, s.context);
}

/** HubSpot takes the address in the path here; there is no other way without Enterprise. */
function sendOne(s: Session, email: string): Promise<Exchange> {
  const { chosen } = s.subscriptions;
  const path = `${STATUSES}/${encodeURIComponent(email)}`;
  return chosen === null
    ? s.http.send("POST", `${path}/unsubscribe-all`, { channel: "EMAIL", verbose: "true" }, null, s.context)
    : s.http.send(
        "POST",
        path,
        {},
        { channel: "EMAIL", subscriptionId: Number(chosen.id), statusState: OUT },
        s.context,
      );
}
