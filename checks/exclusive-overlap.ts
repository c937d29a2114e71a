import type { Audience } from "../core/config.ts";
import type { Check, CheckInput, Finding, Outcome } from "../core/finding.ts";
import { together } from "./overlaps.ts";
import { latestComplete, PASS, skip } from "./readings.ts";
import { settingsOf } from "./settings.ts";
import { exclusiveFinding } from "./words/exclusive.ts";

const DEFAULTS = {
  minimum_people: 5,
  /** Of the smaller copy. */
  minimum_share: 0.001,
};

/**
 * People are at once in two audiences that exclude each other, in the same system and in two reads: they get the
 * messages of both. A suppression or ineligible list on the other side is told by the checks about consent and
 * eligibility.
 */
export const exclusiveOverlap: Check = {
  name: "exclusive_overlap",
  defaults: DEFAULTS,
  run(input: CheckInput): Outcome {
    const settings = settingsOf(input.config, "exclusive_overlap", DEFAULTS);
    const others = settings.enabled ? partners(input) : [];
    if (others.length === 0) return skip("not_configured");
    const mine = others.filter((other) => tells(input, other));
    if (mine.length === 0) return skip("told_elsewhere");
    const { latest, skip: none } = latestComplete(input);
    if (latest === null) return none;
    const findings: Finding[] = [];
    let open: Outcome | null = null;
    for (const other of mine) {
      const both = together(input, input.audience.id, other.id);
      if (both === null) {
        open ??= skip(other.identity === input.audience.identity ? "partial" : "not_readable");
        continue;
      }
      const least = Math.max(
        1,
        settings.minimum_people,
        Math.min(both.ofA, both.ofB) * settings.minimum_share,
      );
      if (both.settled >= least) findings.push(exclusiveFinding(input, other, both));
      else if (both.people >= least) open ??= skip("settling");
    }
    const [one, ...more] = findings;
    return one === undefined ? (open ?? PASS) : { status: "fail", findings: [one, ...more] };
  },
};

const excludes = (a: Audience, b: Audience): boolean => a.exclusiveWith.includes(b.id);
const mailsPeople = (a: Audience): boolean => a.purpose !== "suppression" && a.purpose !== "ineligible";

/** Audiences with a copy in this system that exclude this one, or are excluded by it. */
function partners(input: CheckInput): Audience[] {
  const { audience, system, config } = input;
  if (!mailsPeople(audience)) return [];
  return config.audiences.filter(
    (other) =>
      other.id !== audience.id &&
      mailsPeople(other) &&
      (excludes(audience, other) || excludes(other, audience)) &&
      other.segments.some((s) => s.system === system.id),
  );
}

/** A pair is told once: on the audience that names the other, of two that name each other on the first. */
function tells(input: CheckInput, other: Audience): boolean {
  const { audience, config } = input;
  if (!excludes(audience, other)) return false;
  if (!excludes(other, audience)) return true;
  const order = config.audiences.map((a) => a.id);
  return order.indexOf(audience.id) < order.indexOf(other.id);
}
