import type { Incident } from "../../core/finding.ts";
import type { GateAnswer, GateReason } from "../../core/gate.ts";
import type { GateCounts } from "../../members/gate-panel.ts";
import { type GateInput, type GateList, type GateReading, type GateSource, isStale } from "../gate-input.ts";
import { capital, count, listed, people } from "./format.ts";
import { duration, moment } from "./when.ts";

type Kind = GateReason["kind"];
const reason = (
  weight: GateReason["weight"],
  kind: Kind,
  text: string,
  about: number | null = null,
  incident: number | null = null,
): GateReason => ({ weight, kind, text, people: about, incident });

const quoted = (names: readonly string[]): string => listed(names.map((n) => `“${n}”`));
const titlesOf = (input: GateInput, role: GateSource["role"]): string[] => [
  ...new Set(input.sources.filter((s) => s.role === role).map((s) => s.title)),
];

/** The answer in one line. */
export function headline(a: Omit<GateAnswer, "headline">): string {
  const first = a.reasons[0]?.text ?? "";
  if (a.verdict === "cant_tell") return `Can’t tell: ${lead(first)}`;
  if (a.verdict === "no_go") {
    if (a.mustNot === null || a.mustNot === 0) return `No-go: ${lead(first)}`;
    const bound = a.atMost ? "up to " : a.atLeast ? "at least " : "";
    return `No-go: ${bound}${people(a.mustNot)} who must not get it would.`;
  }
  if (a.recipients === null) return "Go.";
  const who = a.send.transactional === true ? "was erased" : "must be left alone";
  return `Go: ${a.atMost ? "up to " : ""}${people(a.recipients)} would get it, and nobody among them ${who}.`;
}

/** Inside a sentence; names and numbers keep their form. */
const lead = (s: string): string => s.replace(/^(Nobody|Whether|Who|None|No)\b/, (w) => w.toLowerCase());

/** The people who must not get it and would, by why. */
export function groupReasons(
  input: GateInput,
  n: GateCounts["unsure"],
  unknown: readonly GateList[],
): GateReason[] {
  const unless =
    unknown.length === 0 ? "" : `, unless ${quoted(unknown.map((l) => l.title))} leaves them out`;
  const would = (k: number) => `${people(k)} ${k === 1 ? "who was" : "who were"}`;
  const rows: [number, Kind, string][] = [
    [n.erased, "erased", `${would(n.erased)} erased would get it`],
    [
      n.suppressed,
      "suppressed",
      `${people(n.suppressed)} on ${quoted(titlesOf(input, "suppression"))} would get it`,
    ],
    [
      n.optedOut,
      "opted_out",
      `${people(n.optedOut)} who opted out elsewhere (${systemsOf(input)}) would get it`,
    ],
    [
      n.keptOut,
      "kept_out",
      `${people(n.keptOut)} of ${quoted(titlesOf(input, "kept_out"))}, kept out on purpose, would get it`,
    ],
  ];
  return rows.filter(([k]) => k > 0).map(([k, kind, text]) => reason("no_go", kind, `${text}${unless}.`, k));
}

const systemsOf = (input: GateInput): string =>
  [...new Set(input.sources.filter((s) => s.role === "consent").map((s) => s.systemTitle))].join(", ");

export const unsureReason = (input: GateInput, n: number): GateReason =>
  reason(
    "cant_tell",
    "mailable_unknown",
    `${people(n)} who must not get it ${n === 1 ? "is" : "are"} on its lists, and ${input.send.systemTitle} does not say whether it can mail them.`,
    n,
  );

export function transactionalReason(counts: GateCounts): GateReason {
  const n = counts.suppressed + counts.optedOut;
  return reason(
    "note",
    "transactional",
    `It is transactional, so it may go to people who opted out of marketing: ${n === 0 ? "none of them would get it" : `${people(n)} of them would get it`}.`,
    n,
  );
}

export const nobodyReason = (counts: GateCounts): GateReason =>
  reason("note", "size", `Nobody would get it: of ${people(counts.listed)} on its lists none is left.`);

export function shrunkReason(input: GateInput, list: GateList, now: number, usual: number): GateReason {
  const held = `its usual size is ${count(usual)}`;
  const text =
    now === 0
      ? `“${list.title}” should be left out and is empty in ${input.send.systemTitle}; ${held}.`
      : `“${list.title}” should be left out and has only ${people(now)} in ${input.send.systemTitle}; ${held}.`;
  return reason("no_go", "exclude_shrunk", text, Math.round(usual - now));
}

