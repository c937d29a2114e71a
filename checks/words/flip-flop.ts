import type { FlipCounts } from "../../core/comparison.ts";
import type { CheckInput, Finding } from "../../core/finding.ts";
import { FLIP_RETURNS, FLIP_WINDOW } from "../../members/flips.ts";
import { draftFinding } from "../draft-finding.ts";
import type { FlipDiagnosis } from "../flip-diagnosis.ts";
import { aWeek } from "../flip-timeline.ts";
import { causeOf, todoOf } from "./flip-cause.ts";
import { count, people as persons } from "./format.ts";
import { sendWords } from "./send.ts";

export type FlipFlop = {
  readonly people: number;
  readonly size: number;
  /** People who flip here in other times. */
  readonly usual: number;
  readonly counts: FlipCounts | null;
  readonly diagnosis: FlipDiagnosis;
};

export function flipFlopFinding(input: CheckInput, f: FlipFlop): Finding {
  const { people, size, counts, diagnosis } = f;
  const reads = counts?.reads ?? FLIP_WINDOW;
  const usual = Math.round(f.usual);
  const system = input.system.title;
  const replay = counts === null ? null : replayWords(input, counts);
  return draftFinding(input, "flip_flop", {
    severity: "look",
    title: `${persons(people)} flip in and out of ${input.audience.title} in ${system}`,
    moved: `${persons(people)} left and came back at least ${FLIP_RETURNS} times in the last ${reads} complete reads; ${count(size)} are there now. Normal is ${usual === 0 ? "none" : `about ${count(usual)}`}.`,
    means: `${persons(people)} get what is meant for this audience, or not, by chance of timing; ${sendWords(input)}.`,
    cause: causeOf(input, diagnosis),
    todo: todoOf(input, diagnosis, replay),
    people,
    observed: people,
    expected: { low: 0, high: usual },
    maths: {
      "People who flip": people,
      "Returns needed to count": FLIP_RETURNS,
      "Reads looked at": reads,
      "Usual here": Math.round(f.usual * 100) / 100,
      ...(counts === null ? {} : mathsOf(input, counts)),
      ...(replay === null ? {} : { Replay: replay }),
      ...evidence(diagnosis),
    },
  });
}

function mathsOf(input: CheckInput, c: FlipCounts): Finding["maths"] {
  const owner =
    input.config.systems.find((s) => s.id === input.audience.owner)?.title ?? input.audience.owner;
  return {
    "Reads that somebody may be away for": c.within,
    "Flips a week": aWeek(c.returns, c),
    "Came, read by read": c.entries.join(" "),
    "Went, read by read": c.exits.join(" "),
    "Flip in the whole system too": c.inBase,
    ...(c.atOwner === null
      ? {}
      : {
          [`Always there in ${owner}`]: c.atOwner.steady,
          [`Flip in ${owner} too`]: c.atOwner.flipping,
        }),
  };
}

/** "with Warehouse deciding, over the last 20 reads: flips 1,240 a week → 0; final state differs for 37 people". */
function replayWords(input: CheckInput, c: FlipCounts): string | null {
  if (c.replay === null) return null;
  const { rule, returns, differs } = c.replay;
  const owner =
    input.config.systems.find((s) => s.id === input.audience.owner)?.title ?? input.audience.owner;
  const decides = rule === "owner_wins" ? `${owner} deciding` : "everybody left where they were first";
  return `with ${decides}, over the last ${c.reads} reads: flips ${count(aWeek(c.returns, c))} a week → ${count(aWeek(returns, c))}; final state differs for ${persons(differs)}`;
}

function evidence(d: FlipDiagnosis): Finding["maths"] {
  const share = (x: number) => Math.round(x * 100) / 100;
  if (d.kind === "unclear") return { Diagnosis: "can’t tell" };
  if (d.kind !== "writers") return { Diagnosis: d.kind, "Share explained": share(d.share) };
  const { by, field, explained, runs } = d.duel;
  return {
    Diagnosis: "two writers",
    "Writers known from": { vendor: "the vendor’s record", phase: "their runs", listed: "the configuration" }[
      by
    ],
    Field: field ?? "the list itself",
    ...(explained === null ? {} : { "Share explained": share(explained) }),
    ...Object.fromEntries(Object.entries(runs).map(([name, ids]) => [`Runs of “${name}”`, ids.join(", ")])),
  };
}
