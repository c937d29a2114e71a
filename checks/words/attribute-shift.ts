import type { DistributionVerdict, MovedCategory } from "../../core/distribution.ts";
import type { Cause, CheckInput, Finding } from "../../core/finding.ts";
import type { Snapshot } from "../../core/model.ts";
import { alike, draftFinding } from "../draft-finding.ts";
import { lostBy } from "./attributes.ts";
import { capital, count, countOf, people, percent, roundRange } from "./format.ts";
import { sendWords } from "./send.ts";
import { moment } from "./when.ts";

/** How the snapshot writes "no value" and "values that few people have". */
const NO_VALUE = "";
const OTHER = "other";
/** A new value took the place of one that is gone when about as many people have it. */
const SAME_PEOPLE = 0.25;
/** Others that moved are named when they account for this much of what moved. */
const WORTH_NAMING = 0.25;

/** "Country in Klaviyo: 4,120 people are now “unknown”, normal is 80 to 130". */
export function shiftFinding(
  input: CheckInput,
  latest: Snapshot,
  attribute: string,
  v: DistributionVerdict,
): Finding {
  const system = input.system.title;
  const name = input.config.attributes.find((a) => a.name === attribute)?.title ?? capital(attribute);
  const affected = Math.round(v.totalVariation * v.total);
  const read = moment(latest.takenAt, input.now, input.config.timezone);
  const renamed = renaming(v);
  const main = renamed?.to ?? mainOf(v);
  const usual = usualOf(main, v);
  return draftFinding(input, "attribute_shift", {
    subject: attribute,
    severity: "look",
    title:
      renamed === null
        ? `${name} in ${system}: ${have(main, { now: "now " })}, normal is ${rangeOf(usual)}`
        : `${name} in ${system}: “${renamed.from.category}” is now “${renamed.to.category}”, likely`,
    moved:
      renamed === null
        ? `In ${input.audience.title} ${have(main, { words: countOf(main.count, v.total) })}, read ${read}; normal is ${rangeOf(usual)}.${alsoMoved(v, main)}${pace(v)}`
        : `In ${input.audience.title} nobody is “${renamed.from.category}” any more, read ${read}; normal is ${rangeOf(usualOf(renamed.from, v))}. ${capital(have(main))}, which was never seen before.${pace(v)}`,
    means:
      renamed === null
        ? `${capital(people(affected))} have another ${attribute} than usual: filters, branches and offers that use it reach other people; ${sendWords(input)}.`
        : `Filters and branches that look for “${renamed.from.category}” find nobody; ${sendWords(input)}.`,
    cause: causeOf(input, attribute, affected, renamed),
    todo:
      renamed === null
        ? [
            `Check what wrote ${attribute} in ${system} since the read before: an import, a form, a mapping`,
            `Restore the values at the source if they are wrong; if they are right, nothing is to be done: after a week this is the new normal`,
          ]
        : [
            `Name it “${renamed.from.category}” again, or change the filters, branches and configuration that use it`,
          ],
    people: affected,
    alike:
      renamed === null
        ? alike(
            `${main.category} ${main.share > main.expected ? "up" : "down"}`,
            "",
            "",
            `${name} is not as usual in `,
          )
        : alike(
            `${renamed.from.category} to ${renamed.to.category}`,
            "",
            "",
            `In ${name} “${renamed.from.category}” is now “${renamed.to.category}”, likely, in `,
          ),
    observed: main.count,
    expected: usual,
    repair: input.isOwner ? null : "attribute",
    maths: {
      "People counted": v.total,
      "Total variation": percent(v.totalVariation),
      "Surprise (−log₁₀ p)": Math.round(v.score * 10) / 10,
      "Chi-square": Math.round(v.maths.chiSquare * 10) / 10,
      "Degrees of freedom": v.maths.degrees,
      "Spread against pure chance": Math.round(v.maths.spread * v.total * 100) / 100,
      "Readings learned from": v.maths.points,
      "New values": v.newCategories.join(", ") || null,
      "Vanished values": v.vanishedCategories.join(", ") || null,
    },
  });
}

type Renaming = { readonly from: MovedCategory; readonly to: MovedCategory };

/** One value gone, one new, and about as many people. */
function renaming(v: DistributionVerdict): Renaming | null {
  const [gone, second] = v.vanishedCategories;
  const from = v.moved.find((m) => m.category === gone);
  const added = v.newCategories.filter((c) => c !== NO_VALUE);
  const to = v.moved.find((m) => m.category === added[0]);
  if (from === undefined || to === undefined || second !== undefined || added.length > 1) return null;
  if (from.category === NO_VALUE) return null;
  return Math.abs(to.share - from.expected) <= SAME_PEOPLE * from.expected ? { from, to } : null;
}

/** The value that gained most is what people look for; without any, the one that lost most. */
function mainOf(v: DistributionVerdict): MovedCategory {
  const gained = v.moved.find((m) => m.share > m.expected && m.category !== OTHER);
  const first = v.moved[0];
  if (first === undefined) throw new RangeError("a flagged distribution has values");
  return gained !== undefined && gained.share - gained.expected >= v.totalVariation / 2 ? gained : first;
}

/** "4,120 people are now “unknown”", "4,120 of 48,316 (8.5 %) people have no value". */
function have(m: MovedCategory, o: { words?: string; now?: string } = {}): string {
  const { words = count(m.count), now = "" } = o;
  const who = m.count === 1 ? "person" : "people";
  if (m.category === NO_VALUE) return `${words} ${who} ${now}${m.count === 1 ? "has" : "have"} no value`;
  if (m.category === OTHER) return `${words} ${who} ${now}${m.count === 1 ? "has" : "have"} a rare value`;
  return `${words} ${who} ${m.count === 1 ? "is" : "are"} ${now}“${m.category}”`;
}

const usualOf = (m: MovedCategory, v: DistributionVerdict): { low: number; high: number } =>
  roundRange(m.low * v.total, m.high * v.total);

const rangeOf = ({ low, high }: { low: number; high: number }): string =>
  low === high ? count(low) : `${count(low)} to ${count(high)}`;

function alsoMoved(v: DistributionVerdict, main: MovedCategory): string {
  const others = v.moved
    .filter((m) => m !== main && Math.abs(m.share - m.expected) >= WORTH_NAMING * 2 * v.totalVariation)
    .slice(0, 2);
  return others.map((m) => ` ${have(m)}, normal is ${rangeOf(usualOf(m, v))}.`).join("");
}

function pace(v: DistributionVerdict): string {
  if (v.newNormal) return " It has stayed so for a week: from now on this counts as normal.";
  return v.gradual ? " It moved bit by bit over several readings." : "";
}

function causeOf(input: CheckInput, attribute: string, moved: number, renamed: Renaming | null): Cause {
  const known = lostBy(input, attribute, moved);
  if (renamed === null || known.certainty === "confirmed") return known;
  return {
    certainty: "likely",
    text: `the value “${renamed.from.category}” was renamed to “${renamed.to.category}”`,
  };
}
