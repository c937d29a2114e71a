import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/setup/longest-first.ts";

const report = process.env.PLUMBLINE_TEST_REPORT;
/** Half the seeds of the demo, and the demo without faults: with `npm run test:truth`. */
const LATER_SEEDS = process.env.PLUMBLINE_TRUTH_SEEDS ? [] : ["test/e2e/demo-truth-even.test.ts"];
/** Of the kernel, what takes a minute: these run with the random cases. */
const LONG_KERNEL_TESTS = "test/kernel/{bad-input,compare-people,csv-people,packed}.test.ts";
/** Random panels of stored sets: a quarter of them in `npm test`. */
const STORED_SETS = "test/kernel/stored.test.ts";

/**
 * `unit` needs nothing and takes seconds; `property` needs nothing and takes longer; `integration` needs Postgres
 * (embedded or DATABASE_URL) and a build in dist/; `browser` also needs Chromium; `real` installs a real Ghost, MariaDB
 * and Mailman. `compare-cases` and `fuzz` prove the counts and need a build; `crash`, `faults` and `simulation` prove
 * the repair, `bite` proves its tests; they take minutes each.
 * PLUMBLINE_TEST_REPORT names a file for the JSON summary that .ci/run counts tests from.
 */
export default defineConfig({
  test: {
    reporters: report ? ["default", ["json", { outputFile: report }]] : ["default"],
    passWithNoTests: false,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: "unit",
          environment: "node",
          // most take milliseconds; a busy machine fails none
          testTimeout: 30_000,
          include: [
            "{core,config,systems,collectors,members,checks,sync,alerts,store,app,demo,dashboard,bench}/**/*.test.{ts,tsx}",
            "test/{boundaries,golden,gate}/**/*.test.ts",
          ],
          exclude: ["**/node_modules/**", "dist/**", ".cache/**"],
          maxWorkers: 2,
          // pure functions share nothing, and a fresh process for each file is most of the time
          isolate: false,
        },
      },
      {
        test: {
          name: "property",
          environment: "node",
          testTimeout: 120_000,
          include: ["test/property/**/*.test.ts"],
          maxWorkers: 2,
          isolate: false,
        },
      },
      {
        test: {
          name: "integration",
          environment: "node",
          include: ["test/**/*.test.ts"],
          exclude: [
            "test/{boundaries,property,golden,gate,browser,real,crash,faults,simulation,bite,compare-cases,fuzz}/**",
            LONG_KERNEL_TESTS,
            ...LATER_SEEDS,
            "**/node_modules/**",
          ],
          globalSetup: ["test/setup/postgres.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      },
      ...["crash", "faults", "bite"].map((name) => ({
        test: {
          name,
          environment: "node" as const,
          include: [`test/${name}/**/*.test.ts`],
          globalSetup: ["test/setup/postgres.ts"],
          testTimeout: 600_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      })),
      {
        test: {
          name: "simulation",
          environment: "node",
          include: ["test/simulation/**/*.test.ts"],
          testTimeout: 600_000,
          maxWorkers: 2,
        },
      },
      ...["compare-cases", "fuzz"].map((name) => ({
        test: {
          name,
          environment: "node" as const,
          include: [
            `test/${name}/**/*.test.ts`,
            ...(name === "fuzz" ? [] : [LONG_KERNEL_TESTS, STORED_SETS]),
          ],
          env: { PLUMBLINE_STORED_RUNS: "1000" },
          // by hand they run for as long as they are told
          testTimeout: 7_200_000,
          maxWorkers: 2,
        },
      })),
      {
        test: {
          name: "browser",
          environment: "node",
          include: ["test/browser/**/*.test.ts"],
          globalSetup: ["test/setup/postgres.ts"],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          // beside the others: alone at the end it left a worker idle
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: "real",
          environment: "node",
          include: ["test/real/**/*.test.ts"],
          globalSetup: ["test/setup/postgres.ts"],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          maxWorkers: 1,
          fileParallelism: false,
        },
      },
    ],
  },
});
