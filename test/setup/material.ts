import { existsSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

/**
 * A folder of test material that is not part of this repository: vendors' API descriptions, recorded traffic.
 * PLUMBLINE_MATERIAL names where it lies, by default the sibling folder `shared`.
 *
 * @returns its path; null where it is absent
 */
export function materialFolder(name: string): string | null {
  const folder = join(process.env.PLUMBLINE_MATERIAL ?? join(root, "../shared"), name);
  return existsSync(folder) ? folder : null;
}

/**
 * Says aloud that a test could not look at anything. Where the material must be there (REQUIRE_MATERIAL=1), that is a
 * failure.
 *
 * @throws Error when the material is required
 */
export function notRun(name: string): void {
  const said = `NOT RUN: there is no material “${name}” (PLUMBLINE_MATERIAL)`;
  if (process.env.REQUIRE_MATERIAL === "1") throw new Error(said);
  console.warn(said);
}
