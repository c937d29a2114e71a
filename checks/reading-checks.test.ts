import { describe, expect, test } from "vitest";
import type { CheckInput } from "../core/finding.ts";
import { audienceId } from "../core/model.ts";
import {
  AUDIENCE,
  at,
  CONFIG,
  comparison,
  inputOf,
  reading,
  runOf,
  WRITER,
} from "../test/property/checks-input.ts";
import { duplicates } from "./duplicates.ts";
import { flipFlop } from "./flip-flop.ts";
import { freshness } from "./freshness.ts";
import { latency } from "./latency.ts";
import { matchRate } from "./match-rate.ts";
import { runChecks } from "./registry.ts";

const found = (o: ReturnType<typeof freshness.run>) => (o.status === "fail" ? o.findings[0] : o);
const days = (n: number, f: (d: number) => Parameters<typeof reading>[2]) =>
  Array.from({ length: n }, (_, d) => reading(d, "crm", f(d)));

describe("freshness", () => {
  const stale = (age: number) =>
    inputOf({ history: [reading(0, "crm", { size: 900 }), reading(age, "crm", { size: 900, asOf: at(0) })] });
  test("two missed renewals are stale, one is not", () => {
    expect(freshness.run(stale(2)).status).toBe("fail");
    expect(freshness.run(stale(1)).status).toBe("pass");
    expect(found(freshness.run(stale(3)))).toMatchObject({
      title: "Active customers is stale in CRM",
      cantTell: false,
      people: null,
      moved: "Active customers in CRM shows Tue 06:00 CEST, 3 days ago. Normal is at most 2 days.",
      means: "Who joined or left since then is not in this list of 900 people; the next send is not known.",
    });
  });
  test("a state from the future, or of no time, is no verdict; clocks may differ a little", () => {
    const ahead = (hours: number) =>
      freshness.run(inputOf({ history: [reading(0, "crm", { size: 900, asOf: at(hours / 24) })] }));
    expect(ahead(1).status).toBe("pass");
    expect(ahead(30)).toEqual({ status: "skip", because: "not_readable" });
    const never = reading(0, "crm", { size: 900, asOf: "never" as ReturnType<typeof at> });
    expect(freshness.run(inputOf({ history: [never] }))).toEqual({ status: "skip", because: "not_readable" });
  });
  test("the audience's latency budget counts when it is longer", () => {
    expect(freshness.run({ ...stale(3), audience: { ...AUDIENCE, latencyBudgetHours: 96 } }).status).toBe(
      "pass",
    );
  });
  test("the sync that should have run is the likely cause", () => {
    const config = { ...CONFIG, writers: [WRITER] };
    expect(found(freshness.run({ ...stale(3), config }))).toMatchObject({
      cause: { certainty: "likely", text: "the sync “nightly sync” has not run since" },
    });
  });
});

describe("run failure: can't tell, once per system", () => {
  const broken = (id: string, title: string): CheckInput => {
    const audience = { ...AUDIENCE, id: audienceId(id), title };
    return inputOf({
      audience,
      history: [
        reading(0, "crm"),
        reading(1, "crm", { coverage: "partial", because: "page 3 of 9 was lost." }),
      ],
    });
  };
  test("one finding for two audiences, without a size alarm", () => {
    const results = runChecks([broken("a", "Trial"), broken("b", "VIP")]);
    const failed = results.filter((r) => r.outcome.status === "fail");
    expect(failed.map((r) => r.check)).toEqual(["run_failure", "run_failure"]);
    for (const r of failed) {
      expect(found(r.outcome)).toMatchObject({
        audience: null,
        subject: null,
        cantTell: true,
        severity: "look",
        people: null,
        title: "CRM was not read completely",
        moved: "Can’t tell since Tue 06:00 CEST: page 3 of 9 was lost.",
        means: "2 audiences in CRM can’t be checked, right or wrong.",
      });
    }
    expect(results.filter((r) => r.outcome.status === "pass")).toEqual([]);
  });
  test("a refused key is called that", () => {
    const history = [reading(1, "crm", { coverage: "unusable", failure: "auth", because: "crm: 401" })];
    expect(
      found(runChecks([inputOf({ history })]).find((r) => r.check === "run_failure")!.outcome),
    ).toMatchObject({ title: "CRM refuses our key" });
  });
  test("an unreadable base alone says what is not known", () => {
    const base = [{ ...reading(1, "crm", { coverage: "partial", because: "timeout" }), audience: null }];
    const [r] = runChecks([inputOf({ history: [reading(1, "crm")], baseHistory: base })]).filter(
      (x) => x.check === "run_failure",
    );
    expect(found(r!.outcome)).toMatchObject({
      means:
        "How many people CRM holds in all is not known, so match rates and opt-outs there cannot be checked.",
    });
  });
});

