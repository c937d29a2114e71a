import type { Attribution, ChangePart, Telling } from "../../core/attribution.ts";
import { CHANGE_PARTS } from "../../core/attribution.ts";
import type { CheckInput } from "../../core/finding.ts";
import { count, countOf, percent } from "./format.ts";
import { titleOf } from "./send.ts";
import { moment } from "./when.ts";

export type Way = "came" | "left";

/** "who left" or "who came". */
const who = (way: Way): string => `of those who ${way}`;

const shareOf = (n: number, of: number): string =>
  of < 100 ? `${count(n)} of ${count(of)}` : percent(n / of);

/**
 * "91 % of those who left have “email_opt_in” empty since Tue 06:04 CET"; when most had it so before, who stayed is
 * named for comparison instead.
 */
export function tellingWords(input: CheckInput, a: Attribution, t: Telling, way: Way): string {
  const people = `${shareOf(t.people, t.of)} ${who(way)} ${stateWords(input, t)}`;
  if (2 * t.changed >= t.people) return `${people} ${since(input, a, t)}`;
  return t.ofOthers === 0 ? people : `${people}; of those who did not move, ${shareOf(t.others, t.ofOthers)}`;
}

function stateWords(input: CheckInput, t: Telling): string {
  const name = `“${input.config.attributes.find((a) => a.name === t.attribute)?.title ?? t.attribute}”`;
  if (t.attribute === "consent" && t.state === "value") return `are ${t.value ?? ""} there`;
  if (t.attribute === "mailable" && t.state === "value")
    return t.value === "yes" ? "can be mailed there" : "cannot be mailed there";
  if (t.attribute === "bounced" && t.state === "value")
    return t.value === "yes" ? "have bounced" : "have no bounce";
  switch (t.state) {
    case "empty":
      return `have ${name} empty`;
    case "value":
      return `have “${t.value ?? ""}” as ${name}`;
    case "changed":
      return `have another ${name} than before`;
  }
}

/** Who changed the field and when, if the system's own record says so; else the reading before. */
function since(input: CheckInput, a: Attribution, t: Telling): string {
  const { now, config } = input;
  const writer = input.changedBy
    .filter((c) => c.attribute === t.attribute && c.latestAt > a.from && c.latestAt <= a.to)
    .sort((x, y) => y.records - x.records)[0];
  return writer === undefined
    ? `since ${moment(a.from, now, config.timezone)}`
    : `since ${moment(writer.latestAt, now, config.timezone)}, changed by “${writer.source}”`;
}

const ADDRESS = { email: "email address", phone: "phone number", customer_id: "customer id" } as const;

/** N of M people, and what became of them. */
export function becameWords(
  input: CheckInput,
  what: "identity" | "records" | "owner",
  n: number,
  of: number,
  way: Way,
): string {
  const people = `${countOf(n, of)} ${who(way)}`;
  const there = input.system.title;
  switch (what) {
    case "identity":
      return way === "left"
        ? `${people} are still in ${there} under another ${ADDRESS[input.audience.identity]} or without a usable one`
        : `${people} were in ${there} before under another ${ADDRESS[input.audience.identity]} or without a usable one`;
    case "records":
      return way === "left"
        ? `${people} have no record in ${there} any more`
        : `${people} are new in ${there}`;
    case "owner":
      return way === "left"
        ? `${people} do not belong there by ${titleOf(input, input.audience.owner)} either`
        : `${people} belong there by ${titleOf(input, input.audience.owner)}`;
  }
}

export function oddWords(input: CheckInput, a: Attribution): string {
  return a.odd === "older"
    ? `one of the two reads of ${input.system.title} showed an older copy than the read before it`
    : `the read brought fewer records than ${input.system.title} itself declares`;
}

export function ruleWords(input: CheckInput, a: Attribution, way: Way, of: number): string | null {
  if (a.rule === null) return null;
  const alike = `${countOf(a.parts.rule[way], of)} ${who(way)} did not change otherwise`;
  return `${a.rule.text} at ${moment(a.rule.at, input.now, input.config.timezone)}; ${alike}`;
}

const PART_NAMES: Readonly<Record<ChangePart, string>> = {
  rule: "Moved by a changed rule",
  data: "Moved by changed data",
  identity: "Moved by changed identifiers",
  snapshot: "Moved by the reading itself",
  unexplained: "Moved, not explained",
};

/** The small table for the maths. */
export function attributionMaths(input: CheckInput, a: Attribution): Record<string, string> {
  const rows: Record<string, string> = {
    "Looked up between": `${moment(a.from, input.now, input.config.timezone)} and ${moment(a.to, input.now, input.config.timezone)}`,
  };
  for (const part of CHANGE_PARTS) {
    const { came, left } = a.parts[part];
    if (part === "unexplained" && came + left === 0) continue;
    rows[PART_NAMES[part]] = `${count(came)} came, ${count(left)} left`;
  }
  if (a.left !== null) rows["Most who left"] = tellingWords(input, a, a.left, "left");
  if (a.came !== null) rows["Most who came"] = tellingWords(input, a, a.came, "came");
  return rows;
}
