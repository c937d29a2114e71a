import type { Overlap } from "../../core/comparison.ts";
import type { Audience } from "../../core/config.ts";
import type { CheckInput, Finding } from "../../core/finding.ts";
import { UNCLEAR } from "../cause.ts";
import { draftFinding } from "../draft-finding.ts";
import { anyAndAll, bitsOf } from "../near-identical.ts";
import { count, listed, people, percent } from "./format.ts";

/** At most so many groups of the overlap in the maths; the rest is summed. */
const GROUPS = 8;

export function alikeFinding(
  input: CheckInput,
  overlap: Overlap,
  cluster: readonly Audience[],
  subject: string,
): Finding {
  const bits = bitsOf(
    overlap,
    cluster.map((a) => a.id),
  );
  const { any, all } = anyAndAll(overlap.masks, bits);
  const two = cluster.length === 2;
  const titles = cluster.map((a) => a.title);
  return draftFinding(input, "over_segmentation", {
    subject,
    severity: "look",
    title: `${listed(titles, "and")} are nearly the same people`,
    moved: `Of ${people(any)} in ${listed(titles, "or")} in ${input.system.title}, ${count(all)} (${percent(all / any)}) are in ${two ? "both" : `all ${cluster.length}`}, now and in the read before.`,
    means: `${two ? "Two" : count(cluster.length)} lists of the same people are ${two ? "two" : "several"} rules to keep up; when each is mailed, ${people(all)} get it ${two ? "twice" : "again and again"}.`,
    cause: UNCLEAR,
    todo: [
      "Decide which of them is the audience, and let campaigns use that one",
      "If they should differ, look at their rules: one may have lost a condition",
    ],
    people: all,
    observed: all,
    maths: {
      "In any of them": any,
      "In all of them": all,
      "Jaccard index": Math.round((all / any) * 1000) / 1000,
      ...groupsOf(overlap, cluster),
    },
  });
}

/** The overlap as an UpSet chart shows it: each person once, by exactly which of the lists hold them. */
function groupsOf(overlap: Overlap, cluster: readonly Audience[]): Record<string, number> {
  const sums = new Map<string, number>();
  for (const [mask, n] of Object.entries(overlap.masks)) {
    const held = cluster.filter((a) => (Number(mask) & bitsOf(overlap, [a.id])) !== 0);
    if (held.length === 0 || held.length === cluster.length) continue;
    const name = `Only in ${held.map((a) => a.title).join(" + ")}`;
    sums.set(name, (sums.get(name) ?? 0) + n);
  }
  const groups = [...sums].sort((a, b) => b[1] - a[1]);
  const rest = groups.slice(GROUPS).reduce((n, [, some]) => n + some, 0);
  return { ...Object.fromEntries(groups.slice(0, GROUPS)), ...(rest > 0 ? { "Other groups": rest } : {}) };
}

export function tinyFinding(
  input: CheckInput,
  t: { readonly least: number; readonly most: number; readonly known: number | null; readonly days: number },
): Finding {
  const { title } = input.audience;
  const held = t.least === t.most ? count(t.most) : `between ${count(t.least)} and ${count(t.most)}`;
  return draftFinding(input, "over_segmentation", {
    subject: "tiny",
    severity: "look",
    title: t.most === 0 ? `Nobody is in ${title}` : `${title} has only ${people(t.most)}`,
    moved: `${title} in ${input.system.title} has held ${t.most === 0 ? "nobody" : `${held} people`} for ${count(t.days)} days${t.known === null ? "" : `, of ${count(t.known)} known there`}; no send to it is planned.`,
    means:
      "A list this small takes as much care as a large one, its rates say nothing, and it can give away who is in it.",
    cause: UNCLEAR,
    todo: [
      "Give it up, or make it part of a larger audience",
      "If it should hold more, look at its rule: a condition may never be met",
    ],
    people: t.most,
    observed: t.most,
    maths: { "Fewest people": t.least, "Most people": t.most, Days: t.days, "People in the system": t.known },
  });
}
