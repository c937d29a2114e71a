import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadConfig } from "./load.ts";
import { SYSTEM_KINDS } from "./schema-systems.ts";

const FOLDER = "docs/systems";
const pages = readdirSync(FOLDER).filter((f) => f.endsWith(".md"));
const examplesIn = (page: string): string[] =>
  [...readFileSync(join(FOLDER, page), "utf8").matchAll(/```yaml\n([\s\S]*?)```/g)]
    .map((m) => m[1] ?? "")
    .filter((text) => /^systems:/m.test(text));

describe("docs/systems", () => {
  it.each(SYSTEM_KINDS)("has a page for %s with a whole example of it", (kind) => {
    expect(existsSync(join(FOLDER, `${kind}.md`)), `docs/systems/${kind}.md`).toBe(true);
    const kinds = examplesIn(`${kind}.md`).flatMap((text) => {
      const loaded = loadConfig(text, { file: `${kind}.md` });
      return loaded.ok ? loaded.config.systems.map((s) => s.kind) : [];
    });
    expect(kinds).toContain(kind);
  });
  it.each(pages)("%s: every example is a valid configuration", (page) => {
    for (const text of examplesIn(page)) {
      const loaded = loadConfig(text, { file: page });
      expect(loaded.ok ? [] : loaded.problems.map((p) => `${p.problem} → ${p.fix}`)).toEqual([]);
    }
  });
  it.each(pages)("%s names what reading and writing need, the limits, and what is not audited", (page) => {
    const text = readFileSync(join(FOLDER, page), "utf8").toLowerCase();
    for (const word of ["reading", "limit", "not audited"]) expect(text, word).toContain(word);
  });
});
