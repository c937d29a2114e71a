import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Instant } from "../core/model.ts";
import { KEYS, row } from "../test/property/members-build.ts";
import { SetBuilder } from "./set-builder.ts";

test("people with every required attribute valid, of their newest record; other attributes do not count", async () => {
  const folder = mkdtempSync(join(tmpdir(), "plumbline-complete-"));
  const count = async (required: readonly string[]) => {
    const builder = new SetBuilder({
      identity: "email",
      attributes: ["plan", "note", "country"],
      rules: { plan: { values: ["free", "pro"], pattern: null } },
      required,
      keys: KEYS,
      epoch: 1,
      spool: false,
    });
    const add = (name: string, attributes: Record<string, string | null>, updatedAt?: string) =>
      builder.add(
        row(`${name}@example.com`, {
          attributes,
          ...(updatedAt === undefined ? {} : { updatedAt: updatedAt as Instant }),
        }),
      );
    add("ann", { plan: "pro", country: "DE", note: null });
    add("bob", { plan: "gold", country: "DE", note: "x" });
    add("cy", { plan: "pro", country: "n/a", note: "x" });
    add("dan", { plan: "pro", note: "x" });
    add("eve", { plan: null, country: "FR" }, "2026-01-01T00:00:00.000Z");
    add("eve", { plan: "free", country: "FR" }, "2026-02-01T00:00:00.000Z");
    const summary = await builder.finish({
      file: join(folder, `${required.length}.pls`),
      spoolFile: null,
      previous: null,
      asOf: "2026-11-23T06:00:00.000Z" as Instant,
      ordinal: 0,
    });
    return summary.completeAll;
  };
  try {
    expect(await count(["plan", "country"])).toBe(2);
    expect(await count(["plan"])).toBe(4);
    expect(await count([])).toBeNull();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
