import type { Cause, CheckInput, Finding } from "../../core/finding.ts";
import type { AttributeStates } from "../../core/model.ts";
import { likelyCause, writersOf, writersOfField } from "../cause.ts";
import { alike, draftFinding } from "../draft-finding.ts";
import { earlierComplete } from "../readings.ts";
import { schemaChanges } from "../schema-baseline.ts";
import type { ShareJudgement } from "../stats/proportion.ts";
import { capital, count, countOf, people, percent } from "./format.ts";
import { sendWords } from "./send.ts";
import { moment } from "./when.ts";

const WHAT: Readonly<Record<Exclude<keyof AttributeStates, "valid">, string>> = {
  null: "empty",
  empty: "empty",
  missing: "empty",
  placeholder: "only a placeholder",
  invalid: "not valid",
};

/** "plan is empty for 10,282 people in CRM". */
export function completenessFinding(
  input: CheckInput,
  attribute: string,
  now: AttributeStates,
  judged: ShareJudgement,
  lost: number,
): Finding {
  const { valid, ...bad } = now;
  const whole = valid + Object.values(bad).reduce((a, b) => a + b, 0);
  const broken = whole - valid;
  const how = WHAT[(Object.keys(bad) as (keyof typeof bad)[]).reduce((a, b) => (bad[b] > bad[a] ? b : a))];
  const before = earlierComplete(input).at(-1);
  const usual = Math.round(judged.usual * whole);
  return draftFinding(input, "completeness", {
    subject: attribute,
    severity: "look",
    title: `${attribute} is ${how} for ${people(broken)} in ${input.system.title}`,
    moved: `${capital(countOf(valid, whole))} people of ${input.audience.title} have a valid ${attribute}${before === undefined ? "" : `, read ${moment(input.history.at(-1)?.takenAt ?? before.takenAt, input.now, input.config.timezone)}`}. Normal is about ${count(usual)}.`,
    means: `${people(lost)} lose whatever depends on ${attribute}: filters, greetings, offers; ${sendWords(input)}.`,
    cause: vanished(input, attribute) ?? lostBy(input, attribute, lost),
    todo: [
      `Check where ${attribute} comes from in ${input.system.title}: a renamed field or an import without it`,
      "Restore the values at the source; the next complete read closes this by itself",
    ],
    people: lost,
    alike: alike("", "", "", `${attribute} is ${how} in `),
    observed: valid,
    expected: { low: usual, high: whole },
    repair: input.isOwner ? null : "attribute",
    maths: {
      Valid: valid,
      Empty: now.null + now.empty,
      "Field absent": now.missing,
      Placeholder: now.placeholder,
      Invalid: now.invalid,
      "Usual share": percent(judged.usual),
      "Share now": percent(judged.share),
      "Score (1 is an alarm)": Math.round(Math.abs(judged.score) * 10) / 10,
    },
  });
}

/** A job that writes the field, a change on purpose, or whoever the vendor says changed the field of that many people. */
export function lostBy(input: CheckInput, attribute: string, lost: number): Cause {
  const seenAt = input.history.at(-1)?.takenAt ?? input.now;
  const jobs = [...new Set([...writersOfField(input, attribute), ...writersOf(input)])];
  const known = likelyCause(input, seenAt, { fewer: true, moved: true, jobs });
  if (known.certainty === "confirmed") return known;
  const before = earlierComplete(input).at(-1)?.takenAt ?? "";
  const by = input.changedBy
    .filter((c) => c.attribute === attribute && c.records >= lost / 2)
    .filter((c) => c.latestAt <= seenAt && c.latestAt >= before)
    .sort((a, b) => b.records - a.records)[0];
  if (by === undefined) return known;
  return {
    certainty: "likely",
    text: `“${by.source}” changed ${attribute} in ${count(by.records)} records, the last ${moment(by.latestAt, input.now, input.config.timezone)}`,
  };
}

/** The field itself went away in the same read: that is proof, not a guess. */
function vanished(input: CheckInput, attribute: string): Cause | null {
  const latest = input.history.at(-1);
  if (latest === undefined) return null;
  const field = input.system.attributes[attribute] ?? attribute;
  const gone = schemaChanges(input, latest, false)?.gone.find(
    (g) => g.name.toLowerCase() === field.toLowerCase(),
  );
  if (gone === undefined) return null;
  const now = gone.renamedTo === null ? "" : `; “${gone.renamedTo}” is new in the same read`;
  return {
    certainty: "confirmed",
    text: `the field “${gone.name}” is gone from ${input.system.title}${now}`,
  };
}
