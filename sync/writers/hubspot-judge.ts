import type { SegmentSource } from "../../core/model.ts";
import type { OpenChange } from "../../core/ports.ts";
import type { WriteOutcome } from "../../core/repair.ts";
import { bearsConsent } from "./consent-fields.ts";
import { failed, refused, refusedForConsent } from "./outcome.ts";

/** All that this writer can do to a contact. No member of it subscribes, creates, archives or renames anyone. */
export type HubspotIntent =
  | { readonly kind: "list"; readonly list: string; readonly on: boolean }
  | { readonly kind: "opt_out" }
  | { readonly kind: "property"; readonly property: string; readonly value: string };

/** What a change means in HubSpot, or why it is refused. Pure. */
export function judge(
  change: OpenChange,
  source: SegmentSource,
  attributes: Readonly<Record<string, string>>,
): HubspotIntent | WriteOutcome {
  switch (change.op) {
    case "suppress":
      return { kind: "opt_out" };
    case "add":
      if ("list" in source) return { kind: "list", list: source.list, on: true };
      if ("subscribed" in source)
        return refusedForConsent("being subscribed is consent: only the person can give it");
      return refused("people cannot be added to this segment of HubSpot; only to a list");
    case "remove":
      if ("list" in source) return { kind: "list", list: source.list, on: false };
      if ("suppressed" in source) return refusedForConsent("nothing that Plumbline does lifts an opt-out");
      if ("subscribed" in source)
        return refused(
          "leaving a subscription is an opt-out: that is a suppress with its evidence, not a remove",
        );
      return refused("leaving this segment would mean deleting the contact, which Plumbline never does");
    case "set":
      return judgeSet(change, attributes);
  }
}

export const isIntent = (j: HubspotIntent | WriteOutcome): j is HubspotIntent => "kind" in j;

/** Besides what its name says: whether a contact counts as marketing, its legal basis, its address, all that HubSpot keeps about its mail. */
const DECIDES = /marketable|legal[_ ]?basis|^hs_email|^email$|^hs_additional_emails$|^hs_object_id$/i;

function judgeSet(
  change: OpenChange,
  attributes: Readonly<Record<string, string>>,
): HubspotIntent | WriteOutcome {
  const name = change.attribute ?? "";
  const property = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
  if (property === undefined)
    return failed(`attribute "${name}" is not mapped to a property of HubSpot; add it under attributes`);
  if ([name, property].some((n) => bearsConsent(n) || DECIDES.test(n)))
    return refusedForConsent(
      `"${property}" decides whether or where a person is sent mail; Plumbline does not set it`,
    );
  return { kind: "property", property, value: change.value ?? "" };
}
