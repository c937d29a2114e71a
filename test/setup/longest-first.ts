import { existsSync } from "node:fs";
import { join } from "node:path";
import { BaseSequencer, type TestSpecification, type Vitest } from "vitest/node";

const ROOT = join(import.meta.dirname, "../..");

/** Files that take the longest, the longest first: one of them begun last would run alone, beside an idle worker. */
const LONGEST = [
  "test/e2e/process.test.ts",
  "test/browser/pages.test.ts",
  "test/e2e/demo-truth-even.test.ts",
  "test/e2e/demo-truth-odd.test.ts",
  "test/e2e/bad-input.test.ts",
  "test/e2e/guards.test.ts",
  "test/browser/flow.test.ts",
  "test/e2e/demo-history.test.ts",
  "test/e2e/demo-company.test.ts",
  "test/pushdown/random.test.ts",
  "test/store/embedded.test.ts",
  "test/intake/postgres.test.ts",
  "test/kernel/stored.test.ts",
].map((path) => join(ROOT, path));

/** What vitest knows of earlier runs orders the others; a clean clone knows nothing, and a short file may take long. */
export class LongestFirst extends BaseSequencer {
  /** @throws Error when a file of the list is not there */
  constructor(vitest: Vitest) {
    super(vitest);
    const gone = LONGEST.filter((file) => !existsSync(file));
    if (gone.length > 0)
      throw new Error(`test/setup/longest-first.ts names files that are gone: ${gone.join(", ")}`);
  }

  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const usual = await super.sort(files);
    const first = LONGEST.flatMap((file) => usual.filter((f) => f.moduleId === file));
    return [...first, ...usual.filter((f) => !first.includes(f))];
  }
}
