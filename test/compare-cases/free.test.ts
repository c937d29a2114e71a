import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { countsOf } from "./counts.ts";
import { byKernel, byOneThread, byReference, byThreads } from "./engines.ts";
import { type Case, cases } from "./generate.ts";
import { CASES, IN_MEMORY, MOST_WAITS, runCases, THREADED } from "./run-cases.ts";

/** Also what SQL cannot say: letters that change their number when they change their case, mixed line ends, one column. */
it("any text: kernel, threads and reference count the same", async () => {
  let ran = 0;
  await runCases("any text", cases({ alphabet: "free" }), CASES * 0.3, (c, folder) => same(c, folder, ran++));
});

it("files longer than what is read at once, of any text", async () => {
  let ran = 0;
  const drawn = cases({ alphabet: "free", least: 2, most: 3, characters: 1_060_000 });
  await runCases("long, any text", drawn, CASES * 0.06, (c, folder) => same(c, folder, ran++), false);
});

it("more systems than masks are counted of one by one", async () => {
  let ran = 0;
  const drawn = cases({ alphabet: "free", least: 9, most: 12 });
  await runCases("many systems", drawn, CASES * 0.02, (c, folder) => same(c, folder, ran++));
});

async function same(c: Case, folder: string, n: number): Promise<void> {
  const report = await byReference(c, folder);
  const most = n % 2 === 0 ? IN_MEMORY : MOST_WAITS;
  for (const kernel of [byKernel(c, most), await byOneThread(c, folder, most)])
    if (kernel !== null) expect(kernel).toEqual(countsOf(report));
  if (n % THREADED === 0) expect(await byThreads(c, folder)).toEqual(report);
}

const cli = fileURLToPath(new URL("../../dist/app/cli/main.js", import.meta.url));

it("the program on the command line reports what the reference does", async () => {
  await runCases("command line", cases({ alphabet: "free", least: 2 }), CASES * 0.02, async (c, folder) => {
    const report = await byReference(c, folder);
    const owner = c.files[c.owner]?.name ?? "";
    const more = c.attributes.length > 0 ? ["--attributes", c.attributes.join(",")] : [];
    const names = c.files.map((f) => f.name);
    const run = spawnSync(
      process.execPath,
      [cli, "compare", ...names, "--id", c.identity, "--owner", owner, "--json", ...more],
      { cwd: join(folder), encoding: "utf8" },
    );
    expect(run.stderr).toBe("");
    expect(JSON.parse(run.stdout)).toEqual(report);
  });
});
