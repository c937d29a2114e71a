import type { AttributeRule, SystemConfig } from "../core/config.ts";
import type { Check, CheckInput, Finding, Outcome } from "../core/finding.ts";
import type { Snapshot } from "../core/model.ts";
import { latestComplete, PASS, skip } from "./readings.ts";
import { settingsOf } from "./settings.ts";
import { sensitiveFinding } from "./words/sensitive.ts";

const DEFAULTS = { minimum_people: 1 };

/**
 * An attribute has values in a system, or in a system of a region, where it is not allowed. Each segment is judged with
 * its own reading and that of the whole system; what they find is one finding about the system.
 */
export const sensitiveAttribute: Check = {
  name: "sensitive_attribute",
  defaults: DEFAULTS,
  run(input: CheckInput): Outcome {
    const settings = settingsOf(input.config, "sensitive_attribute", DEFAULTS);
    const rules = input.config.attributes.filter((r) => r.allowedIn !== undefined || r.regions !== undefined);
    if (!settings.enabled || rules.length === 0) return skip("not_configured");
    const { latest, skip: none } = latestComplete(input);
    if (latest === null) return none;
    const base = input.baseHistory.at(-1);
    const readings = base?.runId === input.runId && base.coverage === "complete" ? [base, latest] : [latest];
    const findings: Finding[] = [];
    let open: Outcome | null = null;
    for (const rule of rules) {
      const allowed = isAllowed(rule, input.system);
      if (allowed === true) continue;
      if (allowed === null) {
        open ??= skip("not_configured");
        continue;
      }
      const held = heldIn(input, rule, readings);
      if (held === null) open ??= skip("not_collected");
      else if (held !== "nothing" && (held.people === null || held.people >= settings.minimum_people))
        findings.push(sensitiveFinding(input, rule, held));
    }
    const [one, ...more] = findings;
    return one === undefined ? (open ?? PASS) : { status: "fail", findings: [one, ...more] };
  },
};

/** null: bound to regions, and where this system's data lies is not told. */
function isAllowed(rule: AttributeRule, system: SystemConfig): boolean | null {
  if (rule.allowedIn?.includes(system.id) === false) return false;
  if (rule.regions === undefined) return true;
  return system.region === undefined ? null : rule.regions.includes(system.region);
}

export type Held = {
  /** Name of the field in this system. */
  readonly field: string;
  /** People with a value; null: there are values, how many is not counted. */
  readonly people: number | null;
  readonly of: number | null;
  /** The field is the one that is mapped to the attribute; else it only has its name. */
  readonly mapped: boolean;
};

/** What the readings show of an attribute; null: they do not show the system's fields. */
function heldIn(
  input: CheckInput,
  rule: AttributeRule,
  readings: readonly Snapshot[],
): Held | "nothing" | null {
  const mapped = input.system.attributes[rule.name];
  let told = false;
  for (const reading of readings) {
    const states = reading.attributes[rule.name];
    if (mapped !== undefined && states !== undefined) {
      const people = states.valid + states.placeholder + states.invalid;
      const of = people + states.null + states.empty + states.missing;
      told = true;
      if (people > 0) return { field: mapped, people, of, mapped: true };
      continue;
    }
    const fields = Object.entries(reading.fields);
    if (fields.length > 0) told = true;
    const names = mapped === undefined ? namesOf(input, rule) : null;
    for (const [field, type] of fields) {
      if (type === "empty") continue;
      if (names === null ? field === mapped : names.has(plain(field)))
        return { field, people: null, of: null, mapped: mapped !== undefined };
    }
  }
  return told ? "nothing" : null;
}

/** What the attribute is called anywhere, so that an unmapped field of that name is seen. */
function namesOf(input: CheckInput, rule: AttributeRule): ReadonlySet<string> {
  const elsewhere = input.config.systems.flatMap((s) => s.attributes[rule.name] ?? []);
  return new Set([rule.name, ...elsewhere].map(plain));
}

/** "properties.First Name" and "first_name" are one name. */
const plain = (field: string): string =>
  (field.split(".").at(-1) ?? field).toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
