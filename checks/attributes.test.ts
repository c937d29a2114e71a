import { describe, expect, test } from "vitest";
import type { CheckInput } from "../core/finding.ts";
import type { Snapshot } from "../core/model.ts";
import { at, inputOf, reading } from "../test/property/checks-input.ts";
import { completeness } from "./completeness.ts";
import { schemaDrift } from "./schema-drift.ts";

const good = (d: number) =>
  reading(d, "crm", { size: 1000, attributes: { plan: { valid: 970 + (d % 3), null: 30 - (d % 3) } } });
const past = (n: number) => Array.from({ length: n }, (_, d) => good(d));
const renamed = (d: number) =>
  reading(d, "crm", {
    size: 1000,
    fields: { email: "text", plan_name: "text" },
    attributes: { plan: { missing: 1000 } },
  });
const first = (
  check: { run(i: CheckInput): ReturnType<typeof completeness.run> },
  history: readonly Snapshot[],
) => {
  const o = check.run(inputOf({ history }));
  return o.status === "fail" ? o.findings[0] : null;
};

describe("completeness", () => {
  test("whoever the vendor says changed that field of so many people is the likely cause", () => {
    const by = (records: number, latestAt: number, attribute = "plan") => ({
      attribute,
      source: "INTEGRATION: Zapier",
      records,
      latestAt: at(latestAt),
    });
    const emptied = reading(10, "crm", { size: 1000, attributes: { plan: { valid: 20, null: 980 } } });
    const judged = (...changedBy: ReturnType<typeof by>[]) => {
      const outcome = completeness.run(inputOf({ history: [...past(10), emptied], changedBy }));
      return outcome.status === "fail" ? outcome.findings[0].cause : null;
    };
    expect(judged(by(12, 10), by(900, 10))).toEqual({
      certainty: "likely",
      text: "“INTEGRATION: Zapier” changed plan in 900 records, the last 06:00 CEST",
    });
    const none = { certainty: "unclear", text: null };
    expect([judged(by(12, 10)), judged(by(900, 3)), judged(by(900, 10, "name"))]).toEqual([none, none, none]);
  });
  test("an emptied attribute, with the vanished field as confirmed cause", () => {
    expect(first(completeness, [...past(10), renamed(10)])).toMatchObject({
      subject: "plan",
      people: 970,
      repair: "attribute",
      title: "plan is empty for 1,000 people in CRM",
      cause: {
        certainty: "confirmed",
        text: "the field “plan” is gone from CRM; “plan_name” is new in the same read",
      },
    });
  });
  test("it stays a fault for as long as it lasts", () => {
    expect(
      first(completeness, [...past(10), ...Array.from({ length: 30 }, (_, d) => renamed(10 + d))]),
    ).not.toBeNull();
  });
  test("small dips and too little history are no fault", () => {
    expect(
      completeness.run(
        inputOf({
          history: [...past(10), reading(10, "crm", { attributes: { plan: { valid: 950, null: 50 } } })],
        }),
      ).status,
    ).toBe("pass");
    expect(completeness.run(inputOf({ history: past(3) }))).toEqual({ status: "skip", because: "learning" });
  });
});

describe("schema drift", () => {
  test("renamed: one gone, one new of the same type in the same read, its values gone with it", () => {
    expect(first(schemaDrift, [...past(3), renamed(3)])).toMatchObject({
      subject: "plan",
      people: 1000,
      title: "The field “plan” was probably renamed to “plan_name” in CRM",
      cause: {
        certainty: "likely",
        text: "the field “plan” was probably renamed to “plan_name”: the one went and the other came in one read, they are named alike, and both are text",
      },
    });
  });
  test("lasts until it is repaired, then passes", () => {
    const broken = [...past(3), ...Array.from({ length: 40 }, (_, d) => renamed(3 + d))];
    expect(first(schemaDrift, broken)).not.toBeNull();
    expect(schemaDrift.run(inputOf({ history: [...broken, good(43)] })).status).toBe("pass");
  });
  test("gone without a successor; several candidates take the likest name", () => {
    expect(first(schemaDrift, [...past(3), reading(3, "crm", { fields: { email: "text" } })])?.title).toBe(
      "The field “plan” is gone in CRM".replace(" in ", " from "),
    );
    const two = reading(3, "crm", { fields: { email: "text", tier_code: "text", "Plan type": "text" } });
    expect(first(schemaDrift, [...past(3), two])?.title).toContain("“Plan type”");
  });
  test("type changed; an emptied column, a new or unused field is not", () => {
    const fields = (f: Snapshot["fields"]) => [...past(4), reading(4, "crm", { fields: f })];
    expect(first(schemaDrift, fields({ email: "text", plan: "number" }))?.title).toBe(
      "The field “plan” in CRM is now number, was text",
    );
    expect(
      schemaDrift.run(inputOf({ history: fields({ email: "text", plan: "empty", shoe: "text" }) })).status,
    ).toBe("pass");
    const shoes = past(4).map((s) => ({ ...s, fields: { ...s.fields, shoe: "text" as const } }));
    expect(schemaDrift.run(inputOf({ history: [...shoes, good(4)] })).status).toBe("pass");
  });
  test("a field that only came now and then is not missed", () => {
    const some = past(9).map((r, d) =>
      d % 3 === 0 ? { ...r, fields: { ...r.fields, phone: "text" as const } } : r,
    );
    expect(schemaDrift.run(inputOf({ history: [...some, good(9)] })).status).toBe("pass");
  });
  test("an empty list says nothing about its fields", () => {
    expect(schemaDrift.run(inputOf({ history: [...past(3), reading(3, "crm", { fields: {} })] }))).toEqual({
      status: "skip",
      because: "no_data",
    });
  });
});
