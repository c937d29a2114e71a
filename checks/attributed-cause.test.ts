import { describe, expect, test } from "vitest";
import type { Attribution, ChangePart, Telling } from "../core/attribution.ts";
import type { CheckInput, Finding } from "../core/finding.ts";
import { AUDIENCE, at, inputOf, reading, runOf, system } from "../test/property/checks-input.ts";
import { explained, withPeople } from "./attributed-cause.ts";
import { draftFinding } from "./draft-finding.ts";

const CRM = system("crm", "CRM");
const none = { came: 0, left: 0 };
const EMPTIED: Telling = {
  attribute: "email_opt_in",
  state: "empty",
  value: null,
  people: 364,
  of: 400,
  changed: 364,
  others: 6,
  ofOthers: 600,
};

const attribution = (
  parts: Partial<Record<ChangePart, number>>,
  more: Partial<Attribution> = {},
): Attribution => {
  const left = (part: ChangePart) => ({ came: 0, left: parts[part] ?? 0 });
  return {
    audience: AUDIENCE.id,
    system: CRM.id,
    runId: runOf(9),
    from: at(8),
    to: at(9),
    before: 1000,
    now: 600,
    parts: {
      rule: left("rule"),
      data: left("data"),
      identity: left("identity"),
      snapshot: left("snapshot"),
      unexplained: left("unexplained"),
    },
    lookedUp: true,
    data: { records: none, values: none, owner: null },
    odd: null,
    rule: null,
    left: null,
    came: null,
    ...more,
  };
};
const given = (a: Attribution | null, more: Partial<CheckInput> = {}): CheckInput =>
  inputOf({
    history: [reading(8, "crm"), reading(9, "crm")],
    system: CRM,
    now: at(9),
    attribution: a,
    ...more,
  });

const UNCLEAR: Finding["cause"] = { certainty: "unclear", text: null };
function causeOf(i: CheckInput, cause = UNCLEAR, differing = false): Finding["cause"] {
  const finding = draftFinding(i, "size_anomaly", {
    severity: "look",
    title: "",
    moved: "",
    means: "",
    cause,
    todo: [],
    people: 400,
  });
  return withPeople(i, finding, { way: "left", people: 400, differing }).cause;
}

