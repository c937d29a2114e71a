import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";

const UPDATE = process.env.UPDATE_GOLDEN === "1";

/**
 * Compares with the file of that name in test/golden. `UPDATE_GOLDEN=1 npx vitest run test/golden` writes the files
 * anew; look at the difference before you keep it.
 */
export function expectGolden(name: string, actual: string): void {
  const file = fileURLToPath(new URL(`./${name}`, import.meta.url));
  const text = actual.endsWith("\n") ? actual : `${actual}\n`;
  if (UPDATE) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return;
  }
  if (!existsSync(file))
    throw new Error(`there is no golden file ${name}: write it with UPDATE_GOLDEN=1 and look at it`);
  expect(text, `${name} changed; if that is meant, run with UPDATE_GOLDEN=1`).toBe(
    readFileSync(file, "utf8"),
  );
}
