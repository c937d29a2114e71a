import { expect, test } from "vitest";
import type { CheckResult, Outcome, SkipReason } from "../../core/finding.ts";
import { audienceId, systemId } from "../../core/model.ts";
import { unjudgedOf, unjudgedText } from "./unjudged.ts";

const result = (outcome: Outcome): CheckResult => ({
  check: "latency",
  audience: audienceId("vip"),
  system: systemId("crm"),
  outcome,
});
const skipped = (because: SkipReason, times: number) =>
  Array.from({ length: times }, () => result({ status: "skip", because }));

test("counted by reason, the most frequent first; what is not meant for a copy, or told elsewhere, does not count", () => {
  const counts = unjudgedOf([
    result({ status: "pass" }),
    ...skipped("learning", 4),
    ...skipped("not_configured", 30),
    ...skipped("told_elsewhere", 2),
    ...skipped("not_collected", 1208),
  ]);
  expect(counts).toEqual({ not_collected: 1208, learning: 4 });
  expect(unjudgedText(counts)).toBe("1,212 (not collected 1,208, learning 4)");
});

test("everything judged: nothing to say", () =>
  expect(unjudgedText(unjudgedOf([result({ status: "pass" })]))).toBeNull());
