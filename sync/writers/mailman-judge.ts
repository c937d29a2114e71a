import type { SegmentSource } from "../../core/model.ts";
import type { OpenChange } from "../../core/ports.ts";
import type { WriteOutcome } from "../../core/repair.ts";
import { bearsConsent } from "./consent-fields.ts";
import { failed, refused, refusedForConsent } from "./outcome.ts";

/**
 * All that this writer can do. `join` makes a membership whose delivery is off; nothing here switches delivery on, lifts
 * a ban, or confirms anything in somebody's name.
 */
export type MailmanIntent =
  | { readonly kind: "join"; readonly list: string }
  | { readonly kind: "leave"; readonly list: string }
  | { readonly kind: "stop_delivery" }
  | { readonly kind: "name"; readonly value: string | null };

/** What a change means in Mailman, or why it is refused. Pure. */
export function judge(
  change: OpenChange,
  source: SegmentSource,
  attributes: Readonly<Record<string, string>>,
): MailmanIntent | WriteOutcome {
  switch (change.op) {
    case "suppress":
      return { kind: "stop_delivery" };
    case "add":
      return "list" in source
        ? { kind: "join", list: source.list }
        : refused("people can be added to a list only");
    case "remove":
      if ("list" in source) return { kind: "leave", list: source.list };
      if ("suppressed" in source) return refusedForConsent("nothing that Plumbline does lifts a suppression");
      return refused("leaving this segment would mean leaving every list; name the list");
    case "set": {
      const name = change.attribute ?? "";
      const field = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
      if (field === undefined)
        return failed(`attribute "${name}" is not mapped to a field of Mailman; add it under attributes`);
      if (bearsConsent(name) || /^(delivery|moderation|role|preferences)/.test(field))
        return refusedForConsent(
          `"${field}" decides whether or what a person is sent; Plumbline does not set it`,
        );
      if (field !== "display_name") return refused(`"${field}" cannot be set in Mailman; display_name can`);
      return { kind: "name", value: change.value };
    }
  }
}

export const isIntent = (j: MailmanIntent | WriteOutcome): j is MailmanIntent => "kind" in j;
