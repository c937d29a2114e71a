import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { publishedSchema } from "./schema.ts";

const read = (name: string): string => readFileSync(new URL(`./${name}`, import.meta.url), "utf8");

test("the published schema is current (npm run schema)", () => {
  expect(JSON.parse(read("plumbline.schema.json"))).toEqual(publishedSchema());
});

test("an editor's validator accepts both samples and refuses a typo", () => {
  const fits = new Ajv2020({ strict: false }).compile(JSON.parse(read("plumbline.schema.json")));
  for (const name of ["minimal.yaml", "example.yaml"]) expect(fits(parse(read(name))), name).toBe(true);
  expect(fits({ ...parse(read("minimal.yaml")), compny: "x" })).toBe(false);
});

/** Editors show these texts on hover; an entry without one is a riddle. */
test("every key is described", () => {
  const bare: string[] = [];
  const walk = (node: unknown, path: string): void => {
    if (typeof node !== "object" || node === null) return;
    if ("properties" in node && typeof node.properties === "object" && node.properties !== null) {
      for (const [key, value] of Object.entries(node.properties)) {
        const described =
          "description" in value && typeof value.description === "string" && value.description.length > 3;
        if (!described) bare.push(`${path}.${key}`);
      }
    }
    for (const [key, value] of Object.entries(node)) walk(value, `${path}.${key}`);
  };
  walk(publishedSchema(), "");
  expect(bare).toEqual([]);
});
