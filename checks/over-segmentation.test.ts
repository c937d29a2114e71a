import { describe, expect, test } from "vitest";
import type { Overlap } from "../core/comparison.ts";
import type { Audience } from "../core/config.ts";
import type { CheckInput } from "../core/finding.ts";
import { audienceId, systemId } from "../core/model.ts";
import {
  AUDIENCE,
  CONFIG,
  type Given,
  inputOf,
  reading,
  runOf,
  SUPPRESSION,
} from "../test/property/checks-input.ts";
import { overSegmentation } from "./over-segmentation.ts";

const audience = (id: string, more: Partial<Audience> = {}): Audience => ({
  ...AUDIENCE,
  id: audienceId(id),
  title: id.toUpperCase(),
  ...more,
});
const A = audience("a");
const B = audience("b");
const C = audience("c");

const overlapOf = (
  masks: Overlap["masks"],
  settled: Overlap["settled"] = masks,
  audiences: readonly Audience[] = [A, B],
): Overlap => ({
  runId: runOf(1),
  system: systemId("warehouse"),
  audiences: audiences.map((a) => a.id),
  masks,
  settled,
});

const ALIKE = { 1: 20, 2: 30, 3: 1950 };

/** Judges the first of `audiences` in its owner, the warehouse. */
function run(
  overlap: Overlap | null,
  audiences: readonly Audience[] = [A, B],
  more: Partial<CheckInput> = {},
) {
  return overSegmentation.run(
    inputOf({
      history: [0, 1].map((d) => reading(d, "warehouse", { size: 2000 })),
      audience: audiences[0]!,
      overlaps: overlap === null ? [] : [overlap],
      ...more,
      config: { ...CONFIG, audiences: [...audiences].sort((x, y) => (x.id < y.id ? -1 : 1)), ...more.config },
    }),
  );
}
const found = (o: ReturnType<typeof run>) => (o.status === "fail" ? o.findings : []);

describe("nearly the same people", () => {
  test("two lists are one finding, at the first of them", () => {
    expect(found(run(overlapOf(ALIKE)))).toMatchObject([
      {
        check: "over_segmentation",
        audience: "a",
        system: "warehouse",
        subject: "near_identical",
        severity: "look",
        title: "A and B are nearly the same people",
        moved:
          "Of 2,000 people in A or B in Warehouse, 1,950 (98 %) are in both, now and in the read before.",
        people: 1950,
        maths: { "Jaccard index": 0.975, "Only in A": 20, "Only in B": 30 },
      },
    ]);
    expect(run(overlapOf(ALIKE), [B, A])).toEqual({ status: "skip", because: "told_elsewhere" });
  });
  test("three alike are one finding, with the groups of the overlap", () => {
    const overlap = overlapOf({ 1: 5, 3: 12, 6: 9, 7: 974 }, undefined, [A, B, C]);
    expect(found(run(overlap, [A, B, C]))).toMatchObject([
      {
        title: "A, B and C are nearly the same people",
        moved:
          "Of 1,000 people in A, B or C in Warehouse, 974 (97 %) are in all 3, now and in the read before.",
        maths: { "Only in A + B": 12, "Only in B + C": 9, "Only in A": 5 },
      },
    ]);
    expect(run(overlap, [B, A, C])).toEqual({ status: "skip", because: "told_elsewhere" });
  });
  test("of a chain, whose ends are not alike, every link is told once", () => {
    // A–B 0.96, B–C 0.96, A–C 0.92
    const chain = overlapOf({ 1: 40, 3: 40, 6: 40, 4: 40, 7: 1920 }, undefined, [A, B, C]);
    const titles = [A, B, C].map((first) =>
      found(run(chain, [first, ...[A, B, C].filter((x) => x !== first)])).map((f) => f.title),
    );
    expect(titles).toEqual([
      ["A and B are nearly the same people"],
      ["B and C are nearly the same people"],
      [],
    ]);
  });
  test("just below the limit, or below it in people, is not told", () => {
    expect(run(overlapOf({ 1: 50, 2: 60, 3: 1950 }))).toEqual({ status: "pass" });
    expect(run(overlapOf({ 3: 99 }))).toEqual({ status: "pass" });
    const checks = { over_segmentation: { minimum_people: 99 } };
    expect(
      run(overlapOf({ 3: 99 }), [A, B], { config: { ...CONFIG, audiences: [A, B], checks } }).status,
    ).toBe("fail");
  });
  test("only what lasts: alike in this read alone is learned first", () => {
    expect(run(overlapOf(ALIKE, { 1: 900, 2: 30, 3: 400 }))).toEqual({ status: "skip", because: "learning" });
    expect(run(overlapOf(ALIKE, {}))).toEqual({ status: "skip", because: "learning" });
  });
});

