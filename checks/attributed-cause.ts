import type { Attribution } from "../core/attribution.ts";
import type { Cause, CheckInput, Finding, Outcome } from "../core/finding.ts";
import { totalOf } from "./change-parts.ts";
import {
  attributionMaths,
  becameWords,
  oddWords,
  ruleWords,
  tellingWords,
  type Way,
} from "./words/attribution.ts";

/** What a finding tells: people came or left, so many; `differing`: only who is not as the owner says. */
type Told = { readonly way: Way; readonly people: number; readonly differing?: boolean };

/** Less than this part of the people that a finding tells of explains it not. */
const ENOUGH = 0.5;

/**
 * What is known of the people joins what is known of rules and jobs. Row by row proof (the record is gone, it is under
 * another address, the owner says so too) or a rule that accounts for them stands before what is only likely, and before
 * a rule that changed but accounts for few. A job that is known to have failed stays, as does any cause beside a value
 * that most share, and the people are told after it. Nothing is said of people for whom nothing was found.
 */
function withAttribution(input: CheckInput, cause: Cause, told: Told): Cause {
  const found = attributedCause(input, told);
  if (found === null) return cause;
  const stands = cause.certainty === "confirmed" && !isRule(input, cause);
  if (cause.text === null || (found.firm && !stands)) return { certainty: found.certainty, text: found.text };
  return { certainty: cause.certainty, text: `${cause.text}; ${found.text}` };
}

/** A change of this list's own rule: the people tell whether it is the cause. */
const isRule = (input: CheckInput, cause: Cause): boolean =>
  input.changes.some(
    (c) => c.audience !== null && c.system === input.system.id && cause.text?.startsWith(c.text) === true,
  );

/** The same finding with what is known of the people: its cause, its parts, and them as a small table. */
export function withPeople(input: CheckInput, finding: Finding, told: Told): Finding {
  const a = about(input, told);
  return a === null
    ? finding
    : {
        ...finding,
        cause: withAttribution(input, finding.cause, told),
        maths: { ...finding.maths, ...attributionMaths(input, a) },
        attribution: a,
      };
}

/** Findings about a size say why the people came or left. */
export function explained(input: CheckInput, outcome: Outcome): Outcome {
  if (outcome.status !== "fail" || input.attribution === null) return outcome;
  const [first, ...more] = outcome.findings.map((f) =>
    f.check === "size_anomaly"
      ? withPeople(input, f, { way: wayOf(f, input.attribution), people: f.people ?? 0 })
      : f,
  );
  return first === undefined ? outcome : { status: "fail", findings: [first, ...more] };
}

/** Too small: who left; too large: who came; without a range, as the size moved. */
function wayOf(f: Finding, a: Attribution | null): Way {
  if (f.observed !== null && f.expected !== null) return f.observed < f.expected.low ? "left" : "came";
  return a !== null && a.now > a.before ? "came" : "left";
}

function about(input: CheckInput, told: Told): Attribution | null {
  const a = input.attribution;
  return a !== null && totalOf(a, told.way) >= Math.max(1, told.people * ENOUGH) ? a : null;
}

type Found = { readonly certainty: "confirmed" | "likely"; readonly text: string; readonly firm: boolean };

function attributedCause(input: CheckInput, told: Told): Found | null {
  const a = about(input, told);
  if (a === null) return null;
  const { way } = told;
  const all = totalOf(a, way);
  const most = (n: number) => n * 2 >= all;
  const proof = (text: string): Found => ({ certainty: "confirmed", text, firm: true });
  const telling = tellingOf(input, a, way, all);
  if (most(a.parts.snapshot[way]))
    return a.odd === "older"
      ? proof(oddWords(input, a))
      : { certainty: "likely", text: oddWords(input, a), firm: true };
  if (most(a.parts.identity[way]))
    return proof(becameWords(input, "identity", a.parts.identity[way], all, way));
  if (most(a.parts.rule[way]) && a.rule !== null) {
    const text = ruleWords(input, a, way, all) ?? "";
    return {
      certainty: a.rule.certainty,
      text: telling === null ? text : `${text}; ${telling.text}`,
      firm: true,
    };
  }
  if (!most(a.parts.data[way])) return telling;
  const owner = a.data.owner?.[way] ?? 0;
  if (told.differing !== true && most(owner)) return proof(becameWords(input, "owner", owner, all, way));
  if (most(a.data.records[way])) return proof(becameWords(input, "records", a.data.records[way], all, way));
  return telling;
}

/** A value that most of all who moved share, not only of those who could be looked up. */
function tellingOf(input: CheckInput, a: Attribution, way: Way, all: number): Found | null {
  const t = a[way];
  if (t === null || t.people * 2 < all) return null;
  return { certainty: "likely", text: tellingWords(input, a, t, way), firm: false };
}
