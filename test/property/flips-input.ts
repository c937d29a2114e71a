import { flipFlop } from "../../checks/flip-flop.ts";
import type { FlipCounts } from "../../core/comparison.ts";
import type { CheckInput, Finding } from "../../core/finding.ts";
import { systemId } from "../../core/model.ts";
import { CONFIG, comparison, inputOf, reading, WRITER } from "./checks-input.ts";

export const READS = 20;
export const TODAY = READS - 1;
export const PEOPLE = 200;

/** 200 people who are there on even days, and away on odd ones. */
export function duelCounts(over: Partial<FlipCounts> = {}): FlipCounts {
  const even = Array.from({ length: READS - 1 }, (_, i) => (i % 2 === 1 ? PEOPLE : 0));
  const odd = even.map((n) => PEOPLE - n);
  return {
    reads: READS,
    hours: 24,
    within: 4,
    returners: [3, 1, 0, 0, 0, 0, 0, 0, PEOPLE],
    returns: 9 * PEOPLE,
    entries: even,
    exits: odd,
    atOwner: { steady: 190, flipping: 0, known: 195 },
    inBase: 0,
    replay: { rule: "owner_wins", returns: 0, differs: 37 },
    ...over,
  };
}

/** Days −20 to 19: quiet at first, the fight in the last comparison. */
export function duelInput(counts: FlipCounts | null, over: Partial<CheckInput> = {}): CheckInput {
  const quiet = (day: number) => comparison(day, { crm: { size: 6200 } });
  const here = { size: 6200, flipping: PEOPLE, ...(counts === null ? {} : { flips: counts }) };
  return inputOf({
    history: Array.from({ length: READS }, (_, d) => reading(d, "crm", { size: 6200 })),
    comparisons: [...Array.from({ length: 30 }, (_, i) => quiet(i - 11)), comparison(TODAY, { crm: here })],
    ...over,
  });
}
export function found(i: CheckInput): Finding {
  const outcome = flipFlop.run(i);
  if (outcome.status !== "fail") throw new Error(outcome.status);
  return outcome.findings[0];
}
export const A = { ...WRITER, name: "nightly sync" };
export const B = { ...WRITER, name: "CRM workflow", from: systemId("news"), schedule: "0 4 * * *" };
export const writers = (...jobs: (typeof A)[]) => ({ config: { ...CONFIG, writers: jobs } });
export const causeOf = (counts: FlipCounts | null, over: Partial<CheckInput> = {}) =>
  found(duelInput(counts, over)).cause;
