import { describe, expect, test } from "vitest";
import { runChecks } from "../../checks/registry.ts";
import type { Audience } from "../../core/config.ts";
import type { CheckInput, Finding } from "../../core/finding.ts";
import { audienceId, type Snapshot } from "../../core/model.ts";
import {
  AUDIENCE,
  CONFIG,
  comparison,
  type Given,
  inputOf,
  reading,
  SUPPRESSION,
  system,
} from "./checks-input.ts";
import { random } from "./checks-series.ts";

const DAYS = 30;
const OPTED = ["suppression_leak", "consent_violation", "consent_exposure"];

/** Sizes of faults from nothing to nearly everybody. */
const someOf = (r: () => number, n: number): number => (r() < 0.5 ? 0 : Math.round(n * r() ** 2));

/** A month of one copy that is well, and a last day on which anything may be wrong. */
function anyInput(seed: number, audience: Audience): CheckInput {
  const r = random(seed);
  const size = Math.round(200 + r() * 20_000);
  const sys = r() < 0.3 ? "news" : "crm";
  const off = {
    size: r() < 0.5 ? 0 : (r() - 0.6) * size,
    empty: someOf(r, size),
    duplicates: someOf(r, size / 5),
    inboxes: someOf(r, size / 5),
    gone: r() < 0.2,
    old: r() < 0.1,
    unread: r() < 0.07,
  };
  const day = (d: number): Given => {
    const last = d === DAYS - 1;
    const now = Math.max(0, Math.round(size + (d % 7) * 3 + (last ? off.size : 0)));
    const empty = last ? Math.min(now, off.empty) : 0;
    return {
      size: now,
      metrics: {
        records: now + (last ? off.duplicates : 1),
        duplicates: last ? off.duplicates : 1,
        shared_inbox: last ? off.inboxes : 0,
        shared_inbox_addresses: last ? Math.round(off.inboxes / 2) : 0,
        invalid: last ? off.inboxes : 0,
      },
      attributes: { plan: { valid: now - empty, null: empty } },
      ...(last && off.gone ? { fields: { email: "text", tariff: "text" } } : {}),
      ...(last && off.unread ? { coverage: "partial" as const, because: "page 3 of 9 was lost" } : {}),
      audience: audience.id,
    };
  };
  const days = Array.from({ length: DAYS }, (_, d) => d);
  const frozen = (s: Snapshot, d: number, all: readonly Snapshot[]): Snapshot =>
    off.old && d > DAYS - 5 ? { ...s, asOf: all[DAYS - 6]?.asOf ?? s.asOf } : s;
  const wrong = {
    missing: someOf(r, size / 2),
    extra: someOf(r, size / 2),
    conflicts: someOf(r, 50),
    flipping: someOf(r, 300),
    matched: size - someOf(r, size / 2),
    pending: r() < 0.3 ? 4 : 0,
  };
  return inputOf({
    audience,
    system: system(sys, sys === "crm" ? "CRM" : "Newsletter", sys === "news"),
    history: days.map((d) => reading(d, sys, day(d))).map(frozen),
    ownerHistory: days.map((d) => reading(d, "warehouse", { size, audience: audience.id })),
    comparisons: days.map((d) => {
      const last = d === DAYS - 1;
      return comparison(d, {
        warehouse: { size },
        [sys]: {
          size,
          expected: size,
          missing: last ? wrong.missing : 0,
          settledMissing: last ? wrong.missing : 0,
          extra: last ? wrong.extra : 0,
          settledExtra: last ? wrong.extra : 0,
          consentConflict: last ? wrong.conflicts : 0,
          mailableOptedOut: last ? wrong.conflicts : 0,
          flipping: last ? wrong.flipping : 0,
          matched: last ? wrong.matched : size,
          oldestPendingReads: last ? wrong.pending : 0,
        },
      });
    }),
    backlog: r() < 0.5 ? null : { raised: true, missing: 0, extra: 0 },
    config: { ...CONFIG, audiences: [AUDIENCE, SUPPRESSION] },
  });
}

