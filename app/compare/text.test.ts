import { describe, expect, test } from "vitest";
import type { CompareReport, FileReport } from "./report.ts";
import { compareText, glyph } from "./text.ts";

const file = (name: string, over: Partial<FileReport> = {}): FileReport => ({
  file: name,
  owner: false,
  coverage: "complete",
  cantTell: null,
  changedAt: null,
  idColumn: "email",
  rows: 100,
  people: 100,
  openEnd: false,
  duplicates: 0,
  duplicatesBySpelling: 0,
  unusable: 0,
  missing: 0,
  extra: 0,
  attributes: [],
  ...over,
});
const report = (
  verdict: CompareReport["verdict"],
  files: FileReport[],
  overlap: CompareReport["overlap"],
): CompareReport => ({
  verdict,
  identity: "email",
  owner: files[0]?.file ?? "",
  files,
  overlap,
});
const two = (over: Partial<FileReport>): CompareReport =>
  report(
    "different",
    [
      file("warehouse.csv", { owner: true, people: 48316 }),
      file("klaviyo.csv", { people: 75584, missing: 42, extra: 27310, ...over }),
    ],
    [
      { files: ["warehouse.csv", "klaviyo.csv"], people: 48274 },
      { files: ["klaviyo.csv"], people: 27310 },
      { files: ["warehouse.csv"], people: 42 },
    ],
  );

describe("lines", () => {
  test("verdict, columns, drawing, notes, overlap", () => {
    const attributes = [
      {
        name: "plan",
        column: "Plan",
        compared: 48274,
        equal: 48186,
        differ: 88,
        emptyHere: 0,
        emptyAtOwner: 0,
        emptyInBoth: 0,
      },
    ];
    expect(compareText(two({ duplicates: 3, attributes }), 100)).toBe(
      `◆ Not the same. klaviyo.csv holds 27,310 extra people and lacks 42.
  Matched by e-mail address, column “email”

warehouse.csv  48,316 people  (owner)                            ●
klaviyo.csv    75,584 people  42 missing  27,310 extra          ▐│████████▶  3 duplicates
  plan differs for 88 people

Who is where, each person once
  48,274  ████████████████████████  in both
  27,310  ██████████████            only klaviyo.csv
      42  ▏                         only warehouse.csv
`,
    );
  });

  test("no line is wider than the terminal, and no number is lost", () => {
    const long = two({
      file: "an export with a very long name of 日本語 letters.csv",
      duplicates: 3,
      unusable: 12,
    });
    for (const width of [40, 60, 80, 100]) {
      const text = compareText(long, width);
      for (const n of ["48,316", "75,584", "27,310", "42", "3 duplicates", "12 rows"])
        expect(text.replace(/\s+/g, " ")).toContain(n);
    }
    const short = two({ file: "klaviyo.csv", missing: 1, extra: 1, duplicates: 3_044, unusable: 12 });
    for (const r of [long, short])
      for (let width = 80; width <= 120; width++)
        for (const line of compareText(r, width).split("\n"))
          expect([...line].length).toBeLessThanOrEqual(width);
  });

  test("what cannot be told is said, not counted", () => {
    const text = compareText(
      report(
        "cant_tell",
        [
          file("a.csv", { owner: true }),
          file("b.csv", {
            coverage: "partial",
            cantTell: "b.csv:7: a quote is opened and never closed → close it",
            rows: null,
            people: null,
            missing: null,
            extra: null,
          }),
        ],
        [],
      ),
      100,
    );
    expect(text).toContain("○ Can’t tell: b.csv could not be compared.");
    expect(text).toContain("b.csv  ○ can’t tell\n  b.csv:7: a quote is opened and never closed → close it\n");
    expect(text).not.toContain("b.csv 0");
  });
});

describe("glyph", () => {
  test.each<[Partial<FileReport>, string]>([
    [{ missing: 0, extra: 0 }, "         │         "],
    [{ missing: 1, extra: 0 }, "        ▐│         "],
    [{ missing: 0, extra: 90_000 }, "         │████████▶"],
    [{ missing: 40_000, extra: 100 }, "◀████████│█        "],
    [{ missing: null, extra: 5 }, "         ○         "],
    [{ owner: true }, "         ●         "],
  ])("%j", (over, drawn) => expect(glyph(file("x", over), 48_316)).toBe(drawn));
});