describe("lists that are alike on purpose", () => {
  const pass = (b: Partial<Audience>, a: Partial<Audience> = {}) => {
    const [x, y] = [audience("a", a), audience("b", b)];
    return run(overlapOf(ALIKE, ALIKE, [x, y]), [x, y]);
  };
  test("of another purpose: who may be mailed, and who is active", () => {
    expect(pass({ purpose: "consent" })).toEqual({ status: "pass" });
    expect(pass({ purpose: "marketing" })).toEqual({ status: "pass" });
  });
  test("consent and suppression lists are never too many", () => {
    expect(pass({ purpose: "consent" }, { purpose: "consent" })).toEqual({
      status: "skip",
      because: "not_configured",
    });
    expect(run(null, [SUPPRESSION])).toEqual({ status: "skip", because: "not_configured" });
  });
  test("a part by its where, and lists that exclude each other, which another check tells", () => {
    const segments = AUDIENCE.segments.map((s) => ({ ...s, where: { plan: ["pro"] } }));
    expect(pass({ segments })).toEqual({ status: "pass" });
    expect(pass({ exclusiveWith: [A.id] })).toEqual({ status: "pass" });
  });
});

describe("where it is judged", () => {
  const crm = (more: Partial<CheckInput> = {}) =>
    run({ ...overlapOf(ALIKE), system: systemId("crm") }, [A, B], {
      history: [0, 1].map((d) => reading(d, "crm", { size: 2000 })),
      ...more,
    });
  test("at the owner of both, not at every copy", () => {
    expect(crm()).toEqual({ status: "skip", because: "told_elsewhere" });
  });
  test("of two owners, in the first system that holds both", () => {
    const [x, y] = [audience("a", { owner: systemId("crm") }), audience("b", { owner: systemId("news") })];
    const only = (...systems: string[]) => AUDIENCE.segments.filter((s) => systems.includes(s.system));
    const here = [
      { ...x, segments: only("crm", "news") },
      { ...y, segments: only("crm", "news") },
    ] as const;
    expect(crm({ audience: here[0], config: { ...CONFIG, audiences: [...here] } }).status).toBe("fail");
  });
  test("the other list was not read: not known", () => {
    expect(run(null)).toEqual({ status: "skip", because: "partial" });
  });
});

describe("tiny audiences", () => {
  const tiny = (
    n: number,
    sizes: (day: number) => number,
    more: Partial<CheckInput> = {},
    given: Given = {},
  ) =>
    run(null, [A], {
      history: Array.from({ length: n }, (_, d) => reading(d, "warehouse", { size: sizes(d), ...given })),
      baseHistory: [reading(n - 1, "warehouse", { size: 48_000, audience: null })],
      ...more,
    });
  test("four weeks below fifty people, and no mail to them", () => {
    expect(found(tiny(40, (d) => 8 + (d % 5)))).toMatchObject([
      {
        subject: "tiny",
        title: "A has only 12 people",
        moved:
          "A in Warehouse has held between 8 and 12 people for 28 days, of 48,000 known there; no send to it is planned.",
        people: 12,
      },
    ]);
    expect(found(tiny(40, () => 0))[0]?.title).toBe("Nobody is in A");
  });
  test("one larger read within the four weeks is enough to be none, an older one is not", () => {
    expect(tiny(40, (d) => (d === 20 ? 50 : 8))).toEqual({ status: "pass" });
    expect(tiny(40, (d) => (d === 3 ? 50 : 8)).status).toBe("fail");
  });
  test("a new list is given its time, and so is one that is seldom read", () => {
    expect(tiny(20, () => 8)).toEqual({ status: "skip", because: "learning" });
    expect(tiny(40, () => 8, { history: [0, 39].map((d) => reading(d, "warehouse", { size: 8 })) })).toEqual({
      status: "skip",
      because: "learning",
    });
  });
  test("in a small company forty people are many", () => {
    const baseHistory = [reading(39, "warehouse", { size: 1000, audience: null })];
    expect(tiny(40, () => 40, { baseHistory })).toEqual({ status: "pass" });
  });
  test("a list that is mailed is wanted", () => {
    const calendar = [{ name: "VIP", system: systemId("news"), audience: A.id, at: null, cron: "0 9 * * 1" }];
    expect(tiny(40, () => 8, { config: { ...CONFIG, audiences: [A], calendar } })).toEqual({
      status: "pass",
    });
  });
  test("partial reads say nothing", () => {
    expect(tiny(40, () => 8, {}, { coverage: "partial" })).toEqual({ status: "skip", because: "partial" });
  });
});
