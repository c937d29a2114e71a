import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { loadConfig } from "./load.ts";

const MINIMAL = readFileSync(new URL("./minimal.yaml", import.meta.url), "utf8");
const lines = MINIMAL.split("\n");
const junk = fc.constantFrom(
  "",
  ":",
  "- ",
  "[",
  "{}",
  "null",
  "42",
  "true",
  '"',
  "*a",
  "&a x",
  "<<: *a",
  "\t",
  "%YAML 1.1",
  "---",
  "!!set",
  "? a",
  "__proto__: x",
  "|",
  ">-",
  "a: {b: [c]}",
);

test("whatever happens to a file, it is judged, never thrown on, and every problem has a place in it", () => {
  const edit = fc.record({ line: fc.nat(lines.length - 1), at: fc.nat(60), cut: fc.nat(12), put: junk });
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
      const text = edits
        .reduce(
          (all, { line, at, cut, put }) =>
            all.with(line, `${all[line]?.slice(0, at)}${put}${all[line]?.slice(at + cut)}`),
          lines,
        )
        .join("\n");
      const result = loadConfig(text, { file: "p.yaml" });
      if (result.ok) return;
      expect(result.problems.length).toBeGreaterThan(0);
      for (const p of result.problems) {
        expect(p.line).toBeGreaterThanOrEqual(1);
        expect(p.line).toBeLessThanOrEqual(lines.length + 1);
        expect(p.column).toBeGreaterThanOrEqual(1);
        expect(p.problem.length * p.fix.length, JSON.stringify(p)).toBeGreaterThan(0);
        expect(p.problem + p.fix).not.toMatch(/undefined|\[object/);
      }
    }),
    { numRuns: 500, seed: 20261123 },
  );
});