export function incidentReason(
  i: Incident,
  weight: GateReason["weight"],
  kind: "size" | "incident",
): GateReason {
  const n = i.finding.people;
  const snoozed = i.state === "snoozed" ? " (snoozed)" : "";
  // most titles say how many already
  const many = n === null || i.finding.title.includes(count(n)) ? "" : `, ${people(n)}`;
  return reason(weight, kind, `INC-${i.id}${snoozed}: ${i.finding.title}${many}.`, n, i.id);
}

export const unknownInclude = (input: GateInput, list: GateList): GateReason =>
  reason(
    "cant_tell",
    "list_unknown",
    `Who is on “${list.title}” is not known: no audience here is a copy of that list of ${input.send.systemTitle}.`,
  );

export const unknownExclude = (input: GateInput, list: GateList): GateReason =>
  reason(
    "note",
    "list_unknown",
    `Can’t tell who is on “${list.title}”, which it leaves out: no audience here is a copy of that list of ${input.send.systemTitle}. It can only leave out more people.`,
  );

export const uncounted = (because: string): GateReason =>
  reason("cant_tell", "list_unread", `Its lists could not be put together: ${because}.`);

export const noInclude = (input: GateInput): GateReason =>
  reason("cant_tell", "list_unknown", `${input.send.systemTitle} does not say which lists it goes to.`);

/** Why a list cannot be relied on; empty: it can. */
export function readingProblem(input: GateInput, title: string, r: GateReading): GateReason[] {
  const problem = problemOf(input, r);
  return problem === null ? [] : [reason("cant_tell", problem.kind, `“${title}” ${problem.text}.`)];
}

function problemOf(
  input: GateInput,
  r: GateReading,
  where = ` in ${input.send.systemTitle}`,
): { kind: "list_unread" | "list_stale"; text: string } | null {
  const { now, timezone } = input;
  if (r.latest === null) return { kind: "list_unread", text: `was not read yet${where}` };
  if (r.latest.coverage !== "complete")
    return {
      kind: "list_unread",
      text: `was not read completely${where} at ${moment(r.latest.at, now, timezone)} (${r.latest.because})`,
    };
  if (!r.usable)
    return {
      kind: "list_unread",
      text: `cannot be put beside the other lists: its reading is not at hand, or names people by something else`,
    };
  if (!isStale(r, now) || r.asOf === null) return null;
  const age = Date.parse(now) - Date.parse(r.asOf);
  return {
    kind: "list_stale",
    text: `was last read completely ${duration(age)} ago${where}; after ${r.allowedHours} hours that is too old`,
  };
}

/** Lists that say who must not get it, and that cannot be relied on: one reason for each of them, and one per system. */
export function sourceReasons(input: GateInput): GateReason[] {
  const told = new Set<string>();
  const reasons: GateReason[] = [];
  for (const s of input.sources) {
    const isConsent = s.role === "consent";
    const problem = problemOf(input, s.reading, isConsent ? "" : ` in ${s.systemTitle}`);
    const about = isConsent ? s.systemTitle : `${s.title}@${s.systemTitle}`;
    if (problem === null || told.has(about)) continue;
    told.add(about);
    const text = isConsent
      ? `${s.systemTitle} ${problem.text}, so whether somebody opted out there is not known.`
      : `“${s.title}” ${problem.text}, so who is on it now is not known.`;
    reasons.push(reason("cant_tell", "evidence", text));
  }
  if (input.sources.length === 0)
    reasons.push(
      reason(
        "cant_tell",
        "evidence",
        "No suppression list and no other system says who opted out, so there is nothing to hold its lists against.",
      ),
    );
  return reasons;
}

export function campaignReasons(input: GateInput): GateReason[] {
  const { toldAt, systemTitle } = input.send;
  if (toldAt === null) return [];
  const age = Date.parse(input.now) - Date.parse(toldAt);
  if (age <= input.campaignHours * 3_600_000) return [];
  return [
    reason(
      "cant_tell",
      "campaign_stale",
      `${systemTitle} last told of this campaign ${duration(age)} ago; its lists or its time may have changed since.`,
    ),
  ];
}

export const verdictWord = (verdict: GateAnswer["verdict"]): string =>
  capital({ go: "go", no_go: "no-go", cant_tell: "can’t tell" }[verdict]);
