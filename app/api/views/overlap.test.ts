import { expect, test } from "vitest";
import { audienceId, type Instant, runId, systemId } from "../../../core/model.ts";
import type { KeptOverlap } from "../../../store/system-overlaps.ts";
import { overlapPart } from "./overlap.ts";

const ids = (n: number) => Array.from({ length: n }, (_, i) => audienceId(`a${i}`));
const kept = (audiences: number, masks: KeptOverlap["masks"]): KeptOverlap => ({
  runId: runId("r1"),
  system: systemId("crm"),
  audiences: ids(audiences),
  masks,
  settled: {},
  startedAt: "2026-11-24T05:04:00.000Z" as Instant,
});
const title = (id: string) => id.toUpperCase();

// 1: a0, 2: a1, 4: a2
const THREE = kept(3, { "1": 50, "2": 7, "3": 20, "5": 30, "6": 9, "7": 4 });

test("everybody, by exactly which audiences hold them, biggest group first", () => {
  expect(overlapPart(THREE, null, title)).toEqual({
    readAt: "2026-11-24T05:04:00.000Z",
    audiences: [
      { id: "a0", title: "A0", people: 104, shared: 104 },
      { id: "a1", title: "A1", people: 40, shared: 40 },
      { id: "a2", title: "A2", people: 43, shared: 43 },
    ],
    others: 0,
    groups: [
      { in: ["a0"], people: 50 },
      { in: ["a0", "a2"], people: 30 },
      { in: ["a0", "a1"], people: 20 },
      { in: ["a1", "a2"], people: 9 },
      { in: ["a1"], people: 7 },
      { in: ["a0", "a1", "a2"], people: 4 },
    ],
    rest: 0,
  });
});

test("of one audience: itself first, then whoever shares most, and only its people", () => {
  const part = overlapPart(THREE, audienceId("a1"), title);
  expect(part.audiences.map((a) => [a.id, a.people, a.shared])).toEqual([
    ["a1", 40, 40],
    ["a0", 104, 24],
    ["a2", 43, 13],
  ]);
  expect(part.groups).toEqual([
    { in: ["a1", "a0"], people: 20 },
    { in: ["a1", "a2"], people: 9 },
    { in: ["a1"], people: 7 },
    { in: ["a1", "a0", "a2"], people: 4 },
  ]);
});

test("an audience that shares nobody is no row", () => {
  const part = overlapPart(kept(3, { "1": 5, "4": 8 }), audienceId("a0"), title);
  expect([part.audiences.length, part.others, part.groups]).toEqual([1, 0, [{ in: ["a0"], people: 5 }]]);
});

test("more audiences than can be shown are folded into the groups without them, and nobody is lost", () => {
  // a0 shares 1 person with a1, 2 with a2 … 12 with a12, each with nobody else
  const masks = Object.fromEntries(ids(12).map((_, i) => [String(1 | (2 << i)), i + 1]));
  const part = overlapPart(kept(13, masks), audienceId("a0"), title);
  expect(part.audiences.map((a) => a.id)).toEqual(["a0", "a12", "a11", "a10", "a9", "a8", "a7", "a6", "a5"]);
  expect(part.others).toBe(4);
  expect(part.groups.reduce((n, g) => n + g.people, 0)).toBe(78);
  expect(part.groups.find((g) => g.in.length === 1)).toEqual({ in: ["a0"], people: 10 });
});

test("small groups beyond what is readable are summed", () => {
  const masks = Object.fromEntries(Array.from({ length: 63 }, (_, i) => [String(i + 1), 100 - i]));
  const part = overlapPart(kept(6, masks), null, title);
  expect(part.groups.length).toBe(40);
  expect(part.rest + part.groups.reduce((n, g) => n + g.people, 0)).toBe(sum(masks));
});

const sum = (masks: Record<string, number>) => Object.values(masks).reduce((a, b) => a + b, 0);
