import type { Check, CheckInput, Finding, Outcome } from "../core/finding.ts";
import { latestComplete, PASS, skip } from "./readings.ts";
import { schemaChanges } from "./schema-baseline.ts";
import { settingsOf } from "./settings.ts";
import { goneFinding, retypedFinding, valuesFinding } from "./words/schema.ts";

/** `all_fields`: also fields that nothing in the configuration uses. `value_people`: records that make a value. */
const DEFAULTS = { all_fields: false, value_people: 20 };

/**
 * A field that the configuration uses is gone, renamed, or of another type; or a value of an attribute that lists its
 * values is gone, renamed, or new and not listed. One finding per field or attribute.
 */
export const schemaDrift: Check = {
  name: "schema_drift",
  defaults: DEFAULTS,
  run(input: CheckInput): Outcome {
    const settings = settingsOf(input.config, "schema_drift", DEFAULTS);
    if (!settings.enabled) return skip("not_configured");
    const { latest, skip: none } = latestComplete(input);
    if (latest === null) return none;
    if (Object.keys(latest.fields).length === 0) return skip("no_data");
    const changes = schemaChanges(input, latest, settings.all_fields, settings.value_people);
    if (changes === null) return skip("learning");
    const findings: Finding[] = [
      ...changes.gone.map((g) => goneFinding(input, latest, g)),
      ...changes.retyped.map((r) => retypedFinding(input, latest, r)),
      ...changes.values.map((v) => valuesFinding(input, latest, v)),
    ];
    const [first, ...more] = findings;
    return first === undefined ? PASS : { status: "fail", findings: [first, ...more] };
  },
};
