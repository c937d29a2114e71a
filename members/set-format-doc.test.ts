import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Instant } from "../core/model.ts";
import { openSet, type Partition } from "./member-set.ts";
import { VERSION } from "./set-file.ts";
import { bodyBytes, MOST_PARTITIONS, PARTITIONS, partitionsFor } from "./set-layout.ts";
import { SetWriter } from "./set-writer.ts";

const doc = readFileSync(new URL("../docs/member-set-format.md", import.meta.url), "utf8");
let folder = "";
let bytes = Buffer.alloc(0);
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-doc-"));
  const path = join(folder, "example.pls");
  const writer = await SetWriter.create(path);
  for (let p = 0; p < PARTITIONS; p++) await writer.write(p === 1 ? TWO : p === 254 ? ONE : NOBODY);
  await writer.commit({
    identity: "email",
    attributes: ["plan"],
    asOf: "2026-11-23T06:00:00.000Z" as Instant,
    ordinal: 2,
    epoch: 1,
    size: 2,
    reads: 3,
  });
  bytes = readFileSync(path);
});
afterAll(() => rmSync(folder, { recursive: true }));

const people = (
  ...rows: { key: number[]; presence: number; plan: number; consent: number }[]
): Partition => ({
  n: rows.length,
  keys: Uint32Array.from(rows.flatMap((row) => row.key)),
  presence: Uint32Array.from(rows.flatMap((row) => [row.presence, 0])),
  prints: [Uint32Array.from(rows, (row) => row.plan)],
  consent: Uint8Array.from(rows, (row) => row.consent),
});
const NOBODY = people();
/** One who is there all the time and subscribed, and one who left before the latest reading. */
const TWO = people(
  {
    key: [0x0123_4567, 0x89ab_cdef, 0x0011_2233, 0x4455_6677],
    presence: 7,
    plan: 0x5eed_0001,
    consent: 0x1d,
  },
  { key: [0x01ff_0000, 1, 2, 3], presence: 6, plan: 0, consent: 0 },
);
/** One who came with the latest reading; the system says nothing of consent, and the plan is empty. */
const ONE = people({ key: [0xfe00_0001, 4, 5, 6], presence: 1, plan: 1, consent: 0 });

/** The example, a line for each 16 bytes at most; entries of empty partitions are alike and told in words. */
function lines(): string[] {
  const shown: string[] = [];
  let at = 0;
  const show = (length: number, what: string): void => {
    for (let from = at; from < at + length; from += 16) {
      const hex = [...bytes.subarray(from, Math.min(from + 16, at + length))].map((b) => two(b)).join(" ");
      const offset = from.toString(16).padStart(4, "0");
      shown.push(`${offset}  ${hex.padEnd(47)}  ${from === at ? what : ""}`.trimEnd());
    }
    at += length;
  };
  const empty = (first: number, last: number, offset: number): void => {
    const entry = Buffer.alloc(28);
    entry.writeUInt32LE(offset);
    for (let p = first; p <= last; p++, at += 28)
      expect(bytes.subarray(at, at + 28).equals(entry), `entry ${p}`).toBe(true);
    const which = first === last ? `entry ${first}` : `entries ${first} to ${last}, each`;
    shown.push(`${"".padEnd(55)}${which}: offset ${offset}, then zeros`);
  };
  show(4, 'magic, "PLS1"');
  show(4, "version");
  show(32, "partition 1: two keys, four words each");
  show(16, "presence, low and high word: there all the time; left");
  show(8, "fingerprints of plan");
  show(2, "consent: subscribed, mailable; nothing of who left");
  show(6, "zeros");
  show(16, "partition 254: one key");
  show(8, "presence: new");
  show(4, "fingerprint of plan: the empty value");
  show(1, "consent: unknown");
  show(3, "zeros");
  const directory = at;
  empty(0, 0, 8);
  show(28, "entry 1: offset 8, 2 rows, checksums of 4 columns");
  empty(2, 253, 8 + bodyBytes(2, 1));
  show(28, "entry 254: offset 72, 1 row");
  empty(255, 255, directory);
  show(bytes.length - 24 - at, "head, JSON");
  show(8, "trailer: where the directory begins");
  show(4, "bytes of the head");
  show(4, "partitions");
  show(4, "checksum of directory, head and the 16 bytes before");
  show(4, "magic");
  expect(at).toBe(bytes.length);
  return shown;
}
const two = (byte: number): string => byte.toString(16).padStart(2, "0");

test("the example of the document is what is written today, every byte of it", () => {
  const block = /```hex\n([\s\S]*?)\n```/.exec(doc)?.[1];
  expect(block).toBe(lines().join("\n"));
});

test("and it can be read", async () => {
  const set = await openSet(join(folder, "example.pls"));
  expect(await set.load(1)).toEqual(TWO);
  expect(await set.load(254)).toEqual(ONE);
});

test("the document names today's version and numbers of partitions", () => {
  expect(doc).toContain(`Version ${VERSION}.`);
  const rows = [...doc.matchAll(/^\| up to ([\d.]+) million \| (\d+) \|$/gm)];
  expect(rows).toHaveLength(4);
  for (const [, people, partitions] of rows) {
    expect(partitionsFor(Number(people) * 1e6)).toBe(Number(partitions));
    expect(partitionsFor(Number(people) * 1e6 + 1)).toBe(Number(partitions) * 2);
  }
  expect(doc).toContain(`| more | ${MOST_PARTITIONS} |`);
});
