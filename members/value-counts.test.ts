import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { MemberRow } from "../core/model.ts";
import { build, emailOf, row } from "../test/property/members-build.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-values-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const people = (n: number, value: (i: number) => string | null | undefined): MemberRow[] =>
  Array.from({ length: n }, (_, i) => {
    const v = value(i);
    return row(emailOf(i), { attributes: v === undefined ? {} : { plan: v } });
  });

async function counted(rows: readonly MemberRow[], values: readonly string[] | null = null, more = {}) {
  const { summary, set } = await build(folder, rows, {
    attributes: ["plan"],
    counted: ["plan"],
    rules: values === null ? {} : { plan: { values, pattern: null } },
    ...more,
  });
  await set.close();
  return summary.distributions.plan;
}

describe("people per value of an attribute", () => {
  test("values that few people have are pooled; no value and no field are one", async () => {
    const rows = people(130, (i) =>
      i < 60
        ? " pro "
        : i < 100
          ? "free"
          : i < 109
            ? `typo-${i % 3}`
            : i < 120
              ? null
              : i < 128
                ? ""
                : undefined,
    );
    expect(await counted(rows)).toEqual({ pro: 60, free: 40, "": 21, other: 9 });
  });

  test("people are counted, not records: the newest record of each", async () => {
    const first = people(40, () => "free");
    const later = people(40, (i) => (i < 30 ? "pro" : "free")).map((r) => ({
      ...r,
      updatedAt: "2026-11-23T06:00:00.000Z" as NonNullable<MemberRow["updatedAt"]>,
    }));
    expect(await counted([...later, ...first])).toEqual({ pro: 30, free: 10 });
    expect(await counted([...later, ...first], null, { maxBytesInMemory: 1 })).toEqual({ pro: 30, free: 10 });
  });

  test("51 values are no groups, unless the rule lists the values", async () => {
    const rows = people(51 * 12, (i) => `v${i % 51}`);
    expect(await counted(rows)).toBeNull();
    expect(await counted(rows.slice(0, 612).filter((_, i) => i % 51 < 50))).toMatchObject({ v0: 12 });
    const many = [...people(500, (i) => (i < 200 ? "free" : `own-${i}`))];
    expect(await counted(many)).toBeNull();
    expect(await counted(many, ["free", "pro"])).toEqual({ free: 200, other: 300 });
  });

  test("what looks like a person's own is not counted", async () => {
    expect(await counted(people(40, () => "ann@example.com"))).toBeNull();
    expect(await counted(people(40, () => "+49 151 2345678"))).toBeNull();
    expect(await counted(people(40, () => "x".repeat(65)))).toBeNull();
    expect(
      await counted(
        people(40, () => "ann@example.com"),
        ["free"],
      ),
    ).toEqual({ other: 40 });
  });

  test("an attribute that is not to be counted is not there, and no value reaches the files", async () => {
    const built = await build(
      folder,
      people(40, () => "tell-tale"),
      { attributes: ["plan"] },
    );
    expect(built.summary.distributions).toEqual({});
    await built.set.close();
    await counted(people(40, () => "tell-tale"));
    for (const name of readdirSync(folder))
      expect(readFileSync(join(folder, name)).includes("tell-tale")).toBe(false);
  });

  test("a value named like a part of an object is a value", async () => {
    const counts = await counted(people(24, (i) => (i < 12 ? "__proto__" : "constructor")));
    expect(Object.entries(counts ?? {})).toEqual([
      ["__proto__", 12],
      ["constructor", 12],
    ]);
  });
});
