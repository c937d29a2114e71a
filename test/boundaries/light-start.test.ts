import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { readSource } from "./source.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Packages that are loaded before the first line of `entry` runs, each with the chain of files that leads to it. */
function packagesOf(entry: string): Map<string, string> {
  const seen = new Set<string>();
  const packages = new Map<string, string>();
  const visit = (path: string, chain: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    const { imports } = readSource(path, readFileSync(join(ROOT, path), "utf8"));
    for (const { specifier, typeOnly, late } of imports) {
      if (typeOnly || late || specifier.startsWith("node:")) continue;
      if (specifier.startsWith(".")) visit(join(path, "..", specifier), `${chain} → ${specifier}`);
      else if (!packages.has(specifier)) packages.set(specifier, chain);
    }
  };
  visit(entry, entry);
  return packages;
}

// With schemas, configuration, Postgres, phone numbers and Parquet it took a second to compare two small files.
test("a comparison of files loads no more than it needs", () => {
  const loaded = packagesOf("app/cli/compare.ts");
  // xxhash comes with stored sets, in 5 ms
  expect([...loaded.keys()].sort()).toEqual([
    "@node-rs/xxhash",
    "cli-progress",
    "commander",
    "csv-parse/sync",
  ]);
});

test("the same of each thread that reads a file", () => {
  expect([...packagesOf("members/kernel/compare-worker.ts").keys()]).toEqual([]);
});
