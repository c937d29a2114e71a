import type { GateAnswer, GateReason, GateVerdict } from "../core/gate.ts";
import type { Instant } from "../core/model.ts";
import type { GateCounts } from "../members/gate-panel.ts";
import { excludeReasons } from "./gate-excludes.ts";
import { incidentReasons } from "./gate-incidents.ts";
import { type GateInput, type GateReading, unknownExcludes } from "./gate-input.ts";
import * as words from "./words/gate.ts";

const WEIGHT = { no_go: 0, cant_tell: 1, note: 2 } as const;

/**
 * May this send go out? No-go when somebody who must not get it would, or a list of it is not what it was; Can't tell
 * when a list that decides it is unknown, partial or old; Go only when everything was read and nobody is at risk.
 */
export function gate(input: GateInput): GateAnswer {
  const reasons = [
    ...peopleReasons(input),
    ...excludeReasons(input),
    ...incidentReasons(input),
    ...listReasons(input),
  ].sort((a, b) => WEIGHT[a.weight] - WEIGHT[b.weight] || (b.people ?? 0) - (a.people ?? 0));
  const verdict: GateVerdict = reasons[0]?.weight === "note" ? "go" : (reasons[0]?.weight ?? "go");
  const { counts } = input;
  const mustNot = counts === null ? null : sum(mustNotOf(input, counts));
  const blind = reasons.some((r) => r.weight === "cant_tell" && r.kind !== "campaign_stale");
  const answer = {
    verdict,
    send: input.send,
    checkedAt: input.now,
    recipients: counts?.recipients ?? null,
    mustNot,
    atLeast: blind,
    atMost: unknownExcludes(input).length > 0,
    asOf: oldest([...input.includes, ...input.excludes, ...input.sources]),
    reasons,
  };
  return { ...answer, headline: words.headline(answer) };
}

type Groups = GateCounts["unsure"];

/** Transactional mail may go to whoever opted out of marketing, never to whoever was erased. */
const judged = (input: GateInput, groups: Groups): Groups =>
  input.send.transactional === true
    ? { erased: groups.erased, suppressed: 0, optedOut: 0, keptOut: 0 }
    : groups;
const mustNotOf = (input: GateInput, counts: GateCounts): Groups =>
  judged(input, {
    erased: counts.erased,
    suppressed: counts.suppressed,
    optedOut: counts.optedOut,
    keptOut: counts.keptOut,
  });
const sum = (groups: Groups): number => groups.erased + groups.suppressed + groups.optedOut + groups.keptOut;

function peopleReasons(input: GateInput): GateReason[] {
  const { counts, send } = input;
  if (counts === null) return [];
  const groups = mustNotOf(input, counts);
  const reasons = words.groupReasons(input, groups, unknownExcludes(input));
  const unsure = sum(judged(input, counts.unsure));
  if (unsure > 0) reasons.push(words.unsureReason(input, unsure));
  if (send.transactional === true) reasons.push(words.transactionalReason(counts));
  if (counts.listed > 0 && counts.recipients === 0) reasons.push(words.nobodyReason(counts));
  return reasons;
}

function listReasons(input: GateInput): GateReason[] {
  const reasons: GateReason[] = [];
  for (const list of input.includes) {
    if (list.reading === null) reasons.push(words.unknownInclude(input, list));
    else reasons.push(...words.readingProblem(input, list.title, list.reading));
  }
  for (const list of input.excludes) {
    if (list.reading === null) reasons.push(words.unknownExclude(input, list));
    else reasons.push(...words.readingProblem(input, list.title, list.reading));
  }
  // Lists that could not be put together hide whoever must not get it, whether or not anyone says why.
  if (input.counts === null && input.includes.length > 0)
    reasons.push(words.uncounted(input.countsBecause ?? "nobody was counted"));
  if (input.includes.length === 0) reasons.push(words.noInclude(input));
  reasons.push(...words.sourceReasons(input), ...words.campaignReasons(input));
  return reasons;
}

function oldest(lists: readonly { readonly reading: GateReading | null }[]): Instant | null {
  const times = lists.flatMap((l) => (l.reading?.usable === true ? (l.reading.asOf ?? []) : []));
  return times.sort()[0] ?? null;
}