describe("duplicates", () => {
  const with1 = (n: number) => ({ metrics: { records: 1000 + n, size: 1000, duplicates: n } });
  test("more than usual, or more than any list should have", () => {
    expect(
      found(
        duplicates.run(
          inputOf({ history: [...days(10, (d) => with1(d % 2)), reading(10, "crm", with1(40))] }),
        ),
      ),
    ).toMatchObject({
      title: "40 duplicate records in Active customers in CRM",
      people: 40,
      moved: "40 of 1,040 (3.8 %) records repeat a person who is already there. Normal is about 1.",
    });
    expect(duplicates.run(inputOf({ history: days(1, () => with1(30)) })).status).toBe("fail");
    expect(duplicates.run(inputOf({ history: days(30, () => with1(30)) })).status).toBe("fail");
    expect(duplicates.run(inputOf({ history: days(10, (d) => with1(d % 3)) })).status).toBe("pass");
  });
});

describe("match rate", () => {
  const rates = (n: number, last: number | null) => {
    const comparisons = Array.from({ length: n }, (_, d) =>
      comparison(d, { warehouse: { size: 5000 }, crm: { matched: d === n - 1 ? last : 4950 - (d % 5) } }),
    );
    return matchRate.run(inputOf({ history: days(n, () => ({ size: 4900 })), comparisons }));
  };
  test("people who can no longer be found", () => {
    expect(found(rates(12, 4500))).toMatchObject({
      title: "448 people of Active customers can no longer be found in CRM",
      people: 448,
    });
    expect(rates(12, 4900).status).toBe("pass");
  });
  test("an unreadable base is not zero", () => {
    expect(rates(12, null)).toEqual({ status: "skip", because: "not_readable" });
    expect(rates(5, 4500)).toEqual({ status: "skip", because: "learning" });
  });
});

describe("flip-flop", () => {
  const flips = (n: number, over: Partial<CheckInput> = {}) =>
    flipFlop.run(
      inputOf({
        history: [reading(1, "crm")],
        comparisons: [comparison(1, { crm: { flipping: n, size: 6200 } })],
        ...over,
      }),
    );
  test("a duel names both writers", () => {
    const config = {
      ...CONFIG,
      writers: [WRITER, { ...WRITER, name: "CRM workflow" }, { ...WRITER, name: "old job", enabled: false }],
    };
    expect(found(flips(212, { config }))).toMatchObject({
      title: "212 people flip in and out of Active customers in CRM",
      people: 212,
      cause: {
        certainty: "likely",
        text: "“nightly sync” and “CRM workflow” both write it and overwrite each other",
      },
    });
  });
  test("twenty people count, nineteen do not; one writer is no duel", () => {
    expect(found(flips(20, { config: { ...CONFIG, writers: [WRITER] } }))).toMatchObject({
      cause: { certainty: "unclear", text: null },
    });
    expect(flips(19).status).toBe("pass");
  });
});

test("latency: the oldest waiting change against the budget; unknown is not zero", () => {
  const pending = (reads: number | null, settledMissing = 5) =>
    latency.run(
      inputOf({
        history: [reading(1, "crm")],
        ownerHistory: [-3, -2, -1, 0, 1].map((day) => reading(day, "warehouse")),
        comparisons: [-3, -2, -1, 0, 1].map((day) =>
          comparison(day, {
            crm: {
              oldestPendingReads: reads,
              missing: settledMissing,
              settledMissing,
              expected: 6000,
              size: 6000,
            },
          }),
        ),
      }),
    );
  expect(pending(null)).toEqual({ status: "skip", because: "not_readable" });
  expect(pending(0).status).toBe("pass");
  expect(pending(2).status).toBe("pass"); // a day, and twice the budget is two
  expect(found(pending(4))).toMatchObject({ title: "Active customers reaches CRM late" });
  expect(pending(6)).toEqual({ status: "skip", because: "not_readable" });
  expect(pending(4, 4).status).toBe("pass"); // a few stragglers are no late sync
  expect(pending(4, 600)).toEqual({ status: "skip", because: "told_elsewhere" });
});

test("a segment that was not read in this run has no verdict", () => {
  const results = runChecks([
    { ...inputOf({ history: [reading(0, "crm", { size: 10 })] }), runId: runOf(1) },
  ]);
  expect(results.every((r) => r.outcome.status === "skip")).toBe(true);
});
