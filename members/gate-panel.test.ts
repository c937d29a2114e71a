import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Instant, MemberRow } from "../core/model.ts";
import { countGate, type GatePanel } from "./gate-panel.ts";
import { deriveKeys } from "./keys.ts";
import { type MemberSet, openSet } from "./member-set.ts";
import { SetBuilder } from "./set-builder.ts";

const keys = deriveKeys(Buffer.alloc(32, 7));
let folder = "";
let files = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-gate-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

type Row = readonly [name: string, mailable?: boolean | null, consent?: MemberRow["consent"]];

async function setOf(rows: readonly Row[], previous: MemberSet | null = null, epoch = 1): Promise<MemberSet> {
  const builder = new SetBuilder({ identity: "email", attributes: [], rules: {}, keys, epoch, spool: false });
  for (const [name, mailable = null, consent = "unknown"] of rows)
    builder.add({
      id: name,
      identifiers: { email: `${name}@example.com` },
      attributes: {},
      consent,
      mailable,
      of: [0],
    });
  const file = join(folder, `${files++}.pls`);
  await builder.finish({
    file,
    spoolFile: null,
    previous,
    asOf: "2026-11-23T06:00:00.000Z" as Instant,
    ordinal: files,
  });
  return openSet(file);
}
const panel = (over: Partial<GatePanel> & Pick<GatePanel, "includes">): GatePanel => ({
  excludes: [],
  base: null,
  suppressions: [],
  keptOut: [],
  evidence: [],
  ...over,
});

test("includes minus excludes, each person once, by who must not get it", async () => {
  const a = await setOf([
    ["ann", true],
    ["ben", true],
    ["cat", true],
    ["dan", false],
    ["eve", true],
    ["fay", true],
    ["gus", true],
  ]);
  const b = await setOf([
    ["ann", true],
    ["hal", true],
  ]);
  const out = await setOf([["fay"], ["zoe"]]);
  const counts = await countGate(
    panel({
      includes: [a, b],
      excludes: [out],
      // dan cannot be mailed there; fay is left out; zoe is on no list
      suppressions: [await setOf([["ben"], ["dan"], ["fay"], ["zoe"]])],
      evidence: [
        await setOf([
          ["cat", null, "unsubscribed"],
          ["ben", null, "unsubscribed"],
          ["eve", null, "erased"],
          ["hal", null, "subscribed"],
        ]),
      ],
      keptOut: [await setOf([["gus"], ["ben"]])],
    }),
  );
  expect(counts).toEqual({
    listed: 8,
    leftOut: 1,
    leftOutBy: [1],
    recipients: 6,
    unsaid: 0,
    erased: 1,
    suppressed: 1,
    optedOut: 1,
    keptOut: 1,
    unsure: { erased: 0, suppressed: 0, optedOut: 0, keptOut: 0 },
  });
});

test("whether somebody can be mailed comes from the list or the whole system; where neither says, it is unsure", async () => {
  const includes = [await setOf([["ann"], ["ben"], ["cat"]])];
  const base = await setOf([
    ["ann", true],
    ["ben", false],
  ]);
  const suppressions = [await setOf([["ann"], ["ben"], ["cat"]])];
  expect(await countGate(panel({ includes, base, suppressions }))).toMatchObject({
    recipients: 2,
    unsaid: 1,
    suppressed: 1,
    unsure: { suppressed: 1 },
  });
});

test("whoever left a list is not in it any more, and leaves nobody out", async () => {
  const before = await setOf([
    ["ann", true],
    ["ben", true],
  ]);
  const includes = [await setOf([["ann", true]], before)];
  const outBefore = await setOf([["ann"]]);
  const excludes = [await setOf([], outBefore)];
  expect(await countGate(panel({ includes, excludes }))).toMatchObject({
    listed: 1,
    leftOut: 0,
    recipients: 1,
  });
});

test("refuses sets of different key epochs", async () => {
  const [a, b] = [await setOf([["ann", true]]), await setOf([["ann"]], null, 2)];
  await expect(countGate(panel({ includes: [a], excludes: [b] }))).rejects.toMatchObject({ kind: "stale" });
});
