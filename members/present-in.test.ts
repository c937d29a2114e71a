import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { build, emailOf, keyOf, row } from "../test/property/members-build.ts";
import { presentIn } from "./present-in.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-present-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

test("says who is there now; who left or never was is not", async () => {
  const rows = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => row(emailOf(from + i)));
  const { set: before } = await build(folder, rows(0, 500));
  const { set } = await build(folder, rows(200, 800), { previous: before });
  const asked = Array.from({ length: 1000 }, (_, i) => keyOf(i));
  const found = await presentIn(set, asked);
  expect([...found].sort()).toEqual(asked.slice(200, 800).sort());
  expect(await presentIn(set, [])).toEqual(new Set());
});
