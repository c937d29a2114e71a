import { expect, it } from "vitest";
import type { Comparison } from "../../core/comparison.ts";
import type { Audience, SegmentConfig } from "../../core/config.ts";
import { systemId } from "../../core/model.ts";
import { expectedShare, rememberShare } from "./pushdown-memory.ts";

const copyOf = (sql: string): SegmentConfig => ({
  system: systemId("crm"),
  source: { sql },
  where: null,
  latencyBudgetHours: null,
});
const copy = copyOf("select email from client");
const audience = {
  id: "active",
  owner: "warehouse",
  segments: [copy],
  requiredAttributes: [],
} as unknown as Audience;

function knowing(perSystem: unknown) {
  const meta = new Map<string, string>();
  let day = 1;
  return {
    later: (days: number) => {
      day += days;
    },
    app: {
      clock: { now: () => new Date(2026, 0, day) },
      db: {
        query: async (text: string, values: readonly unknown[] = []) => {
          const [key = "", value] = values.map(String);
          if (text.startsWith("insert") && value !== undefined) meta.set(key, value);
          const found = meta.get(key);
          return { rows: found === undefined ? [] : [{ value: found }], rowCount: 1 };
        },
      } as unknown as Parameters<typeof expectedShare>[0]["db"],
      audits: {
        comparisons: async () =>
          perSystem === null ? [] : [{ perSystem: { crm: perSystem } } as unknown as Comparison],
      },
    },
  };
}
const differing = {
  size: 1000,
  extra: 50,
  attributes: {
    plan: { differ: 100, nullHere: 20, nullAtOwner: 30 },
    region: { differ: 1, nullHere: 0, nullAtOwner: 0 },
  },
};

it("nobody knows before the first audit, then at least who differed travels", async () => {
  expect(await expectedShare(knowing(null).app, audience, copy)).toBe(0);
  expect(await expectedShare(knowing({ ...differing, size: 0 }).app, audience, copy)).toBe(0);
  expect(await expectedShare(knowing(differing).app, audience, copy)).toBe(0.2);
});

it("as many as travelled the last time, for a week, and while the queries stay", async () => {
  const { app, later } = knowing(differing);
  await rememberShare(app, audience, copy, 0.9);
  expect(await expectedShare(app, audience, copy)).toBe(0.9);
  expect(await expectedShare(app, audience, copyOf("select email from customer"))).toBe(0.2);
  later(6);
  expect(await expectedShare(app, audience, copy)).toBe(0.9);
  later(2);
  expect(await expectedShare(app, audience, copy)).toBe(0.2);
});

it("what the server refused is not expected at all, as long", async () => {
  const { app, later } = knowing(differing);
  await rememberShare(app, audience, copy, null);
  expect(await expectedShare(app, audience, copy)).toBeNull();
  later(8);
  expect(await expectedShare(app, audience, copy)).toBe(0.2);
});
