import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { BUGS, type Bug, type Suite } from "./bugs.ts";
import { copyOfSource } from "./copy.ts";
import { runSuites } from "./run-suites.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const wanted = process.env.PLUMBLINE_BITE ?? "";
const bugs = BUGS.filter((b) => b.name.includes(wanted));
let copy = "";

beforeAll(() => {
  copy = copyOfSource(root, join(root, ".cache"));
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

/** The same server for every run: making one takes longer than most of the suites. */
const env = (): Record<string, string> => ({
  PLUMBLINE_TEST_SERVERS: JSON.stringify([inject("embedded"), inject("foreign")]),
});

/** Plants the bug, runs, and puts the file back as it was. */
async function withBug<T>(bug: Bug, work: () => Promise<T>): Promise<T> {
  const path = join(copy, bug.file);
  const sound = readFileSync(path, "utf8");
  const places = sound.split(bug.from).length - 1;
  expect(places, `${bug.file} holds this text ${places} times: ${bug.from}`).toBe(1);
  writeFileSync(
    path,
    sound.replace(bug.from, () => bug.to),
  );
  try {
    return await work();
  } finally {
    writeFileSync(path, sound);
  }
}

describe("tests that bite", () => {
  it("the named suites pass while nothing is planted", async () => {
    const each = new Map(bugs.flatMap((b) => b.tests).map((s): [string, Suite] => [JSON.stringify(s), s]));
    const verdict = await runSuites(copy, [...each.values()], env());
    expect(verdict.broken, verdict.output).toEqual([]);
    expect(verdict.failed, verdict.output).toEqual([]);
    expect(verdict.passed).toBeGreaterThan(0);
  });

  it("holds at least 20 bugs, each planted once", () => {
    expect(BUGS.length).toBeGreaterThanOrEqual(20);
    expect(new Set(BUGS.map((b) => b.name)).size).toBe(BUGS.length);
  });

  it.each(bugs.map((b) => [b.name, b] as const))("catches: %s", async (_, bug) => {
    const verdict = await withBug(bug, () => runSuites(copy, bug.tests, env()));
    expect(verdict.broken, verdict.output).toEqual([]);
    expect(verdict.failed.length, `nothing noticed it:\n${verdict.output}`).toBeGreaterThan(0);
  });
});
