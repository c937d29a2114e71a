import type { CheckInput } from "../core/finding.ts";
import type { Snapshot } from "../core/model.ts";
import { fieldChanges } from "./field-changes.ts";
import { training } from "./readings.ts";
import type { SchemaDiff } from "./schema-diff.ts";
import { usualOnes } from "./stats/usual-ones.ts";

/** Fields that Plumbline reads under these names without being told to. */
const OWN_FIELDS = ["email", "phone", "customer_id", "consent", "consent_at", "mailable", "updated_at"];
const LOOK_BACK = 60;
/** Fewer readings do not tell a field from one that comes now and then. */
const ENOUGH_READINGS = 3;

/** Fewer records with a value may come and go by chance. */
const VALUE_PEOPLE = 20;

/**
 * How the latest reading's schema differs from what was usual: only fields that matter, and values only where one is
 * gone or came that the configuration does not list. null while there is too little history.
 */
export function schemaChanges(
  input: CheckInput,
  latest: Snapshot,
  allFields: boolean,
  people: number = VALUE_PEOPLE,
): SchemaDiff | null {
  const used = usedFields(input);
  const relevant = (c: SchemaDiff): SchemaDiff => ({
    added: c.added,
    values: c.values.flatMap((v) => {
      const added = v.added.filter((a) => a.renamedFrom !== null || !listed(input, v.attribute, a.name));
      return v.gone.length + added.length === 0 ? [] : [{ ...v, added }];
    }),
    gone: c.gone.filter((g) => allFields || used.has(g.name.toLowerCase())),
    retyped: c.retyped.filter((r) => allFields || used.has(r.name.toLowerCase())),
  });
  const past = training(input)
    .filter((s) => Object.keys(s.fields).length > 0)
    .slice(-LOOK_BACK);
  if (past.length < ENOUGH_READINGS) return null;
  const usual = usualOnes(past, (before, s) => {
    if (before.length < ENOUGH_READINGS) return false;
    const changes = relevant(fieldChanges(s, before, people));
    return changes.gone.length + changes.retyped.length + changes.values.length > 0;
  });
  return relevant(fieldChanges(latest, usual, people));
}

const listed = (input: CheckInput, attribute: string, value: string): boolean =>
  input.config.attributes.find((a) => a.name === attribute)?.values?.includes(value) === true;

function usedFields(input: CheckInput): ReadonlySet<string> {
  const { system, config, audience } = input;
  const names = [
    ...OWN_FIELDS,
    ...Object.values(system.attributes),
    ...audience.requiredAttributes,
    ...config.attributes.map((a) => a.name),
  ];
  if (system.kind === "files") names.push(...Object.values(system.columns));
  return new Set(names.map((n) => n.toLowerCase()));
}
