import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AtomicFile } from "./atomic-file.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-atomic-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Lengths of pieces: none, few bytes that wait, and many that go out at once. */
const lengths = fc.array(fc.oneof(fc.constantFrom(0, 1, 7), fc.integer({ min: 60_000, max: 70_000 })), {
  maxLength: 6,
});
const steps = fc.array(fc.record({ together: fc.boolean(), lengths }), { maxLength: 8 });

test("pieces stand in the file in their order, however they were written, and may be changed afterwards", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const path = join(folder, "pieces");
      const file = await AtomicFile.create(path);
      const expected: Buffer[] = [];
      let value = 0;
      for (const step of all) {
        const pieces = step.lengths.map((length) => Buffer.alloc(length, ++value));
        expected.push(...pieces.map((piece) => Buffer.from(piece)));
        if (step.together) {
          await file.writeAll(pieces);
          for (const piece of pieces) piece.fill(0xff);
        } else for (const piece of pieces) await file.write(piece);
      }
      const whole = Buffer.concat(expected);
      expect(file.bytes).toBe(whole.length);
      await file.commit({ durable: false });
      expect(readFileSync(path).equals(whole)).toBe(true);
    }),
    { numRuns: 60 },
  );
}, 60_000);

test("more pieces than a system takes at once", async () => {
  const path = join(folder, "many");
  const file = await AtomicFile.create(path);
  const pieces = Array.from({ length: 2_500 }, (_, i) => Buffer.alloc(i % 90, i));
  await file.writeAll(pieces);
  await file.commit({ durable: false });
  expect(readFileSync(path).equals(Buffer.concat(pieces))).toBe(true);
});
