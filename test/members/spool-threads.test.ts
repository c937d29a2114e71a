import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { PersonKey } from "../../core/model.ts";
import { deriveKeys } from "../../members/keys.ts";
import { PARTITIONS } from "../../members/set-layout.ts";
import { sortedKeys } from "../../members/sorted-keys.ts";
import { openSpool, type SpooledRow } from "../../members/spool.ts";
import { SpoolWriter } from "../../members/spool-writer.ts";

/** Only compiled code has threads, so this asks the built program beside the sources. */
const built = (await import(
  fileURLToPath(new URL("../../dist/members/spool.js", import.meta.url))
)) as typeof import("../../members/spool.ts");

const keys = deriveKeys(Buffer.alloc(32, 7));
const PEOPLE = 27_000;
const people = Array.from(
  { length: PEOPLE },
  (_, i) => createHash("sha256").update(String(i)).digest("hex").slice(0, 32) as PersonKey,
);
let folder = "";
let path = "";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-spool-"));
  path = join(folder, "a.spool");
  const writer = await SpoolWriter.create(path, keys, randomBytes);
  const sorted = sortedKeys(people.filter((_, i) => i % 3 !== 0));
  for (let p = 0; p < PARTITIONS; p++) {
    const part = sorted.keys(p);
    const texts = Array.from({ length: part.length / 4 }, (_, at) =>
      Buffer.from(JSON.stringify([`r ${sorted.person(p, at)}`, {}, {}, "unknown", null, null])),
    );
    await writer.write(part, texts);
  }
  await writer.commit();
});
afterAll(() => rmSync(folder, { recursive: true }));

async function by(open: typeof openSpool): Promise<[PersonKey, SpooledRow][]> {
  const spool = await open(path, keys);
  try {
    return [...(await spool.lookup(people))].sort(([a], [b]) => (a < b ? -1 : 1));
  } finally {
    await spool.close();
  }
}

it("threads find the same rows as one thread", async () => {
  const rows = await by(built.openSpool);
  expect(rows).toEqual(await by(openSpool));
  expect(rows).toHaveLength((PEOPLE * 2) / 3);
  for (const [person, row] of rows) expect(row.id).toBe(`r ${person}`);
});

it("a damaged block is the same error from a thread", async () => {
  const bytes = readFileSync(path);
  const middle = bytes.length >>> 1;
  const changed = Buffer.from(bytes);
  changed[middle] = (changed[middle] ?? 0) ^ 1;
  writeFileSync(path, changed);
  try {
    await expect(by(built.openSpool)).rejects.toMatchObject({ kind: "bad_data", where: path });
  } finally {
    writeFileSync(path, bytes);
  }
});
