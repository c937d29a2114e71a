import { describe, expect, test } from "vitest";
import type { DistributionVerdict } from "../core/distribution.ts";
import type { CheckInput, Finding } from "../core/finding.ts";
import { at, inputOf, reading } from "../test/property/checks-input.ts";
import { attributeShift } from "./attribute-shift.ts";
import { DistributionStream } from "./stats/distribution.ts";

type Counts = Record<string, number>;
const DAY = 86_400_000;

/** What 40 days of `usual`, give or take a few, and then `days` make of the last one. */
function verdict(usual: Counts, ...days: Counts[]): DistributionVerdict {
  const stream = new DistributionStream();
  const wobble = (d: number, c: number) => ((d * 7 + c * 13) % 11) - 5;
  let last: DistributionVerdict | null = null;
  for (let d = 0; d < 40 + days.length; d++) {
    const counts =
      days[d - 40] ??
      Object.fromEntries(Object.entries(usual).map(([name, n], c) => [name, n + wobble(d, c)]));
    last = stream.push({ t: Date.UTC(2026, 8, 1) + d * DAY, counts });
  }
  if (last === null) throw new RangeError("at least one day");
  return last;
}

const COUNTRY = { DE: 30_000, FR: 14_000, unknown: 100 };
const SHIFTED = { DE: 27_000, FR: 12_980, unknown: 4120 };
const history = [
  ...Array.from({ length: 40 }, (_, d) => reading(d, "crm", { size: 44_100 })),
  reading(40, "crm", { size: 44_100 }),
];

const judged = (distributions: CheckInput["distributions"], more: Partial<CheckInput> = {}) =>
  attributeShift.run(inputOf({ history, distributions, ...more }));
function only(outcome: ReturnType<typeof judged>): Finding {
  if (outcome.status !== "fail") throw new RangeError(JSON.stringify(outcome));
  return outcome.findings[0];
}

describe("attribute shift", () => {
  test("people who moved, with what is normal, in words", () => {
    const finding = only(judged({ country: verdict(COUNTRY, SHIFTED) }));
    expect(finding).toMatchObject({
      check: "attribute_shift",
      subject: "country",
      severity: "look",
      people: 4020,
      observed: 4120,
      repair: "attribute",
      cause: { certainty: "unclear", text: null },
    });
    expect(finding.title).toMatch(/^Country in CRM: 4,120 people are now “unknown”, normal is \d+ to 1\d\d$/);
    expect(finding.moved).toMatch(
      /^In Active customers 4,120 of 44,100 \(9\.3 %\) people are “unknown”, read /,
    );
    expect(finding.moved).toContain("27,000 people are “DE”, normal is 2");
    expect(finding.means).toContain("4,020 people have another country than usual");
    expect(JSON.stringify([finding.title, finding.moved, finding.means])).not.toMatch(/chi|variation|χ/i);
    expect(finding.maths).toHaveProperty("Chi-square");
  });

  test("a renamed value is told as a rename", () => {
    const { DE, ...rest } = COUNTRY;
    const finding = only(judged({ country: verdict(COUNTRY, { ...rest, Germany: DE }) }));
    expect(finding.title).toBe("Country in CRM: “DE” is now “Germany”, likely");
    expect(finding.cause).toEqual({ certainty: "likely", text: "the value “DE” was renamed to “Germany”" });
    expect(finding.moved).toContain("30,000 people are “Germany”, which was never seen before");
  });

  test("a new value that took few of the vanished one's people is no rename", () => {
    const { DE, ...rest } = COUNTRY;
    const finding = only(
      judged({ country: verdict(COUNTRY, { ...rest, FR: 14_000 + DE - 2000, AT: 2000 }) }),
    );
    expect(finding.title).toContain("“FR”");
  });

  test("whoever the vendor says changed that field of so many people is the likely cause", () => {
    const changedBy = [{ attribute: "country", source: "Zapier", records: 4000, latestAt: at(40) }];
    expect(only(judged({ country: verdict(COUNTRY, SHIFTED) }, { changedBy })).cause).toMatchObject({
      certainty: "likely",
      text: expect.stringContaining("“Zapier” changed country in 4,000 records"),
    });
  });

  test("too few people, too small a share, or nothing flagged: pass", () => {
    const few = verdict({ a: 200, b: 100 }, { a: 180, b: 120 });
    expect(judged({ plan: { ...few, flagged: true } })).toEqual({ status: "pass" });
    const small = { ...verdict(COUNTRY, SHIFTED), totalVariation: 0.019 };
    expect(judged({ plan: small })).toEqual({ status: "pass" });
    expect(judged({ country: verdict(COUNTRY, COUNTRY) })).toEqual({ status: "pass" });
    const set = inputOf({ history }).config;
    const config = { ...set, checks: { attribute_shift: { minimum_people: 5000 } } };
    expect(judged({ country: verdict(COUNTRY, SHIFTED) }, { config })).toEqual({ status: "pass" });
  });

  test("nothing counted, still learning, switched off, a partial reading: skip with the reason", () => {
    const v = verdict(COUNTRY, SHIFTED);
    expect(judged({})).toEqual({ status: "skip", because: "no_data" });
    expect(judged({ country: { ...v, learning: true, flagged: false } })).toEqual({
      status: "skip",
      because: "learning",
    });
    const config = { ...inputOf({ history }).config, checks: { attribute_shift: { enabled: false } } };
    expect(judged({ country: v }, { config })).toEqual({ status: "skip", because: "not_configured" });
    const partial = [...history.slice(0, -1), reading(40, "crm", { coverage: "partial" })];
    expect(judged({ country: v }, { history: partial })).toEqual({ status: "skip", because: "partial" });
  });

  test("what completeness or schema drift tell already is left to them", () => {
    const states = (valid: number) => ({ plan: { valid, null: 44_100 - valid } });
    const past = Array.from({ length: 40 }, (_, d) =>
      reading(d, "crm", { size: 44_100, attributes: states(44_000 + (d % 5)) }),
    );
    const emptied = [...past, reading(40, "crm", { size: 44_100, attributes: states(30_000) })];
    const v = verdict({ free: 30_000, pro: 14_000, "": 100 }, { free: 20_000, pro: 10_000, "": 14_100 });
    expect(judged({ plan: v }, { history: emptied })).toEqual({ status: "skip", because: "told_elsewhere" });
    const both = judged({ plan: v, country: verdict(COUNTRY, SHIFTED) }, { history: emptied });
    expect(both.status === "fail" && both.findings.map((f) => f.subject)).toEqual(["country"]);
    // Not told there: the same people without a value, in words.
    expect(only(judged({ plan: v })).title).toMatch(/^Plan in CRM: 14,100 people now have no value, normal/);
  });
});
