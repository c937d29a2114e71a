import type { SegmentSource } from "../../core/model.ts";
import type { OpenChange } from "../../core/ports.ts";
import type { WriteOutcome } from "../../core/repair.ts";
import { fieldPath } from "../../systems/klaviyo/attribute.ts";
import { bearsConsent } from "./consent-fields.ts";
import { failed, refused, refusedForConsent } from "./outcome.ts";

/** All that this writer can do. No member of it subscribes, unsubscribes, unsuppresses, creates or deletes anyone. */
export type KlaviyoIntent =
  | { readonly kind: "add" | "remove"; readonly list: string }
  | { readonly kind: "suppress" }
  | { readonly kind: "set"; readonly field: string; readonly value: string | null };

export const isIntent = (j: KlaviyoIntent | WriteOutcome): j is KlaviyoIntent => "kind" in j;

/** What a change means in Klaviyo, or why it is refused. Pure. */
export function judge(
  change: OpenChange,
  source: SegmentSource,
  attributes: Readonly<Record<string, string>>,
): KlaviyoIntent | WriteOutcome {
  switch (change.op) {
    case "suppress":
      return { kind: "suppress" };
    case "add":
      if ("list" in source) return { kind: "add", list: source.list };
      if ("segment" in source)
        return refused("a segment is a rule in Klaviyo: nobody can be added to one; change the rule");
      if ("subscribed" in source)
        return refusedForConsent("only the person can subscribe; Plumbline has no way to do it");
      return refused("people cannot be added to this segment of Klaviyo; only a list can take them");
    case "remove":
      if ("list" in source) return { kind: "remove", list: source.list };
      if ("segment" in source)
        return refused("a segment is a rule in Klaviyo: nobody can be removed from one; change the rule");
      if ("suppressed" in source) return refusedForConsent("nothing that Plumbline does lifts a suppression");
      if ("subscribed" in source)
        return refused("unsubscribing is an opt-out: that is a suppress with its evidence, not a remove");
      return refused("leaving this segment would mean deleting the person, which Plumbline never does");
    case "set":
      return judgeSet(change, attributes);
  }
}

const SETTABLE = ["first_name", "last_name", "organization", "title", "locale"];
const PLACES = ["address1", "address2", "city", "country", "region", "zip", "timezone"];

function judgeSet(
  change: OpenChange,
  attributes: Readonly<Record<string, string>>,
): KlaviyoIntent | WriteOutcome {
  const name = change.attribute ?? "";
  const field = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
  if (field === undefined)
    return failed(`attribute "${name}" is not mapped to a field of Klaviyo; add it under attributes`);
  if (bearsConsent(name) || bearsConsent(field))
    return refusedForConsent(
      `"${field}" can decide whether a person is contacted; Plumbline does not set it`,
    );
  const [root = "", property] = fieldPath(field);
  // $consent, $source and the like steer Klaviyo itself
  if (root === "properties" && property?.startsWith("$"))
    return refusedForConsent(`"${field}" is one of Klaviyo's own properties; Plumbline does not set those`);
  const known =
    (property === undefined && SETTABLE.includes(root)) ||
    (root === "location" && PLACES.includes(property ?? "")) ||
    (root === "properties" && property !== undefined && property !== "");
  if (!known) return refused(`"${field}" cannot be set in Klaviyo; names, location.… and properties.… can`);
  return { kind: "set", field, value: change.value };
}
