import type { Incident } from "../../core/finding.ts";
import { byUrgency, tellsOf } from "../../core/incident-order.ts";
import { clean, ended } from "../clean.ts";
import { count } from "../counts.ts";
import { withoutSend } from "../sentences.ts";
import { dayAndTime } from "../when.ts";
import { liveAt } from "./history.ts";
import type { Report, ReportInput, ReportPlan } from "./model.ts";
import { blurred, groupOf, groupOfPeople } from "./small-groups.ts";

const MOST = 3;
type Decision = Report["decisions"][number];

/** What only a person can decide: faults that nobody took and plans that wait, most urgent first. */
export function decisionsOf(input: ReportInput): {
  decisions: readonly Decision[];
  total: number;
  nearest: string | null;
} {
  const open = input.incidents
    .filter(
      (i) =>
        liveAt(i, input.events, input.week.to) &&
        (i.state === "open" || i.state === "regressed") &&
        needsPerson(i),
    )
    .sort(byUrgency);
  const plans = input.plans.filter((p) => p.state === "checked" && p.expiresAt > input.now);
  const all: (() => Decision & { at: string | null })[] = [
    ...open.filter((i) => i.severity === "act").map((i) => () => fromIncident(i, input)),
    ...plans.map((p) => () => fromPlan(p, input)),
    ...input.plans.filter((p) => (p.toReview ?? 0) > 0).map((p) => () => toReview(p, input)),
    ...open.filter((i) => i.severity !== "act").map((i) => () => fromIncident(i, input)),
  ];
  const shown = all.slice(0, MOST).map((make) => make());
  const nearest = shown.flatMap((d) => (d.at === null ? [] : [d.at])).sort()[0];
  return {
    decisions: shown.map(({ at: _at, ...d }) => d),
    total: all.length,
    nearest: nearest === undefined ? null : dayAndTime(nearest as Incident["openedAt"], input.timezone),
  };
}

const needsPerson = (i: Incident): boolean =>
  i.severity === "act" ||
  i.finding.cantTell ||
  i.finding.repair !== null ||
  i.finding.siblings !== undefined ||
  i.finding.check === "flip_flop" ||
  i.finding.check === "freshness" ||
  i.finding.check === "schema_drift";

function fromIncident(i: Incident, input: ReportInput): Decision & { at: string | null } {
  const f = i.finding;
  const [audience, system] = titlesOf(i, input);
  // a list that keeps people out guards every send of its system
  const guards =
    f.check === "consent_violation" || input.audiences.some((a) => tellsOf(f, a.id) && a.keepsOut);
  const send = input.sends.find((s) => (guards ? s.system === f.system : s.audience === f.audience));
  return {
    question: questionOf(i, audience, system),
    text: ended(blurred(clean(f.title, 160))),
    cost: blurred(clean(withoutSend(f.means), 300)),
    deadline:
      send === undefined ? null : `before “${clean(send.name, 60)}”, ${dayAndTime(send.at, input.timezone)}`,
    button: `Decide about ${clean(audience ?? system, 28)}`,
    url: `${input.publicUrl}/incidents/${i.id}`,
    at: send?.at ?? null,
  };
}

function fromPlan(p: ReportPlan, input: ReportInput): Decision & { at: string | null } {
  const parts = Object.entries(p.ops)
    .filter(([, n]) => n > 0)
    .map(([op, n]) => `${op} ${groupOf(n)}`);
  return {
    question: `Approve PL-${p.id} for ${clean(p.audienceTitle, 60)}?`,
    text: `It would ${parts.join(", ")} in ${p.systems.map((s) => clean(s, 40)).join(", ")}. Drafted by ${clean(p.author, 60)}.`,
    cost: "The plan expires and has to be drafted again from fresh reads.",
    deadline: `by ${dayAndTime(p.expiresAt, input.timezone)}`,
    button: `Review PL-${p.id}`,
    url: `${input.publicUrl}/plans/${p.id}`,
    at: p.expiresAt,
  };
}

function toReview(p: ReportPlan, input: ReportInput): Decision & { at: string | null } {
  return {
    question: `Was PL-${p.id} for ${clean(p.audienceTitle, 60)} right?`,
    text: `${clean(p.author, 60)} alone suppressed ${groupOfPeople(p.toReview ?? 0)} in ${p.systems.map((s) => clean(s, 40)).join(", ")}.`,
    cost: "Suppressions are one-way here: a wrong one stays until a person lifts it in that system.",
    deadline: null,
    button: `Look at PL-${p.id}`,
    url: `${input.publicUrl}/plans/${p.id}`,
    at: null,
  };
}

function questionOf(i: Incident, audience: string | null, system: string): string {
  const n = i.finding.people;
  const lists = i.finding.siblings?.filter((s) => s.now !== "over").length;
  const what = lists === undefined ? (audience ?? system) : lists === 1 ? "1 list" : `${count(lists)} lists`;
  switch (i.finding.check) {
    case "suppression_leak":
    case "consent_violation":
      return `Suppress ${n === null ? "them" : `${groupOf(n)} ${n === 1 ? "person" : "people"}`.replace("fewer than 10 person", "fewer than 10 people")} in ${system}?`;
    case "consent_exposure":
      return `What went to opted-out people from ${system}?`;
    case "over_suppression":
      return `May people held back in ${system} confirm again?`;
    case "exclusive_overlap":
      return `Which list comes first for people on both in ${system}?`;
    case "flip_flop":
      return `Which job may write ${what} into ${system}?`;
    case "size_anomaly":
      return `Is this meant: ${what} in ${system}?`;
    case "disagreement":
      return `Repair ${what} in ${system}?`;
    case "freshness":
      return `Who gets ${what} in ${system} renewed?`;
    case "completeness":
      return `Who restores ${i.finding.subject === null ? "the values" : clean(i.finding.subject, 40)} in ${system}?`;
    case "schema_drift":
      return `Is the changed field in ${system} meant?`;
    case "run_failure":
      return `Who makes ${system} readable again?`;
    default:
      return `Who looks after ${what} in ${system}?`;
  }
}

export function titlesOf(i: Incident, input: ReportInput): [audience: string | null, system: string] {
  const audience = input.audiences.find((a) => a.id === i.finding.audience)?.title ?? null;
  const system = input.systems.find((s) => s.id === i.finding.system)?.title ?? i.finding.system;
  return [audience === null ? null : clean(audience, 60), clean(system, 60)];
}

/** "1 of at most 3", for the head of the section. */
export const shareOfDecisions = (shown: number, total: number): string =>
  total > shown ? `${shown} of ${count(total)}` : `${shown} of at most ${MOST}`;
