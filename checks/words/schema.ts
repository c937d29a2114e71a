import type { CheckInput, Finding } from "../../core/finding.ts";
import type { FieldType, Snapshot } from "../../core/model.ts";
import { alike, draftFinding } from "../draft-finding.ts";
import { metric } from "../readings.ts";
import type { SchemaDiff } from "../schema-diff.ts";
import { capital, count, people } from "./format.ts";
import { sendWords } from "./send.ts";
import { moment } from "./when.ts";

export function goneFinding(input: CheckInput, latest: Snapshot, gone: SchemaDiff["gone"][number]): Finding {
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
        : `The field “${gone.name}” was probably renamed to ${renamed} in ${system}`,
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
            certainty: "likely",
            text: `the field “${gone.name}” was probably renamed to ${renamed}: the one went and the other came in one read, they are named alike, and both are ${gone.type}`,
          },
    todo:
      renamed === null
        ? [`Restore “${gone.name}” in ${system}, or map another field in the configuration`]
        : [
            `Map ${renamed} in the configuration of ${system}, or rename it back`,
            "Check the filters and greetings that use it",
          ],
    people: affected,
    alike: alike(
      renamed ?? "",
      "",
      "",
      renamed === null
        ? `The field “${gone.name}” is gone from `
        : `The field “${gone.name}” was probably renamed to ${renamed} in `,
    ),
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
    alike: alike(r.to, "", "", `The field “${r.name}” is now ${r.to}, was ${r.from}, in `),
    maths: { Field: r.name, "Type before": r.from, "Type now": r.to },
  });
}

const quoted = (names: readonly string[]): string => names.map((n) => `“${n}”`).join(", ");

/** Values of an attribute that lists them: gone, new and not listed, or renamed. */
export function valuesFinding(input: CheckInput, latest: Snapshot, v: SchemaDiff["values"][number]): Finding {
  const system = input.system.title;
  const name = input.config.attributes.find((a) => a.name === v.attribute)?.title ?? v.attribute;
  const renamed = v.gone.filter((g) => g.renamedTo !== null);
  const gone = v.gone.filter((g) => g.renamedTo === null);
  const added = v.added.filter((a) => a.renamedFrom === null);
  const records = [...gone, ...v.added].reduce((sum, x) => sum + x.records, 0);
  const renames = renamed.map((g) => `“${g.name}” was probably renamed to “${g.renamedTo}”`);
  const told = [
    ...renames,
    ...gone.map((g) => `“${g.name}” is gone, which ${count(g.records)} records had`),
    ...added.map((a) => `“${a.name}” is new, in ${count(a.records)} records`),
  ];
  // the same in each list, whatever its number of records
  const change = [...renames, ...gone.map((g) => `no ${g.name}`), ...added.map((a) => `new ${a.name}`)].join(
    "; ",
  );
  return draftFinding(input, "schema_drift", {
    // no field is called so: a field's own finding has its name
    subject: `${v.attribute}: values`,
    severity: "look",
    title:
      renames[0] !== undefined
        ? `The value ${renames[0]} in ${name} in ${system}`
        : gone.length > 0
          ? `Nobody has ${quoted(gone.map((g) => g.name))} as ${name} any more in ${system}`
          : `${name} in ${system} has values that are not listed: ${quoted(added.map((a) => a.name))}`,
    moved: `${input.audience.title} in ${system}, ${name}, ${moment(latest.takenAt, input.now, input.config.timezone)}: ${told.join("; ")}. Every read before was different.`,
    means: `Filters on ${name} may let the wrong people through or leave them out; ${sendWords(input)}.`,
    cause:
      renamed.length > 0
        ? {
            certainty: "likely",
            text: `${renames.join(" and ")}: the one went and the other came in one read, they are named alike, and about as many records have them`,
          }
        : { certainty: "unclear", text: null },
    todo: [
      added.length + renamed.length > 0
        ? `Ask who changed ${name} in ${system}; if it is meant, add the value to \`values\` in the configuration`
        : `Ask who changed ${name} in ${system}`,
      `Check the filters that use ${name}`,
    ],
    people: records,
    alike: alike(change, "", "", `${name} has other values than usual in `),
    maths: {
      Attribute: v.attribute,
      "Values gone": quoted(v.gone.map((g) => g.name)) || "none",
      "Values new": quoted(v.added.map((a) => a.name)) || "none",
      Records: records,
    },
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
