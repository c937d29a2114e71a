import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { splitMixed } from "./records.ts";
import { rowsAt } from "./rows-at.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-rows-at-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function read(
  text: string,
  offsets: readonly number[],
  columns: readonly number[],
): Promise<(readonly string[])[]> {
  const path = join(folder, "list.csv");
  writeFileSync(path, text);
  const handle = await open(path, "r");
  try {
    const rows = await rowsAt(handle, "list.csv", ",", Float64Array.from(offsets), columns);
    return offsets.map((_, n) => rows.at(n));
  } finally {
    await handle.close();
  }
}

test("any rows of any file are what reading all of it gives", async () => {
  const field = fc.constantFrom(
    "",
    "a",
    "é",
    '"q"',
    '"a,b"',
    '"5"" pipe"',
    '"a\nb"',
    '"a\r\n\nb"',
    `"${"x".repeat(9000)}"`,
    "y".repeat(9000),
  );
  const row = fc.tuple(
    field,
    field,
    fc.constantFrom("\n", "\r\n"),
    fc.boolean(),
    fc.constantFrom(0, 0, 0, 30_000),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 30 }), fc.boolean(), async (rows, open) => {
      const texts = rows.map(
        ([a, b, end, , far]) => `${a},${b}${far > 0 ? `,${"w".repeat(far)}` : ""}${end}`,
      );
      const last = texts.length - 1;
      if (open) texts[last] = (texts[last] ?? "").trimEnd();
      const offsets: number[] = [];
      let at = 0;
      for (const [i, text] of texts.entries()) {
        if (rows[i]?.[3]) offsets.push(at);
        at += Buffer.byteLength(text);
      }
      let all: string[][];
      try {
        all = splitMixed(texts.join(""), ",", 1, "list.csv");
      } catch {
        return; // quotes that do not fit are not read by place
      }
      fc.pre(all.length === rows.length);
      const wanted = all.filter((_, i) => rows[i]?.[3]).map((fields) => [fields[1] ?? "", fields[0] ?? ""]);
      expect(await read(texts.join(""), offsets, [1, 0])).toEqual(wanted);
    }),
    { numRuns: 200 },
  );
});

test("a row that goes on far beyond what is read at first", async () => {
  const long = `"${"line\n".repeat(200_000)}"`;
  const text = `a,1\n${long},2\nb,3`;
  expect(await read(text, [4, 4 + long.length + 3], [1])).toEqual([["2"], ["3"]]);
});

test("a file that was cut meanwhile", async () => {
  const path = join(folder, "cut.csv");
  writeFileSync(path, "a,1\nb,2\n");
  const handle = await open(path, "r");
  truncateSync(path, 4);
  await expect(rowsAt(handle, "cut.csv", ",", Float64Array.of(4), [0])).rejects.toMatchObject({
    kind: "transient",
  });
  await handle.close();
});
