import { clean } from "../clean.ts";
import { listed } from "../counts.ts";
import { dayAndTime, dayMonth, plural } from "../when.ts";
import { titlesOf } from "./decisions.ts";
import { liveAt } from "./history.ts";
import type { Report, ReportInput, ReportPlan } from "./model.ts";
import { blurred, groupOf } from "./small-groups.ts";

const DID = { suppress: "suppressed", remove: "removed", add: "added", set: "fields changed" } as const;
const SHOWN = 7;

export const endedIn = (plans: readonly ReportPlan[], from: string, to: string): readonly ReportPlan[] =>
  plans.filter((p) => p.state === "done" && p.endedAt !== null && p.endedAt >= from && p.endedAt < to);

export function fixedOf(input: ReportInput): Report["fixed"] {
  return endedIn(input.plans, input.week.from, input.week.to)
    .slice(0, SHOWN)
    .map((p) => {
      const done = Object.entries(DID).flatMap(([op, did]) =>
        p.applied[op as keyof typeof DID] > 0 ? [`${groupOf(p.applied[op as keyof typeof DID])} ${did}`] : [],
      );
      const [applied, planned] = [sum(p.applied), sum(p.ops)];
      const all =
        applied === planned
          ? "all read back"
          : `${groupOf(applied)} of ${groupOf(planned)} applied and read back`;
      return {
        id: `PL-${p.id}`,
        url: `${input.publicUrl}/plans/${p.id}`,
        text: `${p.systems.map((s) => clean(s, 40)).join(", ")}: ${done.join(", ") || "nothing to change"}${p.undoes === null ? "" : ` (undo of PL-${p.undoes})`}`,
        by: `Proposed by ${clean(p.author, 60)}${p.approvers.length === 0 ? "" : `, approved by ${listed(p.approvers.map((a) => clean(a, 60)))}`}, ${all}`,
        undo: undoOf(p, input.timezone),
      };
    });
}

function undoOf(p: ReportPlan, timezone: string): string {
  if (p.undoUntil === null) return "";
  const until = dayMonth(p.undoUntil, timezone);
  if (sum(p.applied) === 0) return "";
  if (p.applied.suppress > 0)
    return p.applied.suppress === sum(p.applied)
      ? "Suppressions stay"
      : `Undo the rest until ${until}; suppressions stay`;
  return p.applied.add > 0 ? `Undo until ${until}; sent mail stays sent` : `Undo until ${until}`;
}

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((a, b) => a + b, 0);

/** "Integrity score: at most 40 of 100. Held down by …": what the worst part is, and whether it may be lower. */
export function scoreOf({ score }: ReportInput): string | null {
  if (score === null) return null;
  const text = blurred(clean(score.text, 400));
  if (score.value === null) return `Integrity score: ${lead(text)}`;
  return `Integrity score: ${score.atMost ? "at most " : ""}${score.value} of 100. ${text}`;
}

const lead = (s: string): string => s.replace(/^C/, "c");

/** Which systems were read how often; those with a gap carry the star that the numbers above refer to. */
export function trustOf(input: ReportInput): Report["trust"] {
  const whole = new Map<number, string[]>();
  const rows: Report["trust"][number][] = [];
  for (const { systemTitle, beats } of input.reads) {
    const title = clean(systemTitle, 60);
    const good = beats.filter((b) => b.coverage === "complete").length;
    if (beats.length === 0) rows.push({ systems: `${title} *`, text: "not read this week", whole: false });
    else if (good === beats.length) whole.set(good, [...(whole.get(good) ?? []), title]);
    else {
      const bad = beats.filter((b) => b.coverage !== "complete");
      const last = bad.at(-1)?.at;
      const when =
        last === undefined
          ? ""
          : `, ${bad.length === 1 ? "the other" : "the last of them"} ${dayAndTime(last, input.timezone)}`;
      rows.push({
        systems: `${title} *`,
        text: `${good} of ${plural(beats.length, "read")} complete${when}`,
        whole: false,
      });
    }
  }
  return [
    ...[...whole].map(([n, titles]) => ({
      systems: titles.join(", "),
      text: `${n} of ${n} reads${titles.length > 1 ? " each" : ""}`,
      whole: true,
    })),
    ...rows,
  ];
}

/** How often people were disturbed, and whether it was worth it. */
export function noiseOf(input: ReportInput): string {
  const inWeek = input.events.filter((e) => e.at >= input.week.from && e.at < input.week.to);
  const alerts = inWeek.filter(
    (e) => e.kind === "opened" || e.kind === "regressed" || e.kind === "escalated",
  );
  if (alerts.length === 0) return "No alert this week.";
  const told = input.incidents.filter((i) => alerts.some((a) => a.incidentId === i.id));
  const acted = (kinds: readonly string[]) =>
    told.filter((i) => inWeek.some((e) => e.incidentId === i.id && e.byPerson && kinds.includes(e.kind)))
      .length;
  const parts = [
    [acted(["taken", "planned", "resolved"]), "taken up by somebody"],
    [acted(["marked_false"]), "called no problem"],
    [acted(["snoozed"]), "snoozed"],
    [
      told.filter(
        (i) =>
          !liveAt(i, input.events, input.week.to) && !inWeek.some((e) => e.incidentId === i.id && e.byPerson),
      ).length,
      "closed without anybody",
    ],
    [
      told.filter((i) => liveAt(i, input.events, input.week.to) && i.owner === null).length,
      "open and with nobody",
    ],
  ] as const;
  const said = parts.filter(([n]) => n > 0).map(([n, what]) => `${n} ${what}`);
  return `${plural(alerts.length, "alert")} about ${plural(told.length, "incident")}${said.length === 0 ? "" : `: ${said.join(", ")}`}.${loudest(input, alerts)}`;
}

function loudest(input: ReportInput, alerts: readonly { incidentId: number }[]): string {
  const byRule = new Map<string, number>();
  for (const a of alerts) {
    const incident = input.incidents.find((i) => i.id === a.incidentId);
    if (incident === undefined) continue;
    const rule = `${incident.finding.check.replaceAll("_", " ")} in ${titlesOf(incident, input)[1]}`;
    byRule.set(rule, (byRule.get(rule) ?? 0) + 1);
  }
  const top = [...byRule].sort((a, b) => b[1] - a[1])[0];
  return top === undefined || top[1] < 2 ? "" : ` Loudest rule: ${top[0]}, ${plural(top[1], "alert")}.`;
}

export function comingOf(input: ReportInput): Report["coming"] {
  const after = Date.parse(input.week.to) + 7 * 86_400_000;
  const sends = input.sends.map((s) => ({
    at: s.at,
    what: `“${clean(s.name, 80)}” from ${clean(s.systemTitle, 60)}`,
  }));
  const undo = input.plans
    .filter(
      (p) =>
        p.undoUntil !== null &&
        p.undoUntil > input.week.to &&
        Date.parse(p.undoUntil) < after &&
        p.state === "done",
    )
    .map((p) => ({ at: p.undoUntil ?? input.week.to, what: `last day to undo PL-${p.id}` }));
  // one campaign goes to several audiences, and is one thing that comes
  const once = new Map([...sends, ...undo].map((c) => [`${c.at} ${c.what}`, c]));
  return [...once.values()]
    .sort((a, b) => a.at.localeCompare(b.at))
    .slice(0, SHOWN)
    .map((c) => ({ when: dayAndTime(c.at, input.timezone), what: c.what }));
}
