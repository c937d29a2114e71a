import type { DistributionVerdict } from "../core/distribution.ts";
import type { Check, CheckInput, Finding, Outcome } from "../core/finding.ts";
import { completeness } from "./completeness.ts";
import { eased, isLive } from "./live.ts";
import { latestComplete, PASS, skip } from "./readings.ts";
import { schemaDrift } from "./schema-drift.ts";
import { settingsOf } from "./settings.ts";
import { shiftFinding } from "./words/attribute-shift.ts";

const DEFAULTS = { minimum_people: 25, minimum_share: 0.02 };

/** People moved between the values of an attribute as they never did before. One finding per attribute. */
export const attributeShift: Check = {
  name: "attribute_shift",
  defaults: DEFAULTS,
  run(input: CheckInput): Outcome {
    const settings = settingsOf(input.config, "attribute_shift", DEFAULTS);
    if (!settings.enabled) return skip("not_configured");
    const { latest, skip: none } = latestComplete(input);
    if (latest === null) return none;
    const judged = Object.entries(input.distributions).filter(([, v]) => v.used);
    if (judged.length === 0) return skip("no_data");
    if (judged.every(([, v]) => v.learning)) return skip("learning");
    const shifted = judged.filter(([attribute, v]) =>
      isFault(v, eased(settings, isLive(input, "attribute_shift", attribute))),
    );
    if (shifted.length === 0) return PASS;
    const told = toldElsewhere(input);
    const findings: Finding[] = shifted
      .filter(([attribute]) => !told.has(attribute.toLowerCase()))
      .map(([attribute, v]) => shiftFinding(input, latest, attribute, v));
    const [first, ...more] = findings;
    return first === undefined ? skip("told_elsewhere") : { status: "fail", findings: [first, ...more] };
  },
};

const isFault = (v: DistributionVerdict, limits: typeof DEFAULTS): boolean =>
  v.flagged &&
  v.totalVariation >= limits.minimum_share &&
  v.totalVariation * v.total >= limits.minimum_people;

/** Attributes of which another check says the same: their values are missing, or the field itself is. */
function toldElsewhere(input: CheckInput): ReadonlySet<string> {
  const subjects = [completeness, schemaDrift].flatMap((check) => {
    const outcome = check.run(input);
    return outcome.status === "fail" ? outcome.findings.map((f) => f.subject ?? "") : [];
  });
  const fields = new Set(subjects.map((s) => s.toLowerCase()));
  const mapped = Object.entries(input.system.attributes)
    .filter(([, field]) => fields.has(field.toLowerCase()))
    .map(([attribute]) => attribute.toLowerCase());
  return new Set([...fields, ...mapped]);
}
