import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Instant } from "../core/model.ts";
import { deriveKeys } from "./keys.ts";
import { type MemberSet, openSet } from "./member-set.ts";
import { ageIn, countAt, hasAt, keysAt, REMEMBERED, staysForHistory, thinForHistory } from "./past.ts";
import { hexOfWords, personKeyOf } from "./person-key.ts";
import { SetBuilder } from "./set-builder.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-past-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const keys = deriveKeys(Buffer.alloc(32, 3));
const READINGS = 200;
const PEOPLE = 40;
/** The set before this reading was lost, so history began anew. */
const BROKEN = 100;
const person = (i: number) => personKeyOf(keys, "email", `person${i}@example.com`);
const fileOf = (ordinal: number) => join(folder, `${String(ordinal).padStart(8, "0")}.pls`);

/** Always the same comings and goings: some stay, some flip, some are away for more than 64 readings. */
const wasIn = (i: number, reading: number): boolean => {
  if (i < 5) return true;
  if (i < 10) return reading < 20 || reading >= 20 + 13 * i;
  if (i === 10) return false;
  return (Math.imul(i * 7919 + Math.floor(reading / (1 + (i % 6))), 0x9e37_79b1) >>> 16) % 3 !== 0;
};
const truth = (reading: number): number[] =>
  Array.from({ length: PEOPLE }, (_, i) => i).filter((i) => wasIn(i, reading));

async function writeAll(): Promise<void> {
  let previous: MemberSet | null = null;
  for (let ordinal = 0; ordinal < READINGS; ordinal++) {
    const builder = new SetBuilder({
      identity: "email",
      attributes: ["plan"],
      rules: {},
      keys,
      epoch: 0,
      spool: false,
    });
    for (const i of truth(ordinal))
      builder.add({
        id: `r${i}`,
        identifiers: { email: `person${i}@example.com` },
        attributes: { plan: `plan ${i % 5}` },
        consent: "subscribed",
        mailable: true,
        of: [0],
      });
    const asOf = new Date(Date.UTC(2026, 0, 1 + ordinal)).toISOString() as Instant;
    const from = ordinal === BROKEN ? null : previous;
    await builder.finish({ file: fileOf(ordinal), spoolFile: null, previous: from, asOf, ordinal });
    await previous?.close();
    previous = await openSet(fileOf(ordinal));
    const old = ordinal - 2;
    if (old < 0) continue;
    if (staysForHistory(old)) await thinForHistory(fileOf(old));
    else rmSync(fileOf(old));
  }
  await previous?.close();
}

test("of 200 readings, five sets tell who was in at each, as counting by hand does", async () => {
  await writeAll();
  const kept: MemberSet[] = [];
  for (let ordinal = 0; ordinal < READINGS; ordinal++)
    if (staysForHistory(ordinal) || ordinal >= READINGS - 2) kept.push(await openSet(fileOf(ordinal)));
  expect(kept.map((set) => set.ordinal)).toEqual([63, 127, 191, 198, 199]);
  expect(kept.map((set) => set.attributes.length)).toEqual([0, 0, 0, 1, 1]);

  const lost: number[] = [];
  for (let reading = 0; reading < READINGS; reading++) {
    const set = kept.find((s) => ageIn(s, reading) !== null);
    if (set === undefined) {
      lost.push(reading);
      continue;
    }
    const age = ageIn(set, reading) as number;
    const there = truth(reading);
    expect(await countAt(set, age), `reading ${reading}`).toBe(there.length);
    const found: string[] = [];
    for (let p = 0; p < set.partitions; p++) {
      const part = await keysAt(set, p, age);
      for (let at = 0; at < part.length; at += 4) found.push(hexOfWords(part, at));
    }
    expect(found).toEqual(there.map(person).sort());
    for (const i of [0, 7, 10, 11, 25, PEOPLE + 1])
      expect(await hasAt(set, person(i), age), `person ${i} at ${reading}`).toBe(
        i < PEOPLE && wasIn(i, reading),
      );
  }
  // what the lost set remembered went with it, back to the last one that stayed for history
  expect(lost).toEqual(Array.from({ length: BROKEN - REMEMBERED }, (_, i) => REMEMBERED + i));
  for (const set of kept) await set.close();
}, 60_000);

test("a set tells of no reading after it, nor before it remembers; one of a manual reading tells of none", () => {
  expect(ageIn({ ordinal: 70, reads: 64 }, 70)).toBe(0);
  expect(ageIn({ ordinal: 70, reads: 64 }, 7)).toBe(63);
  expect(ageIn({ ordinal: 70, reads: 64 }, 6)).toBeNull();
  expect(ageIn({ ordinal: 70, reads: 3 }, 67)).toBeNull();
  expect(ageIn({ ordinal: 70, reads: 64 }, 71)).toBeNull();
  expect(ageIn({ ordinal: null, reads: 64 }, 0)).toBeNull();
});

test("thinning is done once, and makes the file smaller", async () => {
  const before = statSync(fileOf(READINGS - 1));
  await thinForHistory(fileOf(READINGS - 1));
  const thin = statSync(fileOf(READINGS - 1));
  expect(thin.size).toBeLessThan(before.size);
  await thinForHistory(fileOf(READINGS - 1));
  expect(statSync(fileOf(READINGS - 1)).ino).toBe(thin.ino);
});
