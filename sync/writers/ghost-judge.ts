import type { SegmentSource } from "../../core/model.ts";
import type { OpenChange } from "../../core/ports.ts";
import type { WriteOutcome } from "../../core/repair.ts";
import { type GhostField, ghostField } from "../../systems/ghost/attribute.ts";
import { bearsConsent } from "./consent-fields.ts";
import { failed, refused, refusedForConsent } from "./outcome.ts";

/** All that this writer can do to a member. No member of it subscribes anyone, deletes anyone, or changes an address. */
export type GhostIntent =
  | { readonly kind: "label_on"; readonly label: string }
  | { readonly kind: "label_off"; readonly label: string }
  | { readonly kind: "no_newsletters" }
  | { readonly kind: "text"; readonly field: "name" | "note"; readonly value: string | null }
  | { readonly kind: "prefix"; readonly prefix: string; readonly value: string | null };

/** What a change means in Ghost, or why it is refused. Pure. */
export function judge(
  change: OpenChange,
  source: SegmentSource,
  attributes: Readonly<Record<string, string>>,
): GhostIntent | WriteOutcome {
  switch (change.op) {
    case "suppress":
      return { kind: "no_newsletters" };
    case "add":
      if ("label" in source) return { kind: "label_on", label: source.label };
      if ("newsletter" in source)
        return refusedForConsent("a newsletter in Ghost is consent: only the person can join it");
      return refused("people cannot be added to this segment of Ghost; only a label can be given");
    case "remove":
      if ("label" in source) return { kind: "label_off", label: source.label };
      if ("suppressed" in source) return refusedForConsent("nothing that Plumbline does lifts a suppression");
      if ("newsletter" in source)
        return refused(
          "leaving a newsletter is an opt-out: that is a suppress with its evidence, not a remove",
        );
      return refused("leaving this segment would mean deleting the person, which Plumbline never does");
    case "set":
      return judgeSet(change, attributes);
  }
}

export const isIntent = (j: GhostIntent | WriteOutcome): j is GhostIntent => "kind" in j;

function judgeSet(
  change: OpenChange,
  attributes: Readonly<Record<string, string>>,
): GhostIntent | WriteOutcome {
  const name = change.attribute ?? "";
  const mapped = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
  if (mapped === undefined)
    return failed(`attribute "${name}" is not mapped to a field of Ghost; add it under attributes`);
  if (
    bearsConsent(name) ||
    bearsConsent(mapped) ||
    /^(comped|tiers|status|email|subscriptions)\b/.test(mapped)
  ) {
    return refusedForConsent(
      `"${mapped}" decides whether or what a person is sent; Plumbline does not set it`,
    );
  }
  const field: GhostField = ghostField(mapped);
  if (field.kind === "path" && field.path.length === 1 && (mapped === "name" || mapped === "note")) {
    const limit = mapped === "name" ? 191 : 2000;
    if ((change.value ?? "").length > limit)
      return failed(`the value is longer than the ${limit} characters that Ghost keeps`);
    return { kind: "text", field: mapped, value: change.value };
  }
  if (field.kind === "prefix" && field.prefix !== "") {
    const value = change.value;
    if (
      value !== null &&
      (value.trim() !== value ||
        value === "" ||
        /[,\p{Cc}]/u.test(value) ||
        field.prefix.length + value.length > 191)
    ) {
      return failed(
        "the value cannot be part of a label (empty, too long, with a comma or at its edge a space)",
      );
    }
    return { kind: "prefix", prefix: field.prefix, value };
  }
  return refused(`"${mapped}" cannot be set in Ghost; name, note and label:prefix* can`);
}
