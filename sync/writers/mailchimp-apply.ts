import type { MailchimpSystem } from "../../core/config.ts";
import { AuditorError, isKind } from "../../core/errors.ts";
import type { SegmentSource } from "../../core/model.ts";
import type { Context, OpenChange } from "../../core/ports.ts";
import type { WriteOutcome } from "../../core/repair.ts";
import type { Exchange } from "../../systems/http/exchange.ts";
import type { WriteClient } from "../../systems/http/write-client.ts";
import { paths } from "../../systems/mailchimp/client.ts";
import { hashOf } from "../../systems/mailchimp/member.ts";
import { isObject, type MailchimpSegment, type MergeFieldInfo } from "../../systems/mailchimp/wire.ts";
import { isIntent, judge, type MailchimpIntent } from "./mailchimp-judge.ts";
import { emailOf, isDone, type Person, personOf } from "./mailchimp-person.ts";
import { accepted, applied, failed, noEffect, noop, notSent, refusedForConsent, unknown } from "./outcome.ts";

/** One batch, with what was looked up for it. */
export type Session = {
  readonly config: MailchimpSystem;
  readonly http: WriteClient;
  readonly context: Context;
  readonly source: SegmentSource;
  readonly segment: MailchimpSegment | null;
  readonly merge: readonly MergeFieldInfo[];
  refusedKey?: boolean;
};

/** Read, judge, write, read again: one change, one outcome. Throws nothing that Mailchimp can cause. */
export async function applyOne(s: Session, change: OpenChange): Promise<WriteOutcome> {
  const intent = judge(change, s.source, s.segment, s.config.attributes, s.merge);
  if (!isIntent(intent)) return intent;
  const email = emailOf(change.identifiers);
  if (email === null)
    return failed("the person has no usable e-mail address, and Mailchimp knows people by nothing else");
  let person: Person | null;
  try {
    // read right before the write: Mailchimp has no If-Match, so this is as small as the gap gets
    person = await personOf(s.http, s.config, email, s.context);
  } catch (e) {
    return unread(e, s);
  }
  if (person === null) {
    if (intent.kind === "tag_on") return create(s, intent, email);
    if (intent.kind === "unsubscribe") return noop("not in Mailchimp, so Mailchimp sends them nothing");
    return intent.kind === "tag_off" ? noop("not in Mailchimp") : failed("the person is not in Mailchimp");
  }
  if (isDone(person, intent)) return noop("is so already");
  if (person.member.status === "archived")
    return refusedForConsent("the contact is archived, which hides whether they had opted out");
  return finish(s, intent, email, await write(s, intent, hashOf(email)));
}

/** A read before the write that failed: nothing was sent. */
function unread(e: unknown, s: Session): WriteOutcome {
  const outcome = notSent(e);
  s.refusedKey = isKind(e, "auth");
  return outcome;
}

function write(s: Session, intent: MailchimpIntent, hash: string): Promise<Exchange> {
  const at = paths(s.config.list);
  switch (intent.kind) {
    case "tag_on":
    case "tag_off": {
      const status = intent.kind === "tag_on" ? "active" : "inactive";
      // is_syncing: what starts by this tag in Mailchimp does not start
      const body = { tags: [{ name: intent.segment.name, status }], is_syncing: true };
      return s.http.send("POST", at.tags(hash), {}, body, s.context);
    }
    case "unsubscribe":
      return s.http.send("PATCH", at.member(hash), {}, { status: "unsubscribed" }, s.context);
    case "merge":
      // one field only, so that another one, required and empty, does not refuse the whole member
      return s.http.send(
        "PATCH",
        at.member(hash),
        { skip_merge_validation: "true" },
        { merge_fields: { [intent.tag]: intent.value } },
        s.context,
      );
  }
}

/**
 * A record for somebody whom Mailchimp does not have: `transactional`, which neither subscribes them nor stands in the
 * way of a later opt-in. PUT with `status_if_new` alone: who came meanwhile keeps the status that they have.
 */
async function create(s: Session, intent: MailchimpIntent, email: string): Promise<WriteOutcome> {
  const hash = hashOf(email);
  const body = { email_address: email, status_if_new: "transactional" };
  const path = paths(s.config.list).member(hash);
  const made = await s.http.send("PUT", path, { skip_merge_validation: "true" }, body, s.context);
  if (!made.ok) return sorted(made, s);
  const answer = await write(s, intent, hash);
  // the record is there now, so "had no effect" would not be true
  if (!answer.ok) return unknown(`the record was made, but the tag was not given (${answer.error.message})`);
  return finish(s, intent, email, answer);
}

/** Reads the member once more: an answer to a write only echoes what was sent. */
async function finish(
  s: Session,
  intent: MailchimpIntent,
  email: string,
  answer: Exchange,
): Promise<WriteOutcome> {
  if (!answer.ok) return sorted(answer, s);
  try {
    const after = await personOf(s.http, s.config, email, s.context);
    return after !== null && isDone(after, intent)
      ? applied
      : accepted("Mailchimp said yes, but the record is unchanged");
  } catch (e) {
    if (e instanceof AuditorError)
      return accepted(`Mailchimp said yes, but the record could not be read again (${e.message})`);
    throw e;
  }
}

/** States of a person that only the person can end; Mailchimp's titles of problems. */
const ONLY_THEMSELVES = ["Member In Compliance State", "Forgotten Email Not Subscribed"];

function sorted(answer: Exchange & { readonly ok: false }, s: Session): WriteOutcome {
  const title = isObject(answer.body) ? answer.body.title : null;
  if (ONLY_THEMSELVES.some((t) => t === title))
    return refusedForConsent(`Mailchimp refuses: ${String(title)}; only the person can come back`);
  if (answer.effect === "unknown") return unknown(answer.error.message);
  if (answer.error.kind === "auth") s.refusedKey = true;
  return noEffect(answer.error);
}