describe("the cause that the people tell", () => {
  test("a value that most who left lost since the reading before", () => {
    const a = attribution({ data: 370, unexplained: 30 }, { left: EMPTIED });
    expect(causeOf(given(a))).toEqual({
      certainty: "likely",
      text: "91 % of those who left have “email_opt_in” empty since Wed 06:00 CEST",
    });
  });

  test("who changed the field, where the vendor's own record says so", () => {
    const a = attribution({ data: 370, unexplained: 30 }, { left: EMPTIED });
    const changedBy = [
      { attribute: "email_opt_in", source: "INTEGRATION: Zapier", records: 364, latestAt: at(8.75) },
      { attribute: "email_opt_in", source: "CRM_UI", records: 2, latestAt: at(8.9) },
      { attribute: "email_opt_in", source: "long ago", records: 9000, latestAt: at(2) },
    ];
    expect(causeOf(given(a, { changedBy })).text).toBe(
      "91 % of those who left have “email_opt_in” empty since 00:00 CEST, changed by “INTEGRATION: Zapier”",
    );
  });

  test("a value that they had all along is compared with those who stayed", () => {
    const a = attribution({ unexplained: 400 }, { left: { ...EMPTIED, changed: 0 } });
    expect(causeOf(given(a)).text).toBe(
      "91 % of those who left have “email_opt_in” empty; of those who did not move, 1.0 %",
    );
  });

  test("a rule that changed, with how many did not change otherwise, is as certain as the change", () => {
    const rule = {
      at: at(8.5),
      certainty: "confirmed",
      text: "the rule of “Active” in CRM was changed",
    } as const;
    expect(causeOf(given(attribution({ rule: 380, data: 20 }, { rule })))).toEqual({
      certainty: "confirmed",
      text: "the rule of “Active” in CRM was changed at Wed 18:00 CEST; 380 of 400 (95 %) of those who left did not change otherwise",
    });
  });

  test("records that are gone, other addresses, an odd reading", () => {
    const gone = attribution(
      { data: 390, unexplained: 10 },
      {
        data: { records: { came: 0, left: 390 }, values: none, owner: null },
      },
    );
    expect(causeOf(given(gone))).toEqual({
      certainty: "confirmed",
      text: "390 of 400 (98 %) of those who left have no record in CRM any more",
    });
    expect(causeOf(given(attribution({ identity: 400 }))).text).toBe(
      "400 of 400 (100 %) of those who left are still in CRM under another email address or without a usable one",
    );
    expect(causeOf(given(attribution({ snapshot: 400 }, { odd: "short" })))).toEqual({
      certainty: "likely",
      text: "the read brought fewer records than CRM itself declares",
    });
  });

  test("as the owner says explains a size, but no difference from the owner", () => {
    const a = attribution(
      { data: 400 },
      { data: { records: none, values: none, owner: { came: 0, left: 400 } } },
    );
    expect(causeOf(given(a)).text).toContain("do not belong there by Warehouse either");
    expect(causeOf(given(a), UNCLEAR, true)).toEqual(UNCLEAR);
  });

  test("a known cause stays, and what most share is said after it", () => {
    const job: Finding["cause"] = { certainty: "confirmed", text: "the sync failed" };
    expect(causeOf(given(attribution({ data: 400 }, { left: EMPTIED })), job)).toEqual({
      certainty: "confirmed",
      text: "the sync failed; 91 % of those who left have “email_opt_in” empty since Wed 06:00 CEST",
    });
  });

  test("a rule that changed gives way when the people tell otherwise; a job that failed does not", () => {
    const gone = attribution(
      { data: 390, unexplained: 10 },
      { data: { records: { came: 0, left: 390 }, values: none, owner: null } },
    );
    const rule = { at: at(8.5), audience: AUDIENCE.id, system: CRM.id, text: "the rule was changed" };
    const changes = [{ ...rule, certainty: "confirmed" as const }];
    const cause = (text: string): Finding["cause"] => ({ certainty: "confirmed", text });
    const people = "390 of 400 (98 %) of those who left have no record in CRM any more";
    expect(causeOf(given(gone, { changes }), cause("the rule was changed at 18:00")).text).toBe(people);
    expect(causeOf(given(gone, { changes }), cause("the sync failed")).text).toBe(
      `the sync failed; ${people}`,
    );
  });

  test("nothing found stays unclear: unexplained people, too few of them, no look-up at all", () => {
    expect(causeOf(given(attribution({ unexplained: 400 })))).toEqual(UNCLEAR);
    expect(causeOf(given(attribution({ identity: 100 })))).toEqual(UNCLEAR);
    expect(causeOf(given(null))).toEqual(UNCLEAR);
    expect(
      causeOf(given(attribution({ data: 400 }, { left: { ...EMPTIED, people: 150, of: 160 } }))),
    ).toEqual(UNCLEAR);
  });
});

test("a size finding carries the parts as data and as words; other checks' findings are left alone", () => {
  const i = given(attribution({ data: 370, unexplained: 30 }, { left: EMPTIED }));
  const finding = draftFinding(i, "size_anomaly", {
    severity: "look",
    title: "Active customers is too small in CRM",
    moved: "",
    means: "",
    cause: UNCLEAR,
    todo: [],
    people: 400,
    observed: 600,
    expected: { low: 980, high: 1020 },
    maths: { Expected: 1000 },
  });
  const other = { ...finding, check: "latency" as const };
  const outcome = explained(i, { status: "fail", findings: [finding, other] });
  if (outcome.status !== "fail") throw new Error("it fails");
  expect(outcome.findings[0].attribution?.parts.data).toEqual({ came: 0, left: 370 });
  expect(outcome.findings[0].maths).toEqual({
    Expected: 1000,
    "Looked up between": "Wed 06:00 CEST and 06:00 CEST",
    "Moved by a changed rule": "0 came, 0 left",
    "Moved by changed data": "0 came, 370 left",
    "Moved by changed identifiers": "0 came, 0 left",
    "Moved by the reading itself": "0 came, 0 left",
    "Moved, not explained": "0 came, 30 left",
    "Most who left": "91 % of those who left have “email_opt_in” empty since Wed 06:00 CEST",
  });
  expect(outcome.findings[1]).toBe(other);
});
