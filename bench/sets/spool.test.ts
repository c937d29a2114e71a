import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { benchSpool } from "./spool.ts";

test("the measurement names whom it should, and leaves nothing behind", async () => {
  const folder = mkdtempSync(join(tmpdir(), "plumbline-bench-"));
  try {
    const cost = await benchSpool(folder, 20_000, 1500);
    expect(cost).toMatchObject({ rows: 20_000, wanted: 1500 });
    expect(cost.bytes / 20_000).toBeGreaterThan(100);
    expect(cost.lookups.every((l) => l.seconds > 0)).toBe(true);
    expect(readdirSync(folder)).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
