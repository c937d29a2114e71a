import type { SegmentSource } from "../../core/model.ts";
import type { OpenChange } from "../../core/ports.ts";
import type { WriteOutcome } from "../../core/repair.ts";
import { mailchimpField } from "../../systems/mailchimp/attribute.ts";
import { isSegmented } from "../../systems/mailchimp/member.ts";
import { isStatic } from "../../systems/mailchimp/segment.ts";
import type { MailchimpSegment, MergeFieldInfo } from "../../systems/mailchimp/wire.ts";
import { bearsConsent } from "./consent-fields.ts";
import { failed, refused, refusedForConsent } from "./outcome.ts";

/** All that this writer can do to a member. No member of it subscribes, archives or deletes anyone, or sends mail. */
export type MailchimpIntent =
  | { readonly kind: "tag_on"; readonly segment: MailchimpSegment }
  | { readonly kind: "tag_off"; readonly segment: MailchimpSegment }
  | { readonly kind: "unsubscribe" }
  | { readonly kind: "merge"; readonly tag: string; readonly value: string | number };

export const isIntent = (j: MailchimpIntent | WriteOutcome): j is MailchimpIntent => "kind" in j;

/**
 * What a change means in Mailchimp, or why it is refused. Pure.
 *
 * @param segment what the source names, looked up; null: the audience has none
 */
export function judge(
  change: OpenChange,
  source: SegmentSource,
  segment: MailchimpSegment | null,
  attributes: Readonly<Record<string, string>>,
  merge: readonly MergeFieldInfo[],
): MailchimpIntent | WriteOutcome {
  switch (change.op) {
    case "suppress":
      return { kind: "unsubscribe" };
    case "set":
      return judgeSet(change, attributes, merge);
    case "add":
      if ("suppressed" in source)
        return refused("nobody is added to the suppressed: that is a suppress, with its evidence");
      if ("subscribed" in source)
        return refusedForConsent("being subscribed is consent: only the person can give it");
      if (isSegmented(source)) return judgeTag("tag_on", segment);
      return refused("people cannot be added to the whole audience; only a tag can be given");
    case "remove":
      if ("suppressed" in source) return refusedForConsent("nothing that Plumbline does lifts a suppression");
      if ("subscribed" in source)
        return refused(
          "leaving the subscribed is an opt-out: that is a suppress with its evidence, not a remove",
        );
      if (isSegmented(source)) return judgeTag("tag_off", segment);
      return refused("leaving the audience would mean archiving the person, which Plumbline never does");
  }
}

function judgeTag(
  kind: "tag_on" | "tag_off",
  segment: MailchimpSegment | null,
): MailchimpIntent | WriteOutcome {
  if (segment === null)
    return failed("the audience has no such tag or segment; make it in Mailchimp, or correct the segment");
  return isStatic(segment)
    ? { kind, segment }
    : refused(`segment "${segment.name}" is a rule: nobody can be added to it or removed`);
}

function judgeSet(
  change: OpenChange,
  attributes: Readonly<Record<string, string>>,
  merge: readonly MergeFieldInfo[],
): MailchimpIntent | WriteOutcome {
  const name = change.attribute ?? "";
  const mapped = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
  if (mapped === undefined)
    return failed(`attribute "${name}" is not mapped to a field of Mailchimp; add it under attributes`);
  // a group or a status is what people chose to be sent
  if (
    bearsConsent(name) ||
    bearsConsent(mapped) ||
    /^(status|interests|marketing_permissions)\b/.test(mapped)
  )
    return refusedForConsent(
      `"${mapped}" decides whether or what a person is sent; Plumbline does not set it`,
    );
  const field = mailchimpField(mapped);
  if (!("merge" in field)) return refused(`"${mapped}" cannot be set in Mailchimp; merge fields can`);
  const info = merge.find((f) => f.tag === field.merge);
  if (info === undefined) return failed(`the audience has no merge field ${field.merge}`);
  const { value } = change;
  if (value === null || value === "")
    return info.required
      ? refused(`the audience requires ${info.tag}, so it is not emptied`)
      : { kind: "merge", tag: info.tag, value: "" };
  if (info.type === "address")
    return refused("an address in Mailchimp has parts; it is not set from one value");
  if (info.type !== "number") return { kind: "merge", tag: info.tag, value };
  const number = Number(value);
  return Number.isFinite(number) && value.trim() !== ""
    ? { kind: "merge", tag: info.tag, value: number }
    : failed(`${info.tag} takes numbers only`);
}
