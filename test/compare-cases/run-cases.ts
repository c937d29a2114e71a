import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { folderFor, writeCase } from "./engines.ts";
import type { Case } from "./generate.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
/** Cases of all suites together. By hand: PLUMBLINE_COMPARE_CASES=10000. */
export const CASES = Number(process.env.PLUMBLINE_COMPARE_CASES ?? 1000);
/** PLUMBLINE_COMPARE_SEED replays a run. */
export const SEED = Number(process.env.PLUMBLINE_COMPARE_SEED ?? Math.floor(Date.now() / 1000)) | 0;
/** A thread starts in a tenth of a second, so one case in so many has threads. */
export const THREADED = 10;
/** Bytes of rows that the kernel keeps in memory: all, or none that it can do without. */
export const IN_MEMORY = 2 ** 30;
export const MOST_WAITS = 1;
/** Making a case smaller ends after so long. */
const SHRINKING_MS = 60_000;

/**
 * Runs a check on random cases. One that fails is made smaller, and its files are kept.
 *
 * @param shrink false: cases so large that making one smaller takes longer than looking at it
 * @param check throws where two engines differ; the files are in `folder`
 */
export async function runCases(
  name: string,
  drawn: fc.Arbitrary<Case>,
  share: number,
  check: (c: Case, folder: string) => Promise<void>,
  shrink = true,
): Promise<void> {
  const runs = Math.ceil(share);
  console.log(`${name}: ${runs} cases, PLUMBLINE_COMPARE_SEED=${SEED}`);
  const folder = folderFor("case");
  let failedAt = 0;
  try {
    const told = await fc.check(
      fc.asyncProperty(drawn, async (c) => {
        if (failedAt > 0 && Date.now() - failedAt > SHRINKING_MS) return;
        writeCase(c, folder);
        try {
          await check(c, folder);
        } catch (error) {
          failedAt ||= Date.now();
          throw error;
        }
      }),
      { numRuns: runs, seed: SEED, endOnFailure: !shrink },
    );
    if (!told.failed) return;
    const [smallest] = told.counterexample ?? [];
    const kept = smallest === undefined ? "nowhere" : keep(name, smallest);
    throw new Error(
      `case ${told.numRuns} of PLUMBLINE_COMPARE_SEED=${SEED}, made smaller ${told.numShrinks} times; its files are in ${kept}`,
      { cause: told.errorInstance },
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @returns the folder */
function keep(name: string, c: Case): string {
  mkdirSync(join(root, ".cache"), { recursive: true });
  const folder = mkdtempSync(join(root, ".cache", `case-${name.replaceAll(/\W+/g, "-")}-`));
  writeCase(c, folder);
  const { identity, owner, attributes, layouts } = c;
  writeFileSync(
    join(folder, "case.json"),
    JSON.stringify({ seed: SEED, identity, owner, attributes, layouts }, null, 2),
  );
  return folder;
}
