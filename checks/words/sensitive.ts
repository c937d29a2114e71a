import type { AttributeRule } from "../../core/config.ts";
import type { CheckInput, Finding } from "../../core/finding.ts";
import { UNCLEAR, writersOfField } from "../cause.ts";
import { draftFinding } from "../draft-finding.ts";
import type { Held } from "../sensitive-attribute.ts";
import { urgentIf } from "../severity.ts";
import { capital, countOf } from "./format.ts";
import { titleOf } from "./send.ts";

export function sensitiveFinding(input: CheckInput, rule: AttributeRule, held: Held): Finding {
  const { system } = input;
  const writers = writersOfField(input, rule.name).filter((w) => w.enabled);
  const who =
    held.people === null || held.of === null
      ? `The field “${held.field}” has values; for how many people is not counted`
      : `${countOf(held.people, held.of)} people have a value in the field “${held.field}”`;
  return draftFinding(input, "sensitive_attribute", {
    audience: null,
    subject: rule.name,
    severity: urgentIf(held.mapped),
    title: `${rule.title} is in ${system.title}, where it is not allowed`,
    moved: `${who} of ${system.title}. Normal is none: ${allowed(input, rule)}.`,
    means: held.mapped
      ? `${capital(system.title)} and whoever can look into it can see what it must not hold.`
      : `The field is named like it and may hold the same; nothing maps it.`,
    cause:
      writers.length === 0
        ? UNCLEAR
        : { certainty: "likely", text: `the sync “${writers[0]?.name}” writes it there` },
    todo: [
      ...(writers.length === 0
        ? [`Find out what writes “${held.field}” into ${system.title}`]
        : [`Take it out of the sync “${writers[0]?.name}”`]),
      `Have the values deleted in ${system.title}`,
      held.mapped
        ? "If it may be there after all, say so in the configuration"
        : "If it is something else, give the field another name",
    ],
    people: held.people,
    observed: held.people,
    expected: { low: 0, high: 0 },
    maths: {
      Field: held.field,
      "People with a value": held.people,
      "People read": held.of,
      "Region of the system": system.region ?? null,
    },
  });
}

function allowed(input: CheckInput, rule: AttributeRule): string {
  const systems = rule.allowedIn?.map((id) => titleOf(input, id)).join(", ");
  const regions = rule.regions?.join(", ");
  const parts = [
    ...(systems === undefined ? [] : [systems === "" ? "in no system" : `in ${systems}`]),
    ...(regions === undefined ? [] : [`in systems of ${regions}`]),
  ];
  return `it is allowed only ${parts.join(" and ")}`.replace("only in no system", "in no system");
}
