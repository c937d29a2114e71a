import type { CheckInput, Finding } from "../../core/finding.ts";
import { draftFinding } from "../draft-finding.ts";

/** One finding about the system, whichever of its copies it was seen with. */
export function unmappedScopeFinding(input: CheckInput, kind: "list" | "topic"): Finding {
  const { system } = input;
  return draftFinding(input, "unmapped_scope", {
    audience: null,
    severity: "look",
    title: `What an opt-out in ${system.title} covers is not mapped`,
    moved: `${system.title} keeps consent per ${kind}, and none of them is mapped to a scope. Normal is: every system that does is mapped.`,
    means: `Opt-outs of ${system.title} reach no other system, and no repair suppresses anyone in ${system.title}: one ${kind} must not stand for all mail.`,
    cause: {
      certainty: "confirmed",
      text: `“consent_scopes” of the configuration does not name ${system.title}`,
    },
    todo: [
      `Add ${system.title} to “consent_scopes: map”, as a whole or ${kind} by ${kind}`,
      "Read again, then draft the repairs that left people out for this reason",
    ],
    people: null,
  });
}
