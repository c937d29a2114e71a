import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AS_OF, build, emailOf, row } from "../test/property/members-build.ts";
import { MAX_OVERLAP, overlapOf } from "./overlap.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-overlap-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const rows = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => row(emailOf(from + i), { updatedAt: AS_OF }));
const setOf = async (from: number, to: number, more: Parameters<typeof build>[2] = {}) =>
  (await build(folder, rows(from, to), more)).set;

test("counts who is in exactly which sets; people who left do not count", async () => {
  const a = await setOf(0, 600);
  const b = await setOf(400, 1000);
  const left = await setOf(300, 500, { previous: await setOf(0, 500) });
  const { masks } = await overlapOf([a, b, left]);
  // 0–299 a; 300–399 a and c; 400–499 all; 500–599 a and b; 600–999 b
  expect(masks).toEqual({ 1: 300, 2: 400, 3: 100, 5: 100, 7: 100 });
  expect(Object.values(masks).reduce((n, m) => n + m, 0)).toBe(1000);
});

test("settled is who was in both sets in the reading before too; a first reading settles nothing", async () => {
  const again = async (from: number, to: number, beforeFrom: number, beforeTo: number) =>
    setOf(from, to, { previous: await setOf(beforeFrom, beforeTo), ordinal: 1 });
  const a = await again(0, 100, 0, 100);
  const b = await again(40, 140, 60, 140);
  expect(await overlapOf([a, b])).toEqual({
    masks: { 1: 40, 2: 40, 3: 60 },
    settled: { 1: 60, 2: 40, 3: 40 },
  });
  expect((await overlapOf([await setOf(0, 9), b])).settled).toEqual({ 2: 80 });
});

test("no set, an empty set and one set have their answers", async () => {
  expect(await overlapOf([])).toEqual({ masks: {}, settled: {} });
  expect(await overlapOf([await setOf(0, 0), await setOf(0, 3)])).toMatchObject({ masks: { 2: 3 } });
});

test("sets that do not belong together are refused", async () => {
  const a = await setOf(0, 2);
  await expect(overlapOf([a, await setOf(0, 2, { epoch: 2 })])).rejects.toMatchObject({ kind: "stale" });
  await expect(overlapOf([a, await setOf(0, 2, { identity: "customer_id" })])).rejects.toMatchObject({
    kind: "config",
  });
  await expect(overlapOf(Array.from({ length: MAX_OVERLAP + 1 }, () => a))).rejects.toMatchObject({
    kind: "config",
  });
});
