import fc from "fast-check";
import { expect, it } from "vitest";
import type { Instant } from "../core/model.ts";
import { draft, START, testConfig } from "../test/property/sync-world.ts";
import { canonicalJson, planHash, verifyHash } from "./hash.ts";

it("does not depend on the order of keys", () => {
  expect(canonicalJson({ b: 1, a: [null, "x"], c: undefined })).toBe('{"a":[null,"x"],"b":1}');
  const shuffle = (v: unknown): unknown =>
    Array.isArray(v)
      ? v.map(shuffle)
      : typeof v === "object" && v !== null
        ? Object.fromEntries(
            Object.entries(v)
              .reverse()
              .map(([k, x]) => [k, shuffle(x)]),
          )
        : v;
  fc.assert(
    fc.property(fc.jsonValue(), (v) => {
      expect(canonicalJson(shuffle(v))).toBe(canonicalJson(v));
      expect(JSON.parse(canonicalJson(v))).toEqual(JSON.parse(JSON.stringify(v)));
    }),
  );
});

it("refuses what JSON would change silently", () => {
  expect(() => canonicalJson({ n: Number.NaN })).toThrow(/has no place in a plan/);
  expect(() => canonicalJson([() => 1])).toThrow(/a function has no place/);
});

it("any edit voids the hash", () => {
  const doc = draft(
    [{ owner: null, dest: { inSegment: true, consent: "subscribed", mailable: true, plan: null } }],
    testConfig(),
    START as Instant,
  );
  const hash = planHash(doc);
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect(verifyHash({ doc: structuredClone(doc), hash })).toBe(true);
  expect(verifyHash({ doc: { ...doc, author: "Eve" }, hash })).toBe(false);
  expect(
    verifyHash({ doc: { ...doc, changes: doc.changes.map((c) => ({ ...c, op: "add" as const })) }, hash }),
  ).toBe(false);
});
