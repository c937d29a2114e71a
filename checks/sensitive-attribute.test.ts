import { expect, test } from "vitest";
import type { AttributeRule } from "../core/config.ts";
import type { CheckInput } from "../core/finding.ts";
import { systemId } from "../core/model.ts";
import { CONFIG, type Given, inputOf, reading, WRITER } from "../test/property/checks-input.ts";
import { sensitiveAttribute } from "./sensitive-attribute.ts";

const rule = (over: Partial<AttributeRule>): AttributeRule => ({
  name: "health_plan",
  title: "Health plan",
  owners: [],
  merge: "manual",
  class: "personal",
  values: null,
  pattern: null,
  ...over,
});
const ONLY_WAREHOUSE = rule({ allowedIn: [systemId("warehouse")] });

function run(
  given: Given,
  o: {
    rules?: AttributeRule[];
    map?: boolean;
    region?: string;
    base?: Given;
    input?: Partial<CheckInput>;
  } = {},
) {
  const [warehouse, crm, news] = CONFIG.systems as [never, never, never];
  const system = {
    ...(crm as CheckInput["system"]),
    attributes: o.map === false ? {} : { health_plan: "properties.Health" },
    ...(o.region === undefined ? {} : { region: o.region }),
  } as CheckInput["system"];
  return sensitiveAttribute.run(
    inputOf({
      history: [reading(1, "crm", given)],
      baseHistory: o.base === undefined ? [] : [reading(1, "crm", { audience: null, ...o.base })],
      system,
      config: {
        ...CONFIG,
        attributes: o.rules ?? [ONLY_WAREHOUSE],
        systems: [
          { ...(warehouse as CheckInput["system"]), attributes: { health_plan: "plan_h" } },
          system,
          news,
        ] as CheckInput["config"]["systems"],
      },
      ...o.input,
    }),
  );
}
const filled = {
  attributes: { health_plan: { valid: 40, invalid: 2, placeholder: 1, null: 900, empty: 57 } },
};

test("values where they are not allowed are counted, for the whole system at once", () => {
  const o = run(filled);
  if (o.status !== "fail") throw new Error(o.status);
  expect(o.findings[0]).toMatchObject({
    audience: null,
    subject: "health_plan",
    severity: "act",
    people: 43,
    repair: null,
    title: "Health plan is in CRM, where it is not allowed",
    moved:
      "43 of 1,000 (4.3 %) people have a value in the field “properties.Health” of CRM. Normal is none: it is allowed only in Warehouse.",
    cause: { certainty: "unclear", text: null },
  });
  // the base knows more than one list
  const both = run(filled, { base: { attributes: { health_plan: { valid: 700, null: 9300 } } } });
  expect(both.status === "fail" && both.findings[0].people).toBe(700);
});

test("the job that writes it is named", () => {
  const writers = [{ ...WRITER, attributes: ["health_plan"] }];
  const config = { ...CONFIG, attributes: [ONLY_WAREHOUSE], writers };
  const o = run(filled, { input: { config } });
  expect(o.status === "fail" && o.findings[0].cause).toEqual({
    certainty: "likely",
    text: "the sync “nightly sync” writes it there",
  });
});

test("an empty field is no finding, and neither is a field of another name", () => {
  expect(run({ attributes: { health_plan: { null: 900, empty: 5, missing: 95 } } })).toEqual({
    status: "pass",
  });
  expect(run({ fields: { email: "text", "properties.Health": "empty" } })).toEqual({ status: "pass" });
  expect(run({ fields: { email: "text", "properties.Wealth": "text" } }, { map: false })).toEqual({
    status: "pass",
  });
});

test("a field that is there but not counted, and one that only has the name, are told as what they are", () => {
  const there = run({ fields: { email: "text", "properties.Health": "text" } });
  expect(there).toMatchObject({ status: "fail", findings: [{ people: null, severity: "act" }] });
  for (const field of ["Plan H", "custom.health_plan", "HEALTH-PLAN", "properties.healthPlan"])
    expect(run({ fields: { [field]: "text" } }, { map: false }), field).toMatchObject({
      status: "fail",
      findings: [{ people: null, severity: "look" }],
    });
});

test("regions: allowed, not allowed, not told", () => {
  const rules = [rule({ regions: ["eu"] })];
  expect(run(filled, { rules, region: "eu" })).toEqual({ status: "pass" });
  const o = run(filled, { rules, region: "us" });
  expect(o.status === "fail" && o.findings[0].moved).toContain("it is allowed only in systems of eu");
  expect(run(filled, { rules })).toEqual({ status: "skip", because: "not_configured" });
  // a system that is named still has to lie in the region
  const both = [rule({ allowedIn: [systemId("crm")], regions: ["eu"] })];
  expect(run(filled, { rules: both, region: "us" }).status).toBe("fail");
  expect(run(filled, { rules: both, region: "eu" })).toEqual({ status: "pass" });
});

test("nothing to hold it against, nothing read, nothing told", () => {
  expect(run(filled, { rules: [rule({})] })).toEqual({ status: "skip", because: "not_configured" });
  expect(run({ ...filled, coverage: "partial" })).toEqual({ status: "skip", because: "partial" });
  expect(run({ fields: {} })).toEqual({ status: "skip", because: "not_collected" });
  const none = run(filled, { rules: [rule({ allowedIn: [] })] });
  expect(none.status === "fail" && none.findings[0].moved).toContain("it is allowed in no system");
});
