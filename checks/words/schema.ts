import type { CheckInput, Finding } from "../../core/finding.ts";
import type { FieldType, Snapshot } from "../../core/model.ts";
import { draftFinding } from "../draft-finding.ts";
import type { GoneField } from "../field-changes.ts";
import { metric } from "../readings.ts";
import { capital, people } from "./format.ts";
import { sendWords } from "./send.ts";
import { moment } from "./when.ts";

export function goneFinding(input: CheckInput, latest: Snapshot, gone: GoneField): Finding {
  const system = input.system.title;
  const attribute = attributeOf(input, gone.name);
  const states = attribute === null ? undefined : latest.attributes[attribute];
  const affected =
    states === undefined ? metric(latest, "size") : states.null + states.empty + states.missing;
  const renamed = gone.renamedTo === null ? null : `“${gone.renamedTo}”`;
  // The field vanished and its values with it, in one read: every row proves it.
  const emptied = states !== undefined && states.valid === 0;
  return draftFinding(input, "schema_drift", {
    subject: gone.name,
    severity: "look",
    title:
      renamed === null
        ? `The field “${gone.name}” is gone from ${system}`
        : `The field “${gone.name}” is now ${renamed} in ${system}, likely`,
    moved: `${input.audience.title} in ${system} came without “${gone.name}” ${moment(latest.takenAt, input.now, input.config.timezone)}; every read before had it.${renamed === null ? "" : ` ${renamed} is new in the same read.`}`,
    means:
      affected === null
        ? `Whatever depends on “${gone.name}” no longer works; ${sendWords(input)}.`
        : `${capital(people(affected))} have no ${attribute ?? gone.name} there; ${sendWords(input)}.`,
    cause:
      renamed === null
        ? {
            certainty: emptied ? "confirmed" : "unclear",
            text: emptied ? `the field “${gone.name}” was removed` : null,
          }
        : {
            certainty: emptied ? "confirmed" : "likely",
            text: `the field “${gone.name}” was renamed to ${renamed}`,
          },
    todo:
      renamed === null
        ? [`Restore “${gone.name}” in ${system}, or map another field in the configuration`]
        : [
            `Map ${renamed} in the configuration of ${system}, or rename it back`,
            "Check the filters and greetings that use it",
          ],
    people: affected,
    observed: 0,
    expected: null,
    maths: { Field: gone.name, "Type before": gone.type, "New field": gone.renamedTo },
  });
}

export function retypedFinding(
  input: CheckInput,
  latest: Snapshot,
  r: { name: string; from: FieldType; to: FieldType },
): Finding {
  const system = input.system.title;
  return draftFinding(input, "schema_drift", {
    subject: r.name,
    severity: "look",
    title: `The field “${r.name}” in ${system} is now ${r.to}, was ${r.from}`,
    moved: `${input.audience.title} in ${system}: “${r.name}” was ${r.from} in every read before and is ${r.to} ${moment(latest.takenAt, input.now, input.config.timezone)}.`,
    means: `Filters that compare “${r.name}” may let the wrong people through; ${sendWords(input)}.`,
    cause: { certainty: "confirmed", text: `the type of “${r.name}” changed from ${r.from} to ${r.to}` },
    todo: [`Check who changed “${r.name}” in ${system} and whether its values still mean the same`],
    people: null,
    maths: { Field: r.name, "Type before": r.from, "Type now": r.to },
  });
}

/** The canonical name of a system's field. */
function attributeOf(input: CheckInput, field: string): string | null {
  const mapped = Object.entries(input.system.attributes).find(
    ([, f]) => f.toLowerCase() === field.toLowerCase(),
  );
  if (mapped !== undefined) return mapped[0];
  return input.audience.requiredAttributes.find((a) => a.toLowerCase() === field.toLowerCase()) ?? null;
}
