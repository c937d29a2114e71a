import { describe, expect, test } from "vitest";
import type { SystemDifference } from "../core/comparison.ts";
import type { SyncRun } from "../core/facts.ts";
import type { Measured } from "../core/model.ts";
import { at, CONFIG, comparison, inputOf, reading, WRITER } from "../test/property/checks-input.ts";
import { matchRate } from "./match-rate.ts";

const DAYS = 10;
const days = Array.from({ length: DAYS }, (_, d) => d);
const only = (o: ReturnType<typeof matchRate.run>) => (o.status === "fail" ? o.findings : o);

describe("of what the source has for this system", () => {
  const run = (per: (d: number) => Partial<SystemDifference>, owner: { duplicates?: number } = {}) =>
    matchRate.run(
      inputOf({
        history: days.map((d) => reading(d, "crm", { size: 4900 })),
        ownerHistory: days.map((d) =>
          reading(d, "warehouse", {
            size: 6000,
            metrics: { invalid: 20, duplicates: d === DAYS - 1 ? (owner.duplicates ?? 30) : 30 },
          }),
        ),
        comparisons: days.map((d) => comparison(d, { warehouse: { size: 6000 }, crm: per(d) })),
      }),
    );
  const usual = { expected: 5000, missing: 60, settledMissing: 40, matched: 5900, matchedDue: 4950 };

  test("the suppressed and those on their way are in neither count; unusable records are", () => {
    // a thousand suppressed who exist there, and as always five thousand who belong
    expect(run((d) => ({ ...usual, matchedDue: 4950 - (d % 3) })).status).toBe("pass");
    const lost = only(run((d) => ({ ...usual, matchedDue: d === DAYS - 1 ? 4500 : 4950 })));
    // 5,000 − 20 on their way + 50 records that are no person of their own
    expect(lost).toMatchObject([
      { subject: null, people: 450, observed: 4500, maths: { Found: 4500, Of: 5030 } },
    ]);
    // a sync that is late loses nobody: they are awaited, not unmatched
    expect(
      run((d) => (d === DAYS - 1 ? { ...usual, missing: 1040, matchedDue: 3950 } : { ...usual, missing: 60 }))
        .status,
    ).toBe("pass");
  });
  test("bad data at the source lowers the rate", () => {
    expect(only(run(() => usual, { duplicates: 900 }))).toMatchObject([{ subject: null, people: 856 }]);
  });
  test("until most comparisons count it so, the older way goes on", () => {
    const mixed = (last: number) =>
      run((d) =>
        d === DAYS - 1
          ? { ...usual, matched: last, matchedDue: 1 }
          : { expected: 5000, missing: 60, settledMissing: 40, matched: 5900 },
      );
    expect(mixed(5900).status).toBe("pass");
    expect(only(mixed(5000))).toMatchObject([{ subject: null, people: 900 }]);
  });
});

describe("of what the platform accepted", () => {
  const told = (n: number, more: Partial<Measured> = {}): Measured => ({
    numerator: n,
    denominator: null,
    quality: "estimated",
    settled: true,
    observedAt: at(0),
    ...more,
  });
  const run = (accepted: number, matched: number, more: Partial<Measured> = {}) =>
    matchRate.run(
      inputOf({
        history: days.map((d) => {
          const last = d === DAYS - 1;
          return {
            ...reading(d, "crm"),
            metrics: {
              accepted: told(last ? accepted : 10_000, last ? more : {}),
              matched: told(last ? matched : 6200 - (d % 2), last ? more : {}),
            },
          };
        }),
      }),
    );

  test("a fall is told with how the platform counts", () => {
    expect(only(run(10_000, 5000, { quality: "bucketed" }))).toMatchObject([
      {
        subject: "of accepted",
        people: 1200,
        maths: { "How it is known": "rounded by the platform" },
        moved:
          "5,000 of 10,000 (50 %) records that CRM counts as accepted belong to somebody in CRM (rounded by the platform); usually it is about 6,200.",
      },
    ]);
    expect(run(10_000, 6150).status).toBe("pass");
  });
  test("above 100 % is never cut off: it is a finding of its own", () => {
    expect(only(run(10_000, 11_300, { quality: "bucketed" }))).toMatchObject([
      { subject: "above 100 %", people: 1300, maths: { Share: "113 %" } },
    ]);
    expect(only(run(10_000, 10_030, { quality: "exact" }))).toMatchObject([{ subject: "above 100 %" }]);
    // rounding alone may pass 100 %
    expect(run(10_000, 10_900, { quality: "bucketed" }).status).toBe("pass");
    expect(run(10_000, 10_150, { quality: "estimated" }).status).toBe("pass");
  });
  test("counts that still settle are no verdict", () => {
    expect(run(10_000, 100, { settled: false })).toEqual({ status: "skip", because: "settling" });
  });

  const sync = (rowsRead: number | null, rowsWritten: number | null, d: number): SyncRun => ({
    job: WRITER.name,
    id: `s${d}`,
    state: "succeeded",
    startedAt: at(d - 0.2),
    endedAt: at(d - 0.1),
    rowsRead,
    rowsWritten,
    rowsFailed: 0,
    receivedAt: at(d - 0.1),
  });
  const synced = (rowsRead: number | null, here: number) =>
    matchRate.run(
      inputOf({
        config: { ...CONFIG, writers: [WRITER] },
        history: days.map((d) => reading(d, "crm", { size: 5000 })),
        ownerHistory: days.map((d) => reading(d, "warehouse", { size: 5000, metrics: { records: 5050 } })),
        syncRuns: days.map((d) => sync(rowsRead, 5000, d)),
        comparisons: days.map((d) =>
          comparison(d, {
            crm: { expected: 5000, missing: d === DAYS - 1 ? 5000 - here : 20, settledMissing: 20 },
          }),
        ),
      }),
    );
  test("a sync tool's rows count as accepted when its run read the whole list", () => {
    expect(only(synced(5050, 4000))).toMatchObject([
      { subject: "of accepted", people: 980, maths: { "How it is known": "estimated" } },
    ]);
    expect(synced(5050, 4980).status).toBe("pass");
    // a run that carried changes only says nothing of the whole
    expect(synced(40, 4000)).toEqual({ status: "skip", because: "not_readable" });
    expect(synced(null, 4000)).toEqual({ status: "skip", because: "not_readable" });
  });
});
