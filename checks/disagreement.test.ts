import { describe, expect, test } from "vitest";
import type { SystemDifference } from "../core/comparison.ts";
import type { CheckInput, Finding } from "../core/finding.ts";
import {
  AUDIENCE,
  CONFIG,
  comparison,
  inputOf,
  reading,
  SUPPRESSION,
  WRITER,
} from "../test/property/checks-input.ts";
import { disagreement } from "./disagreement.ts";

type Here = Partial<SystemDifference>;

const judge = (days: readonly Here[], backlog: CheckInput["backlog"], over: Partial<CheckInput> = {}) =>
  disagreement.run(
    inputOf({
      history: days.map((_, d) => reading(d, "crm", { size: 5000 })),
      comparisons: days.map((crm, d) => comparison(d, { warehouse: {}, crm })),
      backlog,
      ...over,
    }),
  );

const findings = (o: ReturnType<typeof judge>): readonly Finding[] => (o.status === "fail" ? o.findings : []);
const none = { raised: true, missing: 0, extra: 0 };

describe("the first comparison", () => {
  test("raises one backlog", () => {
    const [f, ...more] = findings(judge([{ missing: 400, extra: 12 }], null));
    expect(more).toEqual([]);
    expect(f).toMatchObject({
      backlog: true,
      subject: "backlog",
      people: 412,
      repair: "membership",
      title: "Active customers in CRM differs from Warehouse by 412 people",
    });
    expect(f?.known).toBeUndefined();
  });
  test("a handful may be a sync under way: it settles first", () => {
    expect(judge([{ missing: 8 }], null)).toEqual({ status: "skip", because: "settling" });
    expect(judge([{}], null)).toEqual({ status: "pass" });
  });
  test("what the second comparison sees again is the backlog", () => {
    const [f] = findings(
      judge([{ missing: 8 }, { missing: 9, settledMissing: 8 }], { raised: true, missing: 8, extra: 0 }),
    );
    expect(f).toMatchObject({
      backlog: true,
      people: 8,
      title: "8 people are missing from Active customers in CRM",
    });
    expect(f?.known).toBeUndefined();
  });
});

describe("later", () => {
  const old = { missing: 400, settledMissing: 400 };
  test("the same backlog only updates its incident", () => {
    expect(findings(judge([old, old, old], { raised: true, missing: 400, extra: 0 }))).toMatchObject([
      { backlog: true, known: true, people: 400 },
    ]);
  });
  test("growth beyond it is told by itself", () => {
    const grown = { missing: 460, settledMissing: 450, extra: 31, settledExtra: 30 };
    const [f, backlog] = findings(judge([old, old, grown], { raised: true, missing: 400, extra: 0 }));
    expect(f).toMatchObject({ backlog: false, subject: null, people: 80 });
    expect(f?.moved).toBe(
      "50 people are missing and 30 are extra compared with Warehouse, in at least two reads, since 06:00 CEST. Normal is none for longer than 24 hours.",
    );
    expect(backlog).toMatchObject({ backlog: true, known: true, people: 400 });
  });
  test("what was seen once only is not told, and a few people are no fault", () => {
    expect(judge([{}, {}, { missing: 300 }], none).status).toBe("pass");
    expect(judge([{}, {}, { missing: 4, settledMissing: 4 }], none).status).toBe("pass");
  });
  test("one leaking percent a day is found at the second read", () => {
    expect(judge([{}, { missing: 50 }, { missing: 100, settledMissing: 50 }], none).status).toBe("fail");
  });
});

test("no verdict without this run's comparison", () => {
  const partial = [reading(0, "crm"), reading(1, "crm", { coverage: "partial" })];
  expect(disagreement.run(inputOf({ history: partial }))).toEqual({ status: "skip", because: "partial" });
  const owner = [reading(1, "warehouse", { coverage: "partial" })];
  expect(
    disagreement.run(
      inputOf({
        history: [reading(1, "crm")],
        ownerHistory: owner,
        comparisons: [comparison(0, { crm: {} })],
      }),
    ),
  ).toEqual({ status: "skip", because: "owner_partial" });
});

test("a suppression list in a system without a readable base has unknown missing people, not zero", () => {
  const unknown = { expected: null, missing: null, settledMissing: null, settledExtra: 20, extra: 20 };
  const [f] = findings(judge([{}, {}, unknown], none));
  expect(f?.title).toBe("20 people too many are in Active customers in CRM");
  expect(f?.expected).toBeNull();
});

test("a suppression list is judged by its effect where that is known: who cannot be mailed anyway is not missed", () => {
  const audience = { ...SUPPRESSION, owner: AUDIENCE.owner };
  const day = { missing: 900, settledMissing: 900, extra: 2, settledExtra: 2 };
  expect(judge([day], null, { audience })).toEqual({ status: "skip", because: "settling" });
  expect(judge([{}, {}, day], none, { audience }).status).toBe("pass");
  expect(judge([{}, {}, { ...day, mailableOptedOut: null }], none, { audience }).status).toBe("fail");
});

test("a copy that was not renewed, or a sync that is off, is named as the cause", () => {
  const days = [{}, {}, { missing: 100, settledMissing: 60 }];
  const stale = [reading(0, "crm"), reading(1, "crm"), reading(2, "crm", { asOf: reading(1, "crm").asOf })];
  expect(findings(judge(days, none, { history: stale }))[0]?.cause).toEqual({
    certainty: "confirmed",
    text: "the copy was last renewed Wed 06:00 CEST",
  });
  const off = { ...CONFIG, writers: [{ ...WRITER, enabled: false }] };
  expect(findings(judge(days, none, { config: off }))[0]?.cause).toEqual({
    certainty: "likely",
    text: "the sync “nightly sync” that fills this list is switched off",
  });
});