/** Ten companies' worth of what may go wrong, three lists beside each other so that some move alike. */
const found: readonly Finding[] = Array.from({ length: 120 }, (_, n) => {
  const suppression = n % 4 === 0;
  const lists = (suppression ? ["Do not contact"] : ["Active customers", "Trial", "VIP"]).map((title) => ({
    ...(suppression ? SUPPRESSION : AUDIENCE),
    id: audienceId(title.toLowerCase().replaceAll(" ", "_")),
    title,
  }));
  // the same seed: the same fault in each
  const inputs = lists.map((audience, i) => anyInput(n % 3 === 0 ? n : n * 7 + i, audience));
  return runChecks(inputs).flatMap((r) => (r.outcome.status === "fail" ? r.outcome.findings : []));
}).flat();

const each = (of: (f: Finding) => unknown): unknown[] => [...new Set(found.map(of))];
const wrongly = (ok: (f: Finding) => boolean): string[] =>
  found.filter((f) => !ok(f)).map((f) => `${f.check}: ${f.title} | ${f.moved} | ${f.means}`);

describe("whatever a check finds", () => {
  test("enough of them found something, by themselves and for several lists", () => {
    expect(each((f) => f.check).length).toBeGreaterThanOrEqual(11);
    expect(found.filter((f) => f.siblings !== undefined).length).toBeGreaterThan(5);
  });

  test("a title is a headline: no full stop, one line, in words that are said aloud", () => {
    expect(wrongly((f) => f.title.length > 0 && !/[.!?;,:]$|\n/.test(f.title))).toEqual([]);
  });

  test("what moved and what it means are sentences", () => {
    const sentence = (s: string) => /^\S.*[.]$/s.test(s) && !/\.\.|undefined|null|NaN|Infinity|\s{2}/.test(s);
    expect(wrongly((f) => sentence(f.moved) && sentence(f.means))).toEqual([]);
  });

  test("statistics stay in the maths, which is never empty", () => {
    const jargon = /σ|χ|\bz\b|\bp ?[<=]|z-score|\bscore\b|deviat|cusum|chi-square|variance|confidence/i;
    const said = (f: Finding) => [f.title, f.moved, f.means, f.cause.text ?? "", ...f.todo].join(" ");
    expect(wrongly((f) => !jargon.test(said(f)))).toEqual([]);
    expect(wrongly((f) => Object.keys(f.maths).length > 0)).toEqual([]);
    expect(
      wrongly((f) => Object.values(f.maths).every((v) => typeof v !== "number" || Number.isFinite(v))),
    ).toEqual([]);
  });

  test("people are counted or not known; a range is a range", () => {
    const whole = (n: number | null) => n === null || (Number.isInteger(n) && n >= 0);
    expect(wrongly((f) => whole(f.people))).toEqual([]);
    expect(wrongly((f) => f.observed === null || Number.isFinite(f.observed))).toEqual([]);
    expect(wrongly((f) => f.expected === null || f.expected.low <= f.expected.high)).toEqual([]);
    // a normal range without what was seen says nothing
    expect(wrongly((f) => f.expected === null || f.observed !== null)).toEqual([]);
  });

  test("there is something to do, and an unclear cause says nothing", () => {
    expect(wrongly((f) => f.todo.length > 0 && f.todo.every((t) => !/[.]$/.test(t)))).toEqual([]);
    expect(wrongly((f) => (f.cause.certainty === "unclear") === (f.cause.text === null))).toEqual([]);
  });

  test("people must see each list where somebody opted out; several lists are named", () => {
    expect(wrongly((f) => !OPTED.includes(f.check) || f.alike === undefined)).toEqual([]);
    expect(
      wrongly((f) => f.siblings === undefined || f.siblings.every((s) => f.title.includes(s.title))),
    ).toEqual([]);
    expect(wrongly((f) => f.siblings === undefined || (f.audience === null && f.repair === null))).toEqual(
      [],
    );
  });
});
