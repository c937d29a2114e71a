import type { CheckInput, CheckResult, Finding, Incident } from "../core/finding.ts";
import type { AudienceId } from "../core/model.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { firstClause, severalFinding, subjectOfSeveral } from "./words/siblings.ts";

/** Fewer are told one by one. */
const ENOUGH = 3;
/** Who moves the same way by the next daily read belongs to the first ones. */
const NEXT_READ_MS = 36 * 3_600_000;

/** One finding about one audience, and what was known when it was made. */
export type Member = { readonly finding: Finding; readonly input: CheckInput };

type Group = { readonly members: readonly Member[]; readonly judged: number };

/**
 * Lists of one system that move alike in one run have one cause, and people are told once: at least three of them, by
 * the same check, about the same thing, the same way, and either for the same known reason, or more than half of all
 * that were judged there. What people have been told of a list by itself stays by itself.
 *
 * Once told together they stay together until all are over: with fewer than three the incident shrinks, and says who is
 * back to normal. Lists that follow join it by the next day, for its reason, or when they are enough by themselves.
 *
 * Only findings that say what lists may have in common (`alike`) are told so; consent is told list by list.
 */
export function onePerCause(results: readonly CheckResult[], inputs: readonly CheckInput[]): CheckResult[] {
  const told = new Map<Finding, Finding>();
  for (const group of groupsOf(results, inputs)) {
    const together = togetherIn(group);
    if (together === null) continue;
    const several = severalFinding(together.members, {
      before: together.incident?.finding ?? null,
      now: (audience) => statusOf(results, together.members, audience),
    });
    for (const m of together.members) told.set(m.finding, several);
  }
  if (told.size === 0) return [...results];
  return results.map((r) => {
    if (r.outcome.status !== "fail") return r;
    const [first, ...more] = r.outcome.findings;
    const one = (f: Finding) => told.get(f) ?? f;
    return { ...r, outcome: { status: "fail", findings: [one(first), ...more.map(one)] } };
  });
}

/** Findings that say the same of several audiences, one by one. */
function groupsOf(results: readonly CheckResult[], inputs: readonly CheckInput[]): Group[] {
  const byPlace = new Map(inputs.map((i) => [`${i.audience.id} ${i.system.id}`, i]));
  const groups = new Map<string, Member[]>();
  for (const r of results) {
    if (r.outcome.status !== "fail") continue;
    const input = byPlace.get(`${r.audience} ${r.system}`);
    for (const finding of r.outcome.findings) {
      if (input === undefined || !mayJoin(finding)) continue;
      const key = fingerprintOf({ ...finding, audience: null, subject: subjectOfSeveral(finding) });
      groups.set(key, [...(groups.get(key) ?? []), { finding, input }]);
    }
  }
  return [...groups.values()].map((members) => ({ members, judged: judgedBeside(members, results) }));
}

/** A backlog has a base of its own in each list, and "can't tell" is told of the whole system already. */
const mayJoin = (f: Finding): boolean =>
  f.alike !== undefined && f.audience !== null && !f.backlog && f.known !== true && !f.cantTell;

function judgedBeside([first]: readonly Member[], results: readonly CheckResult[]): number {
  const about = results.filter((r) => r.check === first?.finding.check && r.system === first.finding.system);
  return about.filter((r) => r.outcome.status !== "skip").length;
}

/** Those of the group that one incident tells of; null: each by itself. */
function togetherIn({ members, judged }: Group): { members: readonly Member[]; incident?: Incident } | null {
  const free = members.filter((m) => incidentOf(m.input, fingerprintOf(m.finding)) === undefined);
  const [first] = free;
  if (first === undefined) return null;
  const { finding, input } = first;
  const incident = incidentOf(
    input,
    fingerprintOf({ ...finding, audience: null, subject: subjectOfSeveral(finding) }),
  );
  if (incident?.finding.siblings === undefined) {
    const enough = withOneCause(free, judged);
    return incident !== undefined || enough.length === 0 ? null : { members: enough };
  }
  const known = new Set(incident.finding.siblings.map((s) => s.audience));
  const old = free.filter((m) => known.has(m.input.audience.id));
  const late = free.filter((m) => !known.has(m.input.audience.id));
  const joining = incident.state === "resolved" ? [] : joiners(late, judged, incident, input.now);
  return old.length + joining.length === 0
    ? null
    : { members: free.filter((m) => old.includes(m) || joining.includes(m)), incident };
}

function joiners(
  late: readonly Member[],
  judged: number,
  incident: Incident,
  now: string,
): readonly Member[] {
  if (Date.parse(now) - Date.parse(incident.openedAt) <= NEXT_READ_MS) return late;
  const enough = withOneCause(late, judged);
  if (enough.length > 0) return enough;
  const cause = firstClause(incident.finding.cause.text);
  return late.filter((m) => cause !== null && firstClause(m.finding.cause.text) === cause);
}

/** More than half of all, unless proof says that causes differ; else the most that share a known one. Empty: too few. */
function withOneCause(members: readonly Member[], judged: number): readonly Member[] {
  if (members.length < ENOUGH) return [];
  const proven = members.filter((m) => m.finding.cause.certainty === "confirmed");
  const proofs = new Set(proven.map((m) => firstClause(m.finding.cause.text)));
  if (members.length * 2 > judged && proofs.size <= 1) return members;
  const byCause = new Map<string, Member[]>();
  for (const m of members) {
    const cause = firstClause(m.finding.cause.text);
    if (cause !== null) byCause.set(cause, [...(byCause.get(cause) ?? []), m]);
  }
  const [most = []] = [...byCause.values()].sort((a, b) => b.length - a.length);
  return most.length >= ENOUGH ? most : [];
}

const incidentOf = (input: CheckInput, fingerprint: string): Incident | undefined =>
  input.incidents.find((i) => i.fingerprint === fingerprint);

/** Where a list of the incident stands that is not found off this time. */
function statusOf(results: readonly CheckResult[], members: readonly Member[], audience: AudienceId) {
  const [first] = members;
  const own = results.find(
    (r) => r.check === first?.finding.check && r.system === first.finding.system && r.audience === audience,
  );
  if (own === undefined || own.outcome.status === "skip") return "unread";
  return "over";
}
