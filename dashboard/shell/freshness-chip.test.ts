import { expect, it } from "vitest";
import type { Status } from "../../app/api/contract.ts";
import { freshness } from "./freshness-chip.tsx";

const clock = { when: (at: string) => at.slice(11, 16), ago: () => "16 min ago" };
const system = (over: Partial<Status["systems"][number]>): Status["systems"][number] => ({
  id: "h",
  title: "HubSpot",
  kind: "files",
  sends: true,
  writable: false,
  coverage: "complete",
  asOf: "2026-11-24T06:04:00.000Z",
  stale: false,
  because: null,
  warnings: [],
  ...over,
});

it("is green only when every system is complete and fresh", () => {
  expect(freshness([system({}), system({})], clock)).toEqual({
    mark: "fine",
    strong: "2 of 2 systems",
    text: "complete as of 06:04, 16 min ago",
  });
  expect(freshness([system({}), system({ coverage: "partial" })], clock).mark).toBe("cant_tell");
  expect(freshness([system({}), system({ stale: true })], clock)).toMatchObject({
    mark: "look",
    strong: "HubSpot",
  });
  expect(freshness([system({ coverage: null, asOf: null })], clock)).toMatchObject({
    mark: "waiting",
    strong: "Nothing read yet",
  });
});

it("dates the whole by its oldest part", () => {
  expect(freshness([system({}), system({ asOf: "2026-11-24T02:04:00.000Z" })], clock).text).toBe(
    "complete as of 02:04, 16 min ago",
  );
});
