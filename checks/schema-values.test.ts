import { expect, test } from "vitest";
import type { AttributeRule } from "../core/config.ts";
import type { MetricName } from "../core/model.ts";
import { CONFIG, inputOf, reading } from "../test/property/checks-input.ts";
import { diffSchemas } from "./schema-diff.ts";
import { schemaDrift } from "./schema-drift.ts";

const PLAN: AttributeRule = {
  name: "plan",
  title: "Plan",
  owners: [],
  merge: "owner_wins",
  class: "plain",
  values: ["free", "pro", "team"],
  pattern: null,
};
const day = (d: number, values: Readonly<Record<string, number>>) =>
  reading(d, "crm", {
    size: 1000,
    metrics: Object.fromEntries(
      Object.entries(values).map(([v, n]) => [`value:plan:${v}` satisfies MetricName, n]),
    ),
  });
const usual = (d: number) => day(d, { free: 700 + d, pro: 280 - d, team: 20 + (d % 3) });
const judged = (...latest: ReturnType<typeof day>[]) => {
  const history = [...Array.from({ length: 6 }, (_, d) => usual(d)), ...latest];
  const o = schemaDrift.run(inputOf({ history, config: { ...CONFIG, attributes: [PLAN] } }));
  return o.status === "fail" ? o.findings : o.status;
};

test("a value that was renamed: gone and new in one read, named alike, in about as many records", () => {
  expect(judged(day(6, { free: 705, "Pro 2026": 270, team: 21 }))).toMatchObject([
    {
      subject: "plan: values",
      title: "The value “pro” was probably renamed to “Pro 2026” in Plan in CRM",
      cause: { certainty: "likely", text: expect.stringContaining("named alike") },
      people: 270,
    },
  ]);
});

test("a value that is gone, and a new one that is not listed, are two things when they are not alike", () => {
  expect(judged(day(6, { free: 705, enterprise: 270, team: 21 }))).toMatchObject([
    {
      title: "Nobody has “pro” as Plan any more in CRM",
      moved: expect.stringContaining(
        "“pro” is gone, which 275 records had; “enterprise” is new, in 270 records",
      ),
      cause: { certainty: "unclear", text: null },
    },
  ]);
});

test("it lasts until it is back, and does not become the norm", () => {
  const broken = Array.from({ length: 30 }, (_, i) => day(6 + i, { free: 705, team: 21 }));
  expect(judged(...broken)).toMatchObject([{ title: "Nobody has “pro” as Plan any more in CRM" }]);
  expect(judged(...broken, usual(36))).toBe("pass");
});

test("no drift: a listed value that comes, few records, a list that shrinks, a field without values", () => {
  const without = Array.from({ length: 6 }, (_, d) => day(d, { free: 700, pro: 280 }));
  const config = { ...CONFIG, attributes: [PLAN] };
  const listed = schemaDrift.run(inputOf({ history: [...without, usual(6)], config }));
  expect(listed.status).toBe("pass");
  expect(judged(day(6, { free: 705, pro: 270, team: 21, odd: 19 }))).toBe("pass");
  expect(judged(day(6, { free: 300, pro: 100, team: 5 }))).toBe("pass");
  expect(judged(day(6, {}))).toBe("pass");
});

test("two that are equally alike are no guess, nor is what is alike but of another type", () => {
  const fields = (...names: string[]) => ({
    fields: Object.fromEntries(names.map((n) => [n, "text" as const])),
    values: {},
  });
  const to = (...names: string[]) => diffSchemas(fields("plan"), fields(...names)).gone[0]?.renamedTo ?? null;
  expect([to("plan_a"), to("plan_a", "plan_b"), to("tier")]).toEqual(["plan_a", null, null]);
  const number = { fields: { plan_a: "number" as const }, values: {} };
  expect(diffSchemas(fields("plan"), number).gone[0]?.renamedTo).toBeNull();
});

test("a value counts as renamed only where about as many records have it", () => {
  const schema = (values: Record<string, number>) => ({ fields: {}, values: { plan: values } });
  const renamed = (n: number) =>
    diffSchemas(schema({ pro: 100 }), schema({ "pro plus": n })).values[0]?.gone[0]?.renamedTo ?? null;
  expect([renamed(100), renamed(80), renamed(79), renamed(130)]).toEqual([
    "pro plus",
    "pro plus",
    null,
    null,
  ]);
});
