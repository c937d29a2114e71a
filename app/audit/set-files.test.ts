import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Instant } from "../../core/model.ts";
import { PARTITIONS } from "../../members/set-file.ts";
import { SetWriter } from "../../members/set-writer.ts";
import { openPrevious, openSetOf } from "./set-files.ts";

let folder = "";
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-set-files-"));
  const writer = await SetWriter.create(join(folder, "1.pls"));
  for (let p = 0; p < PARTITIONS; p++)
    await writer.write({
      n: 1,
      keys: Uint32Array.of(p * 2 ** 24, 0, 0, 0),
      presence: Uint32Array.of(1, 0),
      prints: [],
      consent: new Uint8Array(1),
    });
  await writer.commit({
    identity: "email",
    attributes: [],
    asOf: "2026-11-23T06:00:00.000Z" as Instant,
    ordinal: 1,
    epoch: 1,
    size: PARTITIONS,
    reads: 1,
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

test("a set that is damaged in the middle is no previous one: it would stop every later reading", async () => {
  const found = await openPrevious(folder, { setFile: "1.pls" });
  expect(found?.size).toBe(PARTITIONS);
  await found?.close();
  const bytes = readFileSync(join(folder, "1.pls"));
  bytes[4_000] = bytes[4_000]! ^ 1;
  writeFileSync(join(folder, "2.pls"), bytes);
  const opened = await openSetOf(folder, { setFile: "2.pls" });
  expect(opened?.size).toBe(PARTITIONS);
  await opened?.close();
  expect(await openPrevious(folder, { setFile: "2.pls" })).toBeNull();
});

test("a set that is gone, or never was, is none", async () => {
  expect(await openPrevious(folder, { setFile: "3.pls" })).toBeNull();
  expect(await openPrevious(folder, { setFile: null })).toBeNull();
  expect(await openSetOf(folder, null)).toBeNull();
});
