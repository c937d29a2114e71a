import type { FlipCounts } from "../core/comparison.ts";
import type { CheckInput, KnownChange } from "../core/finding.ts";
import { concerns } from "./cause.ts";
import { type Duel, duelOf } from "./duel.ts";
import { type FlipStep, flipSteps, movesOf, shareOf } from "./flip-timeline.ts";
import { metric } from "./readings.ts";

export type FlipDiagnosis =
  /** The readings are at fault: incomplete ones beside them, pages given twice, or the whole system dips with the list. */
  | {
      readonly kind: "snapshot";
      readonly how: "incomplete" | "repeated" | "whole_system";
      readonly share: number;
    }
  /** People leave under one key and come under another. `how`: their records do too, or only the sizes say so. */
  | { readonly kind: "identity"; readonly how: "records" | "sizes"; readonly share: number }
  /** The rule lets people in and out: the owner's does, or this one has a window that moves with the clock. */
  | { readonly kind: "jitter"; readonly how: "owner" | "window"; readonly share: number }
  | { readonly kind: "rule"; readonly changes: readonly KnownChange[]; readonly share: number }
  | { readonly kind: "writers"; readonly duel: Duel }
  | { readonly kind: "unclear" };

/** Share of the coming and going, or of the people, that a cause has to explain. */
const EXPLAINS = 0.8;

/**
 * Why people leave and come back, the cheapest explanation first: what would make all others wrong is looked at before
 * them. Each needs evidence of its own for four fifths of what moved; with none it cannot be told.
 */
export function diagnoseFlips(input: CheckInput, flipping: number, counts: FlipCounts | null): FlipDiagnosis {
  if (counts !== null) {
    const steps = flipSteps(input, counts);
    const found =
      snapshotArtefact(input, steps) ??
      identityMerge(flipping, counts, steps) ??
      jitter(input, flipping, counts) ??
      ruleEdit(input, steps);
    if (found !== null) return found;
    const duel = duelOf(input, flipping, counts, steps);
    return duel === null ? { kind: "unclear" } : { kind: "writers", duel };
  }
  const duel = duelOf(input, flipping, null, []);
  return duel === null ? { kind: "unclear" } : { kind: "writers", duel };
}

function snapshotArtefact(input: CheckInput, steps: readonly FlipStep[]): FlipDiagnosis | null {
  const base = new Map(input.baseHistory.map((s) => [s.runId, s]));
  const broken = [...input.history, ...input.baseHistory].filter((s) => s.coverage !== "complete");
  const change = (s: FlipStep, name: "size" | "duplicates", whole: boolean): number => {
    const [a, b] = whole ? [base.get(s.before.runId), base.get(s.read.runId)] : [s.before, s.read];
    return (metric(b, name) ?? Number.NaN) - (metric(a, name) ?? Number.NaN);
  };
  const net = (s: FlipStep) => s.entries - s.exits;
  const tests = {
    incomplete: (s: FlipStep) => broken.some((b) => b.takenAt > s.from && b.takenAt <= s.to),
    // What was read twice stands in place of what was not read.
    repeated: (s: FlipStep) => net(s) !== 0 && like(-change(s, "duplicates", false), net(s)),
    whole_system: (s: FlipStep) => net(s) !== 0 && like(change(s, "size", true), net(s)),
  } as const;
  for (const how of ["incomplete", "repeated", "whole_system"] as const) {
    const share = shareOf(steps, tests[how]);
    // Where most steps are odd anyway, they explain nothing.
    const usual = steps.filter(tests[how]).length / Math.max(1, steps.length);
    if (share >= EXPLAINS && (how !== "incomplete" || usual < 0.5)) return { kind: "snapshot", how, share };
  }
  return null;
}

/** The same direction, and as many within a half. */
const like = (a: number, b: number): boolean => Math.abs(a - b) <= Math.abs(b) / 2;

function identityMerge(
  flipping: number,
  counts: FlipCounts,
  steps: readonly FlipStep[],
): FlipDiagnosis | null {
  const share = shareOf(
    steps,
    (s) => s.entries > 0 && Math.abs(s.entries - s.exits) <= 0.1 * (s.entries + s.exits),
  );
  if (share < EXPLAINS) return null;
  if (counts.inBase !== null)
    return counts.inBase >= EXPLAINS * flipping ? { kind: "identity", how: "records", share } : null;
  // Of each two keys the owner knows one.
  const known = (counts.atOwner?.known ?? 0) / flipping;
  const records = shareOf(steps, (s) => {
    const [a, b] = [metric(s.before, "records"), metric(s.read, "records")];
    return a !== null && b !== null && Math.abs(b - a) <= 0.1 * (s.entries + s.exits);
  });
  if (known < 0.35 || known > 0.65 || records < EXPLAINS) return null;
  return { kind: "identity", how: "sizes", share };
}

/** SQL that looks at the clock: its window moves, and people at its edge fall out and in. */
const CLOCK = /\b(now\s*\(|current_(date|timestamp)|interval\b|getdate|date_?(sub|add|diff)|localtime)/i;

function jitter(input: CheckInput, flipping: number, counts: FlipCounts): FlipDiagnosis | null {
  const { atOwner } = counts;
  if (atOwner !== null)
    return atOwner.flipping >= EXPLAINS * flipping
      ? { kind: "jitter", how: "owner", share: atOwner.flipping / flipping }
      : null;
  const source = input.audience.segments.find((s) => s.system === input.system.id)?.source;
  if (source === undefined || !("sql" in source) || !CLOCK.test(source.sql)) return null;
  // A window's edge passes over people all the time, a writer comes at his hours.
  const moves = counts.entries.map((e, i) => e + (counts.exits[i] ?? 0));
  const busy = moves.filter((m) => m > 0).length / Math.max(1, moves.length);
  const most = Math.max(0, ...moves);
  const mean = moves.reduce((a, b) => a + b, 0) / Math.max(1, moves.length);
  return busy >= EXPLAINS && most <= 3 * mean ? { kind: "jitter", how: "window", share: busy } : null;
}

function ruleEdit(input: CheckInput, steps: readonly FlipStep[]): FlipDiagnosis | null {
  const within = (c: KnownChange, s: FlipStep) => c.at > s.from && c.at <= s.to;
  const changes = input.changes.filter(
    (c) => concerns(c, input) && steps.some((s) => within(c, s) && movesOf([s]) > 0),
  );
  const share = shareOf(steps, (s) => changes.some((c) => within(c, s)));
  // Once there and back is the least that a rule can do to make people leave and return.
  return changes.length >= 2 && share >= EXPLAINS ? { kind: "rule", changes, share } : null;
}
